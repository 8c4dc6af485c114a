//! Who is there, and where.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use futures::future::try_join_all;

use crate::client::RedisClient;
use crate::ephemeral::reply::{Reply, millis};
use crate::error::{Error, Result};
use crate::key_space::{Entity, KeySpace};
use crate::script::Script;

static BEAT: Script = Script::new(include_str!("presence/beat.lua"));
static LEAVE: Script = Script::new(include_str!("presence/leave.lua"));
static COUNT: Script = Script::new(include_str!("presence/count.lua"));
static FIND: Script = Script::new(include_str!("presence/find.lua"));
static PAGE: Script = Script::new(include_str!("presence/page.lua"));

/// At most this many players in one script call: Redis serves nobody else meanwhile.
const PLAYERS_PER_CALL: usize = 128;
/// At most this many players that have fallen silent are cleared away by one script call.
const CLEARED_PER_CALL: usize = 128;
/// A page has at most this many players.
const PAGE_LIMIT: u16 = 1000;

/// Which players are online, and in which zone. Cheap to clone.
///
/// A player is there for a [window](Presence::window) after each [`beat`](Presence::beat), by the clock of
/// Redis: no job takes anybody off a list. What has ended is never counted or listed, and is cleared away by
/// later beats, a bounded number at a time.
///
/// Players are spread over [shards](Presence::shards) by their ids. All keys of a shard (`presence:{shard}:online`,
/// `:zones`, and `:zone:{zone}` per zone) lie in one slot, so a player who moves is never in two zones. The shards
/// lie on different nodes of a cluster. The figure that the model calls `stats:players:online` is
/// [`online`](Presence::online); it is not stored, because a stored number would need somebody to count down for
/// those who fall silent.
///
/// A player takes about 270 bytes, and a beat among many some 7 µs of Redis: 100 000 players who beat every ten
/// seconds keep it busy for less than a tenth of the time.
///
/// ```no_run
/// use aether_redis::{KeySpace, Presence, RedisClient};
///
/// # async fn run(client: RedisClient) -> aether_redis::Result<()> {
/// let presence = Presence::new(client, KeySpace::new());
/// // every ten seconds, for all connections of this node
/// presence.beats([(42, "forest"), (43, "harbour")]).await?;
/// println!("{} players are online", presence.online().await?);
///
/// let mut after = None;
/// loop {
///     let page = presence.in_zone("forest", after.as_deref(), 100).await?;
///     println!("{:?}", page.players);
///     after = page.next;
///     if after.is_none() { break; }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Presence {
    client: RedisClient,
    keys: KeySpace,
    window: Duration,
    shards: u16,
}

/// Some players of a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZonePage {
    /// Their ids, in ascending order. A page can have fewer than were asked for, or none, and not be the last.
    pub players: Vec<String>,
    /// What to ask for next; `None` after the last page.
    pub next: Option<String>,
}

impl Presence {
    /// Presence under the prefix of `keys`, with default settings.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys, window: Duration::from_secs(30), shards: 16 }
    }

    /// How long a player is there after a beat. Default: 30 seconds. Beat three times as often, so that one
    /// that gets lost does no harm.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Over how many shards the players are spread: 1 to 1024, default 16. Must be the same everywhere, and
    /// stay as it is while players are online.
    #[must_use]
    pub const fn shards(mut self, shards: u16) -> Self {
        self.shards = match shards {
            0 => 1,
            1..=1024 => shards,
            _ => 1024,
        };
        self
    }

    /// Notes that a player is there, and in which zone. Whether the player was not there before. One round
    /// trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], transient ones (retry).
    pub async fn beat(&self, player_id: impl Display, zone: impl Display) -> Result<bool> {
        let players = [(player_id.to_string(), zone.to_string())];
        let mut replies = self.beat_shard(self.shard(&players[0].0), &players).await?;
        Ok(replies.pop().unwrap_or(false))
    }

    /// Notes that many players are there: those of a node, at once. How many of them were not there before.
    /// The shards are written side by side, in one round trip (one more per 128 players of a shard).
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat). Some players may have been noted.
    pub async fn beats<P: Display, Z: Display>(
        &self,
        players: impl IntoIterator<Item = (P, Z)>,
    ) -> Result<u64> {
        let mut shards: BTreeMap<u16, Vec<(String, String)>> = BTreeMap::new();
        for (player_id, zone) in players {
            let player_id = player_id.to_string();
            let shard = self.shard(&player_id);
            shards.entry(shard).or_default().push((player_id, zone.to_string()));
        }
        let calls = shards.iter().map(async |(shard, players)| {
            let mut new = 0;
            for players in players.chunks(PLAYERS_PER_CALL) {
                let replies = self.beat_shard(*shard, players).await?;
                new += replies.into_iter().map(u64::from).sum::<u64>();
            }
            Ok::<_, Error>(new)
        });
        Ok(try_join_all(calls).await?.into_iter().sum())
    }

    /// Notes that a player has gone, without waiting for the window: call it when the player's last
    /// connection has closed. Whether the player was there. A beat that is under way meanwhile may bring the
    /// player back for one window. One round trip.
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat).
    pub async fn leave(&self, player_id: impl Display) -> Result<bool> {
        let player_id = player_id.to_string();
        let shard = self.keys.presence(self.shard(&player_id));
        let arguments = vec![shard.key("zone:").to_string(), player_id];
        Ok(self.run(&LEAVE, &shard, arguments).await?.number()? == 1)
    }

    /// Whether a player is there. One round trip.
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat).
    pub async fn is_online(&self, player_id: impl Display) -> Result<bool> {
        Ok(self.zone_of(player_id).await?.is_some())
    }

    /// The zone a player is in; `None` if the player is not there. One round trip.
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat).
    pub async fn zone_of(&self, player_id: impl Display) -> Result<Option<String>> {
        let player_id = player_id.to_string();
        let shard = self.keys.presence(self.shard(&player_id));
        let mut reply = self.run(&FIND, &shard, vec![player_id]).await?;
        if reply.is_empty() { Ok(None) } else { reply.text().map(Some) }
    }

    /// How many players are there. The shards are asked side by side, in one round trip.
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat).
    pub async fn online(&self) -> Result<u64> {
        let connection = self.client.connection()?;
        let calls = (0..self.shards).map(async |shard| {
            let key = self.keys.presence(shard).key("online");
            let reply = COUNT
                .run(&self.client, &connection, vec![key.to_string()], Vec::<String>::new())
                .await;
            let reply = reply.map_err(|error| error.at(&key, "sorted set"))?;
            Reply::new("presence", reply)?.number()
        });
        let online = try_join_all(calls).await?.into_iter().sum();
        #[allow(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("aether_redis_presence_online").set(online as f64);
        Ok(online)
    }

    /// The players of a zone after the id `after`, in ascending order of their ids (as text), up to `limit`
    /// (1 to 1000). Who stays in the zone from the first page to the last is on exactly one of them. The
    /// shards are asked side by side, in one round trip.
    ///
    /// # Errors
    ///
    /// As [`beat`](Presence::beat).
    pub async fn in_zone(
        &self,
        zone: impl Display,
        after: Option<&str>,
        limit: u16,
    ) -> Result<ZonePage> {
        let limit = usize::from(limit.clamp(1, PAGE_LIMIT));
        let from = after.map_or_else(|| "-".to_owned(), |player| format!("({player}"));
        // twice its share of each shard: hardly ever too few
        let share = (2 * limit).div_ceil(usize::from(self.shards)) + 8;
        let (connection, zone) = (self.client.connection()?, format!("zone:{zone}"));
        let calls = (0..self.shards).map(async |shard| {
            let shard = self.keys.presence(shard);
            let keys = vec![shard.key("online").to_string(), shard.key(&zone).to_string()];
            let arguments = vec![from.clone(), share.to_string()];
            let reply = PAGE.run(&self.client, &connection, keys, arguments).await?;
            let mut reply = Reply::new("presence", reply)?;
            let mut there = reply.list()?;
            let mut players = Vec::new();
            while !there.is_empty() {
                players.push(there.text()?);
            }
            let last = if reply.is_empty() { None } else { Some(reply.text()?) };
            Ok::<_, Error>((players, last))
        });
        Ok(merge(try_join_all(calls).await?, limit))
    }

    async fn beat_shard(&self, shard: u16, players: &[(String, String)]) -> Result<Vec<bool>> {
        let shard = self.keys.presence(shard);
        let head = [
            shard.key("zone:").to_string(),
            millis(self.window).max(1).to_string(),
            CLEARED_PER_CALL.to_string(),
        ];
        let players = players.iter().flat_map(|(player, zone)| [player.clone(), zone.clone()]);
        let arguments = head.into_iter().chain(players).collect();
        let mut reply = self.run(&BEAT, &shard, arguments).await?;
        let mut new = Vec::new();
        while !reply.is_empty() {
            new.push(reply.number()? == 1);
        }
        Ok(new)
    }

    async fn run(&self, script: &Script, shard: &Entity, arguments: Vec<String>) -> Result<Reply> {
        let keys = vec![shard.key("online").to_string(), shard.key("zones").to_string()];
        let connection = self.client.connection()?;
        let reply = script.run(&self.client, &connection, keys, arguments).await?;
        Reply::new("presence", reply)
    }

    /// The same in every process: FNV-1a of the id, stirred as MurmurHash3 ends, since short ids hardly reach
    /// the high bits.
    fn shard(&self, player_id: &str) -> u16 {
        let mut hash = player_id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
            hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
        }
        hash ^= hash >> 33;
        u16::try_from(hash % u64::from(self.shards)).unwrap_or(0)
    }
}

/// Puts the answers of all shards in order. A shard that has more knows nothing of what is after the last
/// player it looked at: nobody after the first of those is on this page.
fn merge(shards: Vec<(Vec<String>, Option<String>)>, limit: usize) -> ZonePage {
    let horizon = shards.iter().filter_map(|(_, last)| last.clone()).min();
    let mut players: Vec<String> = shards.into_iter().flat_map(|(players, _)| players).collect();
    players.sort_unstable();
    if let Some(horizon) = &horizon {
        players.retain(|player| player <= horizon);
    }
    if players.len() > limit {
        players.truncate(limit);
        return ZonePage { next: players.last().cloned(), players };
    }
    ZonePage { players, next: horizon }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(players: &[&str], last: Option<&str>) -> (Vec<String>, Option<String>) {
        (players.iter().map(ToString::to_string).collect(), last.map(ToOwned::to_owned))
    }

    #[test]
    fn a_page_ends_where_a_shard_has_not_been_looked_at_any_further() {
        // the first shard has more after c; d of the second one must wait for what may come before it
        let page = merge(vec![shard(&["a", "c"], Some("c")), shard(&["b", "d"], None)], 10);
        assert_eq!(page.players, ["a", "b", "c"]);
        assert_eq!(page.next.as_deref(), Some("c"));
        // nobody there among those that were looked at: the next page continues after them
        let page = merge(vec![shard(&[], Some("k")), shard(&["x"], None)], 10);
        assert_eq!((page.players.len(), page.next.as_deref()), (0, Some("k")));
    }

    #[test]
    fn a_page_that_is_full_goes_on_behind_its_last_player() {
        let page = merge(vec![shard(&["a", "c"], Some("f")), shard(&["b", "d"], None)], 2);
        assert_eq!(page.players, ["a", "b"]);
        assert_eq!(page.next.as_deref(), Some("b"));
        let page = merge(vec![shard(&["a"], None), shard(&["b"], None)], 2);
        assert_eq!((page.players.len(), page.next), (2, None));
    }
}
