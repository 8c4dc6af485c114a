//! The 300 quests. What they ask for exists, and what they ask to bring can be had: it grows where the quest begins, or a quest
//! before pays it.
//!
//! A quest requires only quests that come before it: so none requires itself, over however many others.

use super::bornes;
use super::hasard::Hasard;
use super::noms::{HEROS, INTRIGUES, Noms};
use super::zones::{WorldBoss, WorldZone};
use crate::item::TypeItem;
use crate::pnj::{FichePnj, TypePnj};
use crate::quete::{
    DialogueQuete, FicheQuete, FrequenceRepetition, ItemOffert, MomentDialogue, PreRequis,
    RecompensesQuete, TypeQuete,
};
use crate::values::{Description, ItemId, Nom, QueteId};

use super::items::WorldItem;

mod objectifs;

/// How many quests there are of each kind, in this order.
const SORTES: [(TypeQuete, usize); 4] = [
    (TypeQuete::Principale, 60),
    (TypeQuete::Secondaire, 150),
    (TypeQuete::Quotidienne, 60),
    (TypeQuete::Evenement, 30),
];

/// What quests are made of.
pub(super) struct Matiere<'a> {
    pub(super) items: &'a [WorldItem],
    pub(super) zones: &'a [WorldZone],
    pub(super) boss: &'a [WorldBoss],
    pub(super) pnj: &'a [FichePnj],
}

impl Matiere<'_> {
    fn pnj_de(&self, type_pnj: TypePnj) -> Vec<&FichePnj> {
        self.pnj.iter().filter(|it| it.type_pnj == type_pnj).collect()
    }

    /// The item that quest number `n` of the main story pays, and the next one asks for.
    fn relique(&self, n: usize) -> Option<ItemId> {
        let mut reliques =
            self.items.iter().filter(|it| it.proprietes.type_item == TypeItem::Quete);
        n.is_multiple_of(2).then(|| reliques.nth(n / 2).map(|it| it.id)).flatten()
    }
}

/// A quest in the making.
struct Place {
    type_quete: TypeQuete,
    /// Its number among those of its kind.
    rang: usize,
    /// How many there are of its kind.
    nombre: usize,
}

/// All quests, the main story first.
pub(super) fn quetes(
    noms: &mut Noms,
    hasard: &mut Hasard,
    matiere: &Matiere<'_>,
    id: impl Fn(usize) -> QueteId,
) -> Vec<FicheQuete> {
    let mut fiches: Vec<FicheQuete> = Vec::with_capacity(300);
    for (type_quete, nombre) in SORTES {
        let debut = fiches.len();
        for rang in 0..nombre {
            let nom = noms.compose(hasard, [&INTRIGUES, &HEROS]);
            let place = Place { type_quete, rang, nombre };
            let avant = fiches.get(debut..).unwrap_or_default();
            let pre_requis = pre_requis(hasard, &place, avant);
            let quete_id = id(fiches.len());
            fiches.extend(fiche(hasard, matiere, (quete_id, nom), &place, pre_requis));
        }
    }
    fiches
}

fn fiche(
    hasard: &mut Hasard,
    matiere: &Matiere<'_>,
    (quete_id, nom): (QueteId, Nom),
    place: &Place,
    pre_requis: PreRequis,
) -> Option<FicheQuete> {
    let donneurs = matiere.pnj_de(TypePnj::DonneurQuete);
    let donneur = *donneurs.get(place.rang * donneurs.len() / place.nombre)?;
    let zone = matiere.zones.iter().position(|it| it.id == donneur.zone_id)?;
    let niveau = u32::from(donneur.niveau.get());
    let objectifs = objectifs::objectifs(hasard, matiere, quete_id, place, zone);
    let (repete, frequence_repetition) = repetition(place.type_quete);
    Some(FicheQuete {
        quete_id,
        description: Description::epure(&format!("{} s'en remet à vous.", donneur.nom)),
        dialogues: dialogues(&nom, donneur),
        nom,
        type_quete: place.type_quete,
        niveau_requis: donneur.niveau,
        niveau_recommande: bornes::niveau(niveau + hasard.below(4)),
        pre_requis,
        recompenses: recompenses(hasard, matiere, place, niveau),
        objectifs,
        zone_depart: Some(donneur.zone_id),
        pnj_donneur: Some(donneur.pnj_id),
        duree_limite_minutes: duree(hasard, place.type_quete),
        repete,
        frequence_repetition,
    })
}

/// The main story is one chain; every third of the other quests that are not repeated follows one before it.
fn pre_requis(hasard: &mut Hasard, place: &Place, avant: &[FicheQuete]) -> PreRequis {
    let precedente = match place.type_quete {
        TypeQuete::Principale => avant.last(),
        TypeQuete::Secondaire if hasard.chance(33) => hasard.pick(avant),
        _ => None,
    };
    PreRequis { quetes: precedente.map(|it| it.quete_id).into_iter().collect() }
}

const fn repetition(type_quete: TypeQuete) -> (bool, Option<FrequenceRepetition>) {
    match type_quete {
        TypeQuete::Principale | TypeQuete::Secondaire => (false, None),
        TypeQuete::Quotidienne => (true, Some(FrequenceRepetition::Quotidien)),
        TypeQuete::Evenement => (true, Some(FrequenceRepetition::Hebdomadaire)),
    }
}

/// How long an attempt may take, in minutes.
fn duree(hasard: &mut Hasard, type_quete: TypeQuete) -> Option<u32> {
    const JOUR: u32 = 24 * 60;
    match type_quete {
        TypeQuete::Principale => None,
        TypeQuete::Secondaire => hasard.chance(30).then(|| hasard.between(14, 60) * JOUR),
        TypeQuete::Quotidienne => Some(JOUR),
        TypeQuete::Evenement => Some(7 * JOUR),
    }
}

fn recompenses(
    hasard: &mut Hasard,
    matiere: &Matiere<'_>,
    place: &Place,
    niveau: u32,
) -> RecompensesQuete {
    let principale = place.type_quete == TypeQuete::Principale;
    let part = if principale { 2 } else { 1 };
    let se_gagne = |it: &&WorldItem| {
        let requis = u32::from(it.proprietes.niveau_requis.get());
        it.proprietes.echangeable && requis <= niveau && requis + 20 > niveau
    };
    let lots: Vec<_> = matiere.items.iter().filter(se_gagne).collect();
    let lot = hasard.pick(&lots).filter(|_| hasard.chance(60)).map(|item| ItemOffert {
        item_id: item.id,
        quantite: bornes::quantite(if item.fiche().piece().is_some() { 1 } else { 3 }),
    });
    let relique = matiere.relique(place.rang).filter(|_| principale);
    let relique = relique.map(|item_id| ItemOffert { item_id, quantite: bornes::quantite(1) });
    RecompensesQuete {
        experience: bornes::experience(u64::from(part * (100 + niveau * hasard.between(40, 90)))),
        or: bornes::or(u64::from(part * (20 + niveau * hasard.between(6, 14)))),
        items: lot.into_iter().chain(relique).collect(),
    }
}

fn dialogues(nom: &Nom, donneur: &FichePnj) -> Vec<DialogueQuete> {
    let texte = |moment, texte: String| DialogueQuete { moment, texte: Description::epure(&texte) };
    vec![
        texte(
            MomentDialogue::Proposition,
            format!("« {nom} », voilà comment on l'appelle ici. M'aiderez-vous ?"),
        ),
        texte(MomentDialogue::Progression, "Alors, où en êtes-vous ?".to_owned()),
        texte(MomentDialogue::Conclusion, format!("{} n'oubliera pas.", donneur.nom)),
    ]
}
