//! What the process of world events hears.

use aether_core::EventSet;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::joueur::JoueurEvent;
use crate::monde::{
    MondeEvent, Participation, Recolte, RecompenseEvenement, ResultatEvenement, TypeEvenement,
};
use crate::pnj::PnjEvent;
use crate::values::{BossId, CombatId, EvenementId, JoueurId, Nom, ZoneId};

/// What it hears.
#[derive(Debug, EventSet)]
pub enum Agitation {
    /// Of the world.
    Monde(Annonce),
    /// Of players.
    Joueur(Fin),
    /// Of characters.
    Pnj(Parole),
}

/// Of the world.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = MondeEvent)]
#[allow(missing_docs, reason = "as in MondeEvent")]
pub enum Annonce {
    EvenementMondialDeclenche {
        evenement_id: EvenementId,
        type_evenement: TypeEvenement,
        #[serde(default)]
        zone_id: Option<ZoneId>,
        fin_a: DateTime<Utc>,
    },
    EvenementMondialTermine {
        evenement_id: EvenementId,
        resultat: ResultatEvenement,
        participants: Vec<Participation>,
        recompense: RecompenseEvenement,
    },
    BossVaincu {
        boss_id: BossId,
        nom: Nom,
        zone_id: ZoneId,
        vainqueurs: Vec<JoueurId>,
        vaincu_a: DateTime<Utc>,
        reapparait_a: DateTime<Utc>,
    },
    RessourcesRecoltees {
        zone_id: ZoneId,
        joueur_id: JoueurId,
        recoltes: Vec<Recolte>,
    },
}

/// Of players: when they leave a combat.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = JoueurEvent)]
#[allow(missing_docs, reason = "as in JoueurEvent")]
pub enum Fin {
    CombatQuitte { combat_id: CombatId },
}

/// Of characters: when somebody talks with them.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = PnjEvent)]
#[allow(missing_docs, reason = "as in PnjEvent")]
pub enum Parole {
    DialogueDeclenche { zone_id: ZoneId, joueur_id: JoueurId },
}
