//! Combats: who fights, whose turn it is, what was done.

use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::combat::{Combat, CombatId, Competence, Objet, ParticipantId, ZoneId};
use crate::read_models::{ActionCombat, EffetStatut, InstanceCombat, ParticipantCombat};

/// A combat and everybody in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CombatComplet {
    /// The combat.
    pub instance: InstanceCombat,
    /// Its participants in the order of their turns.
    pub participants: Vec<ParticipantCombat>,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TourActuel {
    /// The combat.
    pub instance: InstanceCombat,
    /// Whose turn it is.
    pub participant: ParticipantCombat,
}

/// A skill, and whether it can be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompetencePrete<'a> {
    /// The skill.
    pub competence: &'a Competence,
    /// In how many of its owner's turns it can be used; 0 for now.
    pub tours_restants: u8,
    /// Whether it neither rests nor costs more than there is.
    pub utilisable: bool,
}

/// An item, and how many are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjetPret<'a> {
    /// The item.
    pub objet: &'a Objet,
    /// How many; at least 1.
    pub restants: u32,
}

impl TourActuel {
    /// The skills of the one whose turn it is.
    pub fn competences(&self) -> impl Iterator<Item = CompetencePrete<'_>> {
        let qui = &self.participant;
        qui.competences_disponibles.competences.iter().map(|competence| {
            let mut recharges = qui.competences_disponibles.recharges.iter();
            let recharge = recharges.find(|it| it.competence_id == competence.competence_id);
            let tours_restants = recharge.map_or(0, |it| it.tours_restants);
            let cout = competence.cout;
            let payable = cout.mp <= qui.mp_actuel && cout.stamina <= qui.stamina_actuel;
            let utilisable = qui.peut_agir && tours_restants == 0 && payable;
            CompetencePrete { competence, tours_restants, utilisable }
        })
    }

    /// The items that he has left.
    pub fn objets(&self) -> impl Iterator<Item = ObjetPret<'_>> {
        let sac = &self.participant.equipement;
        sac.objets.iter().filter_map(|objet| {
            let reste = sac.restants.iter().find(|it| it.item_id == objet.item_id)?;
            let restants = reste.quantite;
            (restants > 0).then_some(ObjetPret { objet, restants })
        })
    }

    /// Whether he has the stamina to try to flee.
    #[must_use]
    pub const fn peut_fuir(&self) -> bool {
        self.participant.peut_agir && self.participant.stamina_actuel >= Combat::COUT_FUITE
    }
}

/// A combat with its participants; none if the tables do not know it (yet).
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn combat(pool: &PgPool, combat: CombatId) -> Result<Option<CombatComplet>, Error> {
    ask(include_str!("sql/combat.sql")).with(combat.as_uuid()).one(pool).await
}

/// Whose turn it is in a combat, and what he may do; none if nobody's.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn tour_actuel(pool: &PgPool, combat: CombatId) -> Result<Option<TourActuel>, Error> {
    ask(include_str!("sql/tour_actuel.sql")).with(combat.as_uuid()).one(pool).await
}

/// What a participant did, the newest first, at most `limit`: before the event `before`, or the newest ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn actions_du_participant(
    pool: &PgPool,
    participant: ParticipantId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ActionCombat>, Error> {
    let query = ask(include_str!("sql/actions_du_participant.sql")).with(participant.as_uuid());
    query.before(before).limit(limit).all(pool).await
}

/// What was done in a combat, the newest first, at most `limit`: before the event `before`, or the newest.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn actions_du_combat(
    pool: &PgPool,
    combat: CombatId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ActionCombat>, Error> {
    let query = ask(include_str!("sql/actions_du_combat.sql")).with(combat.as_uuid());
    query.before(before).limit(limit).all(pool).await
}

/// The effects at work in a combat, by bearer, oldest first. A combat has 600 at most.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn effets_du_combat(pool: &PgPool, combat: CombatId) -> Result<Vec<EffetStatut>, Error> {
    ask(include_str!("sql/effets_du_combat.sql")).with(combat.as_uuid()).all(pool).await
}

/// The combats that are fought in a zone, the oldest first, at most `limit`: after one that began then, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn combats_en_cours(
    pool: &PgPool,
    zone: ZoneId,
    apres: Option<(DateTime<Utc>, CombatId)>,
    limit: u32,
) -> Result<Vec<InstanceCombat>, Error> {
    let debut = apres.map_or(DateTime::UNIX_EPOCH, |(debut, _)| debut);
    let combat = apres.map(|(_, combat)| combat.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/combats_en_cours.sql")).with(zone.as_uuid());
    query.with(debut).with(combat).limit(limit).all(pool).await
}
