//! The 200 characters: creatures that one fights, merchants, those who offer quests, guards, and those who just live there.

use super::bornes;
use super::hasard::Hasard;
use super::items::WorldItem;
use super::noms::{self, CREATURES, LIEUX_DITS, Noms};
use super::zones::WorldZone;
use crate::combat::EntiteId;
use crate::item::TypeItem;
use crate::pnj::{Article, DialogueId, DialoguePnj, FichePnj, Reputation, TypePnj};
use crate::values::{Description, PnjId};

/// How many there are of each kind.
const SORTES: [(TypePnj, usize); 5] = [
    (TypePnj::Creature, 60),
    (TypePnj::Marchand, 40),
    (TypePnj::DonneurQuete, 60),
    (TypePnj::Garde, 20),
    (TypePnj::Habitant, 20),
];

const PAROLES: [&str; 12] = [
    "Vous arrivez tard. La route n'est plus sûre depuis la dernière lune.",
    "On dit que le gué a débordé et que quelque chose est remonté avec l'eau.",
    "Je n'ai rien vu, rien entendu, et je tiens à ce que cela reste ainsi.",
    "Mon père tenait cette maison avant moi. Il savait, lui, pourquoi on ferme à la nuit.",
    "Si vous passez par les mines, ne sifflez pas. Elles répondent.",
    "Un conseil : gardez toujours une ration au fond du sac.",
    "Les prix montent, les gens descendent. Drôle d'époque.",
    "Vous avez la tête de quelqu'un qui va se mettre dans les ennuis.",
    "Le vieux roi dort encore. Prions pour qu'il dorme longtemps.",
    "J'ai connu un héros, autrefois. Il boitait et il mentait bien.",
    "Rapportez-moi ce qu'on m'a pris, et nous reparlerons d'or.",
    "Écoutez le vent. Quand il se tait, courez.",
];

/// What a creature is in combats, and for quests that ask to kill it.
#[must_use]
pub const fn entite(pnj: PnjId) -> EntiteId {
    EntiteId::new(pnj.as_uuid())
}

/// All characters, kind by kind.
pub(super) fn pnj(
    noms: &mut Noms,
    hasard: &mut Hasard,
    (zones, items): (&[WorldZone], &[WorldItem]),
    id: impl Fn(usize) -> PnjId,
) -> Vec<FichePnj> {
    let sortes =
        SORTES.iter().flat_map(|(sorte, nombre)| (0..*nombre).map(|n| (*sorte, n, *nombre)));
    let pnj = |(place, (type_pnj, n, nombre)): (usize, (TypePnj, usize, usize))| {
        let zone = zones.get(n * zones.len() / nombre)?;
        let pnj_id = id(place);
        let nom = match type_pnj {
            TypePnj::Creature => noms.compose(hasard, [&CREATURES, &LIEUX_DITS]),
            _ => noms::pnj(noms, hasard),
        };
        let (dialogues, articles) = match type_pnj {
            TypePnj::Creature => (Vec::new(), Vec::new()),
            TypePnj::Marchand => (dialogues(hasard, pnj_id), articles(hasard, items, n)),
            _ => (dialogues(hasard, pnj_id), Vec::new()),
        };
        let zone_id = zone.id;
        let niveau = zone.niveau;
        Some(FichePnj { pnj_id, nom, type_pnj, niveau, zone_id, dialogues, articles })
    };
    sortes.enumerate().filter_map(pnj).collect()
}

/// Two to four things to say; the last one only to those whom it likes.
fn dialogues(hasard: &mut Hasard, pnj: PnjId) -> Vec<DialoguePnj> {
    let nombre = hasard.between(2, 4) as usize;
    let premiere = hasard.below(PAROLES.len() as u32) as usize;
    let paroles = PAROLES.iter().cycle().skip(premiere).take(nombre);
    let dialogue = |(n, parole): (usize, &&str)| DialoguePnj {
        dialogue_id: DialogueId::v5(pnj, [n as u8]),
        texte: Description::epure(parole),
        reputation_min: if n + 1 == nombre {
            Reputation::NEUTRE.varie(20)
        } else {
            Reputation::MIN
        },
    };
    paroles.enumerate().map(dialogue).collect()
}

/// What a merchant sells: potions, pieces and materials of the tier of his zone.
fn articles(hasard: &mut Hasard, items: &[WorldItem], marchand: usize) -> Vec<Article> {
    let palier = marchand / 4;
    let se_vend = |it: &&WorldItem| {
        let niveau = usize::from(it.proprietes.niveau_requis.get());
        let du_palier = niveau <= 1 + palier * 10 && niveau + 20 > palier * 10;
        it.proprietes.echangeable && du_palier && it.proprietes.type_item != TypeItem::Autre
    };
    let a_vendre: Vec<&WorldItem> = items.iter().filter(se_vend).collect();
    let premier = hasard.below(1 << 16) as usize;
    let pas = 1 + hasard.below(6) as usize;
    let nombre = (hasard.between(12, 30) as usize).min(a_vendre.len() / pas);
    let choisis = a_vendre.iter().cycle().skip(premier % a_vendre.len().max(1)).step_by(pas);
    choisis.take(nombre).map(|item| article(hasard, item)).collect()
}

/// At the item's value and a bit more; bought back for less than half.
fn article(hasard: &mut Hasard, item: &WorldItem) -> Article {
    let valeur = u64::from(item.presentation.valeur_or.get());
    let prix = bornes::prix(valeur * u64::from(hasard.between(100, 140)) / 100);
    let stock = item.fiche().piece().map(|_| hasard.between(3, 40));
    Article {
        item_id: item.id,
        prix,
        prix_rachat: Some(bornes::prix((valeur * 2 / 5).clamp(1, prix.get().into()))),
        stock,
    }
}
