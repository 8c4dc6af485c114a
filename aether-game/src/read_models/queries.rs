//! What the read models of combat answer.
//!
//! Answers are as new as the projections: to read one's own writes, wait for the position of the
//! command first ([`Node::wait_for`](aether_core::Node::wait_for)). Each
//! function costs one query by index, the two about a whole combat a read-only transaction of two.

use aether_postgres::Error;
use sqlx::PgPool;

use super::rows::{ActionCombat, EffetStatut, InstanceCombat, ParticipantCombat};
use crate::combat::{Combat, CombatId, Competence, EtatCombat, Objet, ParticipantId, ZoneId};

/// A combat and everybody in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CombatComplet {
    /// The combat.
    pub instance: InstanceCombat,
    /// Its participants in the order of their turns.
    pub participants: Vec<ParticipantCombat>,
}

/// Whose turn it is, and what it may do.
#[derive(Debug, Clone, PartialEq)]
pub struct TourActuel {
    /// The combat.
    pub instance: InstanceCombat,
    /// Whose turn it is.
    pub participant: ParticipantCombat,
    /// Its skills.
    pub competences: Vec<CompetencePrete>,
    /// The items it has left.
    pub objets: Vec<ObjetPret>,
    /// Whether it has the stamina to try to flee.
    pub peut_fuir: bool,
}

/// A skill, and whether it can be used now.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetencePrete {
    /// The skill.
    pub competence: Competence,
    /// In how many of its owner's turns it can be used; 0 for now.
    pub tours_restants: u8,
    /// Whether it neither rests nor costs more than there is.
    pub utilisable: bool,
}

/// An item, and how many are left.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjetPret {
    /// The item.
    pub objet: Objet,
    /// How many; at least 1.
    pub restants: u32,
}

/// A combat with its participants; `None` if the read models do not know it (yet).
///
/// # Errors
///
/// [`Error::Database`]; [`is_transient`](Error::is_transient) says whether a retry helps.
pub async fn combat_with_participants(
    pool: &PgPool,
    combat: CombatId,
) -> Result<Option<CombatComplet>, Error> {
    // one snapshot for both statements, so that the two belong together as far as they can
    let mut tx = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .execute(&mut *tx)
        .await?;
    let instance: Option<InstanceCombat> =
        sqlx::query_as("SELECT * FROM instances_combat WHERE combat_id = $1")
            .bind(combat.as_uuid())
            .fetch_optional(&mut *tx)
            .await?;
    let Some(instance) = instance else { return Ok(None) };
    let mut participants: Vec<ParticipantCombat> =
        sqlx::query_as("SELECT * FROM participants_combat WHERE combat_id = $1")
            .bind(combat.as_uuid())
            .fetch_all(&mut *tx)
            .await?;
    tx.commit().await?;
    let order =
        |it: &ParticipantCombat| instance.ordre_tour.iter().position(|id| *id == it.participant_id);
    participants.sort_by_key(order);
    Ok(Some(CombatComplet { instance, participants }))
}

/// Whose turn it is in a combat, and what it may do; `None` if nobody's.
///
/// # Errors
///
/// [`Error::Database`]; [`is_transient`](Error::is_transient) says whether a retry helps.
pub async fn active_turn(pool: &PgPool, combat: CombatId) -> Result<Option<TourActuel>, Error> {
    let Some(found) = combat_with_participants(pool, combat).await? else { return Ok(None) };
    let CombatComplet { instance, participants } = found;
    let active = |it: &ParticipantCombat| Some(it.participant_id) == instance.participant_actif_id;
    let Some(participant) = participants.into_iter().find(active) else { return Ok(None) };
    if instance.etat != EtatCombat::EnCours {
        return Ok(None);
    }
    let ready = |competence: &Competence| {
        let mut resting = participant.recharges.iter();
        let rest = resting.find(|rest| rest.competence_id == competence.competence_id);
        let tours_restants = rest.map_or(0, |rest| rest.tours_restants);
        let affordable = competence.cout.mp <= participant.mp_actuel
            && competence.cout.stamina <= participant.stamina_actuel;
        CompetencePrete {
            competence: competence.clone(),
            tours_restants,
            utilisable: participant.peut_agir && tours_restants == 0 && affordable,
        }
    };
    let left = |objet: &Objet| {
        let mut all = participant.objets_restants.iter();
        let restants = all.find(|it| it.item_id == objet.item_id)?.quantite;
        (restants > 0).then(|| ObjetPret { objet: objet.clone(), restants })
    };
    Ok(Some(TourActuel {
        competences: participant.competences.iter().map(ready).collect(),
        objets: participant.objets.iter().filter_map(left).collect(),
        peut_fuir: participant.peut_agir && participant.stamina_actuel >= Combat::COUT_FUITE,
        instance,
        participant,
    }))
}

/// What a participant did, the newest first, at most `limit`.
///
/// # Errors
///
/// [`Error::Database`]; [`is_transient`](Error::is_transient) says whether a retry helps.
pub async fn actions_of(
    pool: &PgPool,
    participant: ParticipantId,
    limit: u32,
) -> Result<Vec<ActionCombat>, Error> {
    let sql = "SELECT * FROM actions_combat WHERE participant_id = $1 \
               ORDER BY event_sequence DESC LIMIT $2";
    let query = sqlx::query_as(sql).bind(participant.as_uuid()).bind(i64::from(limit));
    Ok(query.fetch_all(pool).await?)
}

/// The effects at work in a combat, by bearer, oldest first.
///
/// # Errors
///
/// [`Error::Database`]; [`is_transient`](Error::is_transient) says whether a retry helps.
pub async fn active_effects_of(pool: &PgPool, combat: CombatId) -> Result<Vec<EffetStatut>, Error> {
    let sql = "SELECT * FROM effets_statut WHERE combat_id = $1 \
               ORDER BY participant_id, event_sequence";
    Ok(sqlx::query_as(sql).bind(combat.as_uuid()).fetch_all(pool).await?)
}

/// The combats that go on in a zone, the oldest first, at most `limit`.
///
/// # Errors
///
/// [`Error::Database`]; [`is_transient`](Error::is_transient) says whether a retry helps.
pub async fn active_combats_of_zone(
    pool: &PgPool,
    zone: ZoneId,
    limit: u32,
) -> Result<Vec<InstanceCombat>, Error> {
    let sql = "SELECT * FROM instances_combat WHERE zone_id = $1 AND etat = 'EN_COURS' \
               ORDER BY heure_debut, combat_id LIMIT $2";
    let query = sqlx::query_as(sql).bind(zone.as_uuid()).bind(i64::from(limit));
    Ok(query.fetch_all(pool).await?)
}
