//! What is counted for a day, until midnight UTC: `stats:combats:today`, `stats:transactions:today`,
//! `stats:active_players:today`; and how many players are online: `stats:players:online`.
//!
//! Each event counts once, on its day, however often it is delivered. Numbers come back after a flush.

mod en_ligne;
mod projection;

pub use en_ligne::OnlineJob;
pub use projection::{ActesDuJour, DailyCountersProjection};

use aether_redis::{Counters, KeySpace, RedisClient, Result};

use super::keys::OnlineKeys;

/// The counters, by the names that their keys have.
const COMBATS: &str = "combats";
const TRANSACTIONS: &str = "transactions";
const ACTIVE_PLAYERS: &str = "active_players";

/// Reads the numbers. Cheap to clone. Each is one round trip.
///
/// Every function fails with what Redis says: transient errors (retry), [`WrongType`](aether_redis::Error::WrongType)
/// if something else wrote to the key.
#[derive(Debug, Clone)]
pub struct Compteurs {
    counters: Counters,
    client: RedisClient,
    online: OnlineKeys,
}

impl Compteurs {
    /// The numbers under the prefix of `keys`.
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace) -> Self {
        let online = OnlineKeys::new(&keys);
        Self { counters: Counters::new(client.clone(), keys), client, online }
    }

    /// Combats that began today.
    ///
    /// # Errors
    ///
    /// See [the type](Compteurs).
    pub async fn combats(&self) -> Result<i64> {
        self.counters.value(COMBATS).await
    }

    /// Trades of today.
    ///
    /// # Errors
    ///
    /// See [the type](Compteurs).
    pub async fn transactions(&self) -> Result<i64> {
        self.counters.value(TRANSACTIONS).await
    }

    /// Players who signed in or fought today, with an error of 0.81 %.
    ///
    /// # Errors
    ///
    /// See [the type](Compteurs).
    pub async fn joueurs_actifs(&self) -> Result<u64> {
        self.counters.unique(ACTIVE_PLAYERS).await
    }

    /// Players who are online, as of the last count; none where nobody has counted for half a minute.
    ///
    /// # Errors
    ///
    /// See [the type](Compteurs).
    pub async fn en_ligne(&self) -> Result<Option<u64>> {
        let text = self.client.text(&self.online.online()).await?;
        text.map(|text| super::fields::parse(&text, "number of players online")).transpose()
    }
}
