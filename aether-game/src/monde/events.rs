//! What happens in the world.

use aether_core::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::formes::{
    Contribution, Croissance, EvenementDeclenche, Gisement, LigneClassement, Participation,
    Recolte, RecompenseEvenement,
};
use super::horloge::Moment;
use super::mots::{Facteur, ResultatEvenement, TypeClassement};
use crate::values::{BossId, CombatId, EvenementId, Intervention, JoueurId, Nom, ZoneId};

/// The events of the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum MondeEvent {
    /// The clock of the world moved, by one hour or, after an outage, by several.
    CycleJourNuitChange {
        /// Where it stood; nowhere the first time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avant: Option<Moment>,
        /// Where it stands.
        apres: Moment,
        /// When.
        change_a: DateTime<Utc>,
    },

    /// Somebody was the first to set foot in a zone.
    ZoneDecouverte {
        /// The zone.
        zone_id: ZoneId,
        /// Its name.
        nom: Nom,
        /// Who.
        joueur_id: JoueurId,
        /// When.
        decouverte_a: DateTime<Utc>,
    },

    /// A boss appeared, for the first time or again.
    BossApparu {
        /// The boss.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// How many times it has appeared, this one included.
        apparition: u32,
        /// How many seconds it rests when it is beaten.
        repos_s: u32,
        /// When.
        apparu_a: DateTime<Utc>,
    },

    /// A boss was beaten.
    BossVaincu {
        /// The boss.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// Which of its appearances ended.
        apparition: u32,
        /// The combat.
        combat_id: CombatId,
        /// Who beat it.
        vainqueurs: Vec<JoueurId>,
        /// When.
        vaincu_a: DateTime<Utc>,
        /// From when on it can appear again.
        reapparait_a: DateTime<Utc>,
    },

    /// A world event began.
    EvenementMondialDeclenche(EvenementDeclenche),

    /// Players brought a world event forward.
    EvenementMondialProgresse {
        /// The event.
        evenement_id: EvenementId,
        /// Who did how much.
        contributions: Vec<Contribution>,
        /// What was done before.
        avant: u32,
        /// What is done now, at most `requis`.
        apres: u32,
        /// What has to be done.
        requis: u32,
    },

    /// A world event ended.
    EvenementMondialTermine {
        /// The event.
        evenement_id: EvenementId,
        /// How.
        resultat: ResultatEvenement,
        /// What was done.
        progres: u32,
        /// What had to be done.
        requis: u32,
        /// Everybody who did something, in order of id.
        participants: Vec<Participation>,
        /// What each of them is granted, if it succeeded.
        recompense: RecompenseEvenement,
        /// The operator's act, if that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intervention: Option<Intervention>,
        /// When.
        termine_a: DateTime<Utc>,
    },

    /// The resources of a zone were laid out, instead of those it had.
    RessourcesDeclarees {
        /// The zone.
        zone_id: ZoneId,
        /// Its resources.
        gisements: Vec<Gisement>,
        /// The hour of the world from which on they grow.
        heure: i64,
        /// Who did it, and why.
        intervention: Intervention,
    },

    /// A player gathered resources of a zone.
    RessourcesRecoltees {
        /// The zone.
        zone_id: ZoneId,
        /// Who.
        joueur_id: JoueurId,
        /// What.
        recoltes: Vec<Recolte>,
        /// The hour of the world up to which the zone has grown.
        heure: i64,
    },

    /// The resources of a zone grew.
    RessourceRegeneree {
        /// The zone.
        zone_id: ZoneId,
        /// Those that changed.
        ressources: Vec<Croissance>,
        /// The hour of the world up to which the zone has grown.
        heure: i64,
    },

    /// An operator made something dearer, cheaper, rarer or more frequent.
    FacteurEconomiqueModifie {
        /// What.
        facteur: Facteur,
        /// The percentage before.
        avant: u16,
        /// The percentage after.
        apres: u16,
        /// Who did it, and why.
        intervention: Intervention,
    },

    /// A ranking was published.
    ClassementPublie {
        /// Which.
        classement: TypeClassement,
        /// Its lines, the first one first.
        lignes: Vec<LigneClassement>,
        /// When.
        publie_a: DateTime<Utc>,
    },
}
