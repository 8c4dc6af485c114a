//! Combats: those that go on, and what was done in one.

use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::combat::{
    ActionId, CompetenceId, ItemId, ParticipantId, ResultatAction, TypeAction, TypeCombat,
};
use crate::values::{CombatId, ZoneId};

/// A combat that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CombatEnCours {
    /// The combat.
    pub combat_id: CombatId,
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// The number of the current turn.
    pub tour_actuel: u32,
    /// When it began.
    pub heure_debut: DateTime<Utc>,
}

/// What a participant did in a turn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActionFaite {
    /// The action.
    pub action_id: ActionId,
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
    /// How it went.
    pub resultat: ResultatAction,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
}

/// The combats that go on in a zone, the oldest first, at most `limit`: those after one that began then, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn combats_en_cours(
    pool: &PgPool,
    zone: ZoneId,
    after: Option<(DateTime<Utc>, CombatId)>,
    limit: u32,
) -> Result<Vec<CombatEnCours>, Error> {
    let debut = after.map_or(DateTime::UNIX_EPOCH, |(debut, _)| debut);
    let combat = after.map(|(_, combat)| combat.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/combats_en_cours.sql")).with(zone.as_uuid());
    query.with(debut).with(combat).limit(limit).all(pool).await
}

/// What was done in a combat, the newest first, at most `limit`: what was done before the event `before`, or the newest.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn actions_du_combat(
    pool: &PgPool,
    combat: CombatId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ActionFaite>, Error> {
    let before = before.unwrap_or(i64::MAX);
    let query = ask(include_str!("sql/actions_du_combat.sql")).with(combat.as_uuid());
    query.with(before).limit(limit).all(pool).await
}
