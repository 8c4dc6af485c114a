//! Whom to fight, and with what: the sheets of players, creatures and bosses.

use crate::combat::{
    Camp, Ciblage, Competence, Cout, EntiteId, Objet, Participant, ParticipantId, Pouvoir,
    Resistances, StatsCombat, TypeDegats, TypeEntite,
};
use crate::competence::{Apprentissage, CibleCompetence, FicheCompetence, ModificateursActifs};
use crate::inventaire::Inventaire;
use crate::item::{FicheItem, TypeItem};
use crate::joueur::{Classe, Joueur};
use crate::pnj::FichePnj;
use crate::values::{JoueurId, Nom, Quantite};
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;
use crate::world::pnj::entite;
use crate::world::zones::WorldBoss;

/// Most skills and kinds of items that a player brings.
pub(crate) const BAGAGES: usize = 4;

/// Where somebody enters a combat.
#[derive(Debug, Clone, Copy)]
pub struct Entree {
    /// The participant's id.
    pub participant_id: ParticipantId,
    /// On which side.
    pub camp: Camp,
    /// Its number on that side.
    pub rang: u32,
}

impl Entree {
    fn position(self) -> u32 {
        let debut = if self.camp == Camp::Allies { 44 } else { 52 };
        debut + self.rang % 4
    }
}

/// What a player brings into a combat: skills that were learned, and up to two kinds of what can be used up.
pub fn joueur(
    entree: Entree,
    (joueur_id, joueur, sac): (JoueurId, &Joueur, &Inventaire),
    competences: &[(&FicheCompetence, &Apprentissage)],
    catalogue: &Catalogue,
    hasard: &mut Hasard,
) -> Participant {
    let stats = joueur.stats_totales();
    let tenue = sac.tenue();
    let dexterite = stats.dexterite.get();
    let identite = joueur.identite();
    let classe = identite.map_or(Classe::Guerrier, |it| it.classe);
    let hp = stats.hp.get().max(1);
    Participant {
        participant_id: entree.participant_id,
        entite_id: EntiteId::new(joueur_id.as_uuid()),
        type_entite: TypeEntite::Joueur,
        camp: entree.camp,
        nom: identite.map_or_else(|| "?".to_owned(), |it| it.pseudo.clone()),
        niveau: joueur.niveau().get().into(),
        initiative: (dexterite + hasard.below(20)).cast_signed(),
        position: entree.position(),
        hp,
        hp_max: hp,
        mp: stats.mp.get(),
        mp_max: stats.mp.get(),
        stamina: stats.stamina.get(),
        stamina_max: stats.stamina.get(),
        stats: StatsCombat {
            force: stats.force.get() + tenue.attaque / 2,
            dexterite,
            intelligence: stats.intelligence.get(),
            armure: tenue.defense / 6,
            critique: (5 + dexterite / 8).min(40) as u8,
            esquive: (4 + dexterite / 12).min(30) as u8,
            portee: portee(classe),
        },
        resistances: Resistances::default(),
        competences: actives(competences),
        objets: objets(joueur, sac, catalogue),
    }
}

const fn portee(classe: Classe) -> u32 {
    match classe {
        Classe::Guerrier | Classe::Voleur => 2,
        Classe::Clerc => 4,
        Classe::Mage => 8,
        Classe::Archer => 12,
    }
}

/// The skills that can be used, the latest first.
fn actives(competences: &[(&FicheCompetence, &Apprentissage)]) -> Vec<Competence> {
    let actives = competences.iter().rev().filter(|(_, apprise)| apprise.utilisable().is_ok());
    actives.take(BAGAGES).map(|(fiche, it)| competence(fiche, it.modificateurs())).collect()
}

/// A skill as it is used in a combat, at its level.
#[must_use]
pub fn competence(fiche: &FicheCompetence, niveau: ModificateursActifs) -> Competence {
    let fort = |puissance: u32| puissance * (100 + u32::from(niveau.puissance)) / 100;
    let pouvoir = |it: &Pouvoir| match *it {
        Pouvoir::Degats { type_degats, puissance } => {
            Pouvoir::Degats { type_degats, puissance: fort(puissance) }
        }
        Pouvoir::Soin { puissance } => Pouvoir::Soin { puissance: fort(puissance) },
        autre => autre,
    };
    Competence {
        competence_id: fiche.competence_id,
        nom: fiche.nom.to_string(),
        ciblage: match fiche.cible {
            CibleCompetence::Soi => Ciblage::Soi,
            CibleCompetence::Allie => Ciblage::Allie,
            CibleCompetence::Ennemi => Ciblage::Ennemi,
            CibleCompetence::Zone | CibleCompetence::Tous => Ciblage::Zone,
        },
        portee: fiche.portee.into(),
        cout: Cout {
            mp: niveau.cout(fiche.cout_mana).get(),
            stamina: niveau.cout(fiche.cout_stamina).get(),
        },
        cooldown_tours: fiche.cooldown_tours,
        pouvoirs: fiche.effets.iter().map(pouvoir).collect(),
    }
}

/// Up to two kinds of what can be used up, up to three of each.
fn objets(joueur: &Joueur, sac: &Inventaire, catalogue: &Catalogue) -> Vec<Objet> {
    let slots = sac.slots().map(|(_, slot)| slot);
    let utiles = slots.filter(|slot| slot.fiche.type_item == TypeItem::Consommable);
    let permis = utiles.filter(|slot| slot.fiche.niveau_requis <= joueur.niveau());
    let mut objets: Vec<Objet> = Vec::new();
    for slot in permis {
        let FicheItem { item_id, .. } = slot.fiche;
        let libre = Quantite::new(sac.libre(slot).min(3)).ok();
        let usage =
            catalogue.item(item_id).and_then(|it| Some((it, it.proprietes.usage.as_ref()?)));
        let nouveau = objets.iter().all(|it| it.item_id != item_id);
        if let (Some(quantite), Some((item, usage)), true) = (libre, usage, nouveau) {
            objets.push(Objet {
                item_id,
                nom: item.presentation.nom.to_string(),
                quantite: quantite.get().into(),
                ciblage: usage.ciblage,
                portee: usage.portee,
                pouvoirs: usage.pouvoirs.clone(),
            });
        }
        if objets.len() == 2 {
            break;
        }
    }
    objets
}

/// A creature that players fight.
#[must_use]
pub fn creature(entree: Entree, fiche: &FichePnj, hasard: &mut Hasard) -> Participant {
    let qui = (TypeEntite::Pnj, entite(fiche.pnj_id), &fiche.nom);
    monstre(entree, qui, fiche.niveau.get().into(), hasard)
}

/// A boss: for a group of this size.
#[must_use]
pub fn boss(entree: Entree, boss: &WorldBoss, groupe: u32, hasard: &mut Hasard) -> Participant {
    let niveau = u32::from(boss.niveau.get());
    let qui = (TypeEntite::Boss, boss.entite(), &boss.nom);
    let mut monstre = monstre(entree, qui, niveau, hasard);
    monstre.hp_max = (monstre.hp_max * 2).saturating_mul(groupe);
    monstre.hp = monstre.hp_max;
    monstre.stats.force += niveau;
    monstre.competences = vec![Competence {
        competence_id: crate::combat::CompetenceId::v5(boss.id, "souffle"),
        nom: "Souffle ardent".to_owned(),
        ciblage: Ciblage::Zone,
        portee: 10,
        cout: Cout { mp: 20, stamina: 0 },
        cooldown_tours: 4,
        pouvoirs: vec![Pouvoir::Degats {
            type_degats: TypeDegats::Feu,
            puissance: 12 + 3 * niveau,
        }],
    }];
    monstre
}

fn monstre(
    entree: Entree,
    (type_entite, entite_id, nom): (TypeEntite, EntiteId, &Nom),
    niveau: u32,
    hasard: &mut Hasard,
) -> Participant {
    let hp = 24 + 11 * niveau + hasard.below(16);
    Participant {
        participant_id: entree.participant_id,
        entite_id,
        type_entite,
        camp: entree.camp,
        nom: nom.to_string(),
        niveau,
        initiative: (8 + niveau + hasard.below(20)).cast_signed(),
        position: entree.position(),
        hp,
        hp_max: hp,
        mp: 100,
        mp_max: 100,
        stamina: 50,
        stamina_max: 50,
        stats: StatsCombat {
            force: 5 + 2 * niveau + hasard.below(4),
            dexterite: 6 + niveau,
            intelligence: 10,
            armure: niveau / 2,
            critique: 8,
            esquive: 5,
            portee: 2,
        },
        resistances: Resistances { ombre: 10, ..Resistances::default() },
        competences: Vec::new(),
        objets: Vec::new(),
    }
}
