//! Rows of participants.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::combat::{
    Camp, CombatId, Competence, EffetActif, EffetId, EntiteId, EtatParticipant, Modificateurs,
    Objet, ObjetRestant, ParticipantId, Recharge, Resistances, SourceEffet, StatsCombat, TypeEffet,
    TypeEntite,
};
use crate::read_models::row::Row;

/// A row of `participants_combat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParticipantCombat {
    /// The participant.
    pub participant_id: ParticipantId,
    /// Its combat.
    pub combat_id: CombatId,
    /// Who it is outside.
    pub entite_id: EntiteId,
    /// What kind of being.
    pub type_entite: TypeEntite,
    /// Its name.
    pub nom: String,
    /// Its level.
    pub niveau: u32,
    /// Its initiative.
    pub initiative: i32,
    /// Where it stands.
    pub position: u32,
    /// Whether it stands.
    pub etat: EtatParticipant,
    /// Hit points.
    pub hp_actuel: u32,
    /// Most hit points.
    pub hp_max: u32,
    /// Mana.
    pub mp_actuel: u32,
    /// Most mana.
    pub mp_max: u32,
    /// Stamina.
    pub stamina_actuel: u32,
    /// Most stamina.
    pub stamina_max: u32,
    /// Its stats.
    pub stats_combat: StatsCombat,
    /// What it resists.
    pub resistances: Resistances,
    /// The effects on it.
    pub effets_actifs: Vec<EffetActif>,
    /// Its items.
    pub equipement: EquipementCombat,
    /// Its skills.
    pub competences_disponibles: CompetencesCombat,
    /// Whether it could act if it were its turn.
    pub peut_agir: bool,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// Its side.
    pub camp: Camp,
}

/// The items of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipementCombat {
    /// Those that it brought.
    pub objets: Vec<Objet>,
    /// How many are left of each.
    pub restants: Vec<ObjetRestant>,
}

/// The skills of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetencesCombat {
    /// Those that it has.
    pub competences: Vec<Competence>,
    /// Those that rest.
    pub recharges: Vec<Recharge>,
}

/// A row of `effets_statut`: an effect at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffetStatut {
    /// The effect.
    pub effet_id: EffetId,
    /// Its bearer.
    pub participant_id: ParticipantId,
    /// The combat.
    pub combat_id: CombatId,
    /// Which effect.
    pub type_effet: TypeEffet,
    /// What it comes from.
    pub source_type: SourceEffet,
    /// The skill, item or action it comes from.
    pub source_id: Uuid,
    /// Points per turn, or percent; for one stack.
    pub puissance: u32,
    /// How many of the bearer's turns are left.
    pub duree_tours_restants: u8,
    /// How often it was laid on.
    pub stacks: u8,
    /// What it does to the bearer's damage.
    pub modificateurs: Modificateurs,
    /// Whether it harms.
    pub est_debuff: bool,
    /// Whether it can be dispelled.
    pub peut_etre_dissipe: bool,
    /// When it was laid on.
    pub applique_a: DateTime<Utc>,
    /// The event that laid it on.
    pub event_sequence: i64,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

impl Row for ParticipantCombat {
    const TABLE: &'static str = "participants_combat";
    const ARCHIVE: Option<&'static str> = Some("participants_combat_archive");

    type Key = ParticipantId;

    fn key(&self) -> ParticipantId {
        self.participant_id
    }
}

impl Row for EffetStatut {
    const TABLE: &'static str = "effets_statut";

    type Key = EffetId;

    fn key(&self) -> EffetId {
        self.effet_id
    }
}
