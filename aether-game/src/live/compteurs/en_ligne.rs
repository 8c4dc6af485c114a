//! How many players are online, for those who read a key.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aether_core::{BoxError, Job};
use aether_redis::{GuardedWrite, KeySpace, Presence, RedisClient, Stamp};

use crate::live::keys::OnlineKeys;

/// How long a count is believed.
const LIFETIME: Duration = Duration::from_secs(30);

/// Counts the players whose servers say that they are there ([`Presence`], with its default settings), every ten seconds. The
/// count ends after half a minute: where nobody counts, no number is shown.
#[derive(Debug, Clone)]
pub struct OnlineJob {
    presence: Presence,
    client: RedisClient,
    keys: OnlineKeys,
}

impl OnlineJob {
    /// A count under the prefix of `keys`.
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace) -> Self {
        let online = OnlineKeys::new(&keys);
        Self { presence: Presence::new(client.clone(), keys), client, keys: online }
    }
}

impl Job for OnlineJob {
    fn name(&self) -> &'static str {
        "joueurs_en_ligne"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn run(&self) -> Result<String, BoxError> {
        let online = self.presence.online().await?;
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let stamp = Stamp::new(u64::try_from(since).unwrap_or(u64::MAX), now);
        let count = GuardedWrite::put(&self.keys.guard(), stamp)
            .lifetime(LIFETIME)
            .text(self.keys.online(), online.to_string());
        self.client.write([count]).await?;
        Ok(format!("{online} players are online"))
    }
}
