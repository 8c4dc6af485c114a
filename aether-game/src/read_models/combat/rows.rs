//! Rows of combats.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::mots::{Severite, TypeEvenement};
use crate::combat::{
    ActionId, CombatId, CompetenceId, Conditions, Cout, EffetPose, EtatCombat, EtatParticipant,
    ItemId, ParticipantId, Recompenses, ResultatAction, TypeAction, TypeCombat, ZoneId,
};
use crate::read_models::row::Row;

/// A row of `instances_combat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceCombat {
    /// The combat.
    pub combat_id: CombatId,
    /// Where it is in its life.
    pub etat: EtatCombat,
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// The number of the current or last turn.
    pub tour_actuel: u32,
    /// Who goes after whom.
    pub ordre_tour: Vec<ParticipantId>,
    /// Whose turn it is; none when the combat is over.
    pub participant_actif_id: Option<ParticipantId>,
    /// When it began.
    pub heure_debut: DateTime<Utc>,
    /// When it ended.
    pub heure_fin: Option<DateTime<Utc>>,
    /// How long a turn may take, in milliseconds.
    pub duree_tour_ms: u32,
    /// When the current turn's time is over.
    pub prochain_timeout: Option<DateTime<Utc>>,
    /// When it ends.
    pub conditions_victoire: Conditions,
    /// What can be won; once it is over, what was won.
    pub recompenses: Recompenses,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// A row of `actions_combat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionCombat {
    /// The action.
    pub action_id: ActionId,
    /// Its combat.
    pub combat_id: CombatId,
    /// In which turn.
    pub numero_tour: u32,
    /// Who acted.
    pub participant_id: ParticipantId,
    /// What it did.
    pub type_action: TypeAction,
    /// With which skill.
    pub competence_id: Option<CompetenceId>,
    /// With which item.
    pub item_id: Option<ItemId>,
    /// On whom.
    pub cibles: Vec<ParticipantId>,
    /// What it changed about the actor.
    pub donnees_action: DonneesAction,
    /// How it went.
    pub resultat: ResultatAction,
    /// The effects it laid on anybody.
    pub effets_appliques: Vec<EffetPose>,
    /// How long the participant took to decide, in milliseconds.
    pub temps_execution_ms: u32,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
}

/// What an action changed about the actor: pairs of before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DonneesAction {
    /// What it cost.
    pub cout: Cout,
    /// Its mana.
    pub mp: [u32; 2],
    /// Its stamina.
    pub stamina: [u32; 2],
    /// Where it stands.
    pub position: [u32; 2],
    /// Its state.
    pub etat: [EtatParticipant; 2],
}

/// A row of `historique_combat`: an event, with its payload as it is. All of them are enough to replay the combat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoriqueCombat<D = Details> {
    /// The entry: the id of the event.
    pub historique_id: Uuid,
    /// The combat.
    pub combat_id: CombatId,
    /// In which turn.
    pub numero_tour: u32,
    /// What it is about.
    pub type_evenement: TypeEvenement,
    /// Who caused it.
    pub acteur_id: Option<ParticipantId>,
    /// The event.
    pub details: D,
    /// How much it matters.
    pub severite: Severite,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
}

/// An event as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Details<P = Value> {
    /// Its type.
    pub event_type: String,
    /// What happened.
    pub payload: P,
}

impl Row for InstanceCombat {
    const TABLE: &'static str = "instances_combat";
    const ARCHIVE: Option<&'static str> = Some("instances_combat_archive");

    type Key = CombatId;

    fn key(&self) -> CombatId {
        self.combat_id
    }
}

impl Row for ActionCombat {
    const TABLE: &'static str = "actions_combat";

    type Key = ActionId;

    fn key(&self) -> ActionId {
        self.action_id
    }
}

impl<D: Serialize + serde::de::DeserializeOwned> Row for HistoriqueCombat<D> {
    const TABLE: &'static str = "historique_combat";

    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.historique_id
    }
}
