//! Cooldowns of skills between combats, in `player:{id}:cooldowns`.
//!
//! Whether a skill can be used is decided by [`Apprentissage`], from its events. This is what clients are
//! shown: it comes back after a flush, and is the same on every node.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Projection, Recorded};
use aether_redis::{Cooldowns, Error, KeySpace, RedisClient, RedisTx, Result, Stamp};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::fields::parse;
use crate::competence::{Apprentissage, ApprentissageEvent};
use crate::values::{CompetenceId, JoueurId};

/// Writes each cooldown through, counted from the event.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveCooldownProjection;

/// What it listens to.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = ApprentissageEvent)]
#[serde(rename_all_fields = "camelCase")]
#[doc(hidden)]
pub enum Repos {
    /// A skill rests.
    CooldownDemarre {
        /// Whose.
        joueur_id: JoueurId,
        /// Which.
        competence_id: CompetenceId,
        /// From when on.
        debute_a: DateTime<Utc>,
        /// Until when.
        finit_a: DateTime<Utc>,
    },
}

impl Projection<RedisTx> for LiveCooldownProjection {
    type Events = Repos;

    fn name(&self) -> &'static str {
        "live_recharges"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Apprentissage::TYPE])
    }

    async fn project(&self, events: &[Recorded<Repos>], tx: &mut RedisTx) -> Result<(), BoxError> {
        for recorded in events {
            let Repos::CooldownDemarre { joueur_id, competence_id, debute_a, finit_a } =
                recorded.event;
            let duree = (finit_a - debute_a).to_std().unwrap_or_default();
            let stamp = Stamp::new(recorded.position.get(), debute_a.into());
            tx.write(Cooldowns::started(tx.keys(), joueur_id, competence_id, duree, stamp));
        }
        Ok(())
    }
}

/// Reads cooldowns. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Recharges(Cooldowns);

impl Recharges {
    /// Cooldowns under the prefix of `keys`.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self(Cooldowns::new(client, keys))
    }

    /// For how many seconds each skill of a player still rests, rounded up, by the clock of Redis. One round trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`] and [`Error::UnexpectedReply`] if something else wrote there; transient ones (retry, or ask
    /// the read model).
    pub async fn du_joueur(&self, joueur: JoueurId) -> Result<BTreeMap<CompetenceId, u64>, Error> {
        let left = self.0.seconds_left(joueur).await?;
        let skill = |(id, left): (String, u64)| Ok((parse::<Uuid>(&id, "skill")?.into(), left));
        left.into_iter().map(skill).collect()
    }
}
