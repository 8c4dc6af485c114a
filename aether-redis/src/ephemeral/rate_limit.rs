//! How often something may be done, counted for all nodes together.

mod limit;

use std::time::Duration;

use fred::interfaces::KeysInterface as _;

use crate::client::{Family, RedisClient};
use crate::ephemeral::reply::Reply;
use crate::error::Result;
use crate::key_space::KeySpace;
use crate::script::Script;

pub use limit::{OnOutage, RateLimit};

static TAKE: Script = Script::new(include_str!("rate_limit/take.lua"));

/// Token buckets in Redis, shared by all nodes. Cheap to clone.
///
/// Each pair of a [`RateLimit`] and a subject (a user, an address) has a bucket of its own, the hash
/// `rate:{limit}:{subject}`. A colon, a brace or a percent sign in the name of the limit is written there as `%`
/// and two hexadecimal digits. It fills up by itself: the call that takes from it works out what has come since.
/// When it is full it is not kept. The subject stands in the key: an address there is personal data for as long as
/// the bucket is not full.
///
/// # What is guaranteed
///
/// - **Never more than allowed**, whatever the number of nodes: a bucket of 50 gives exactly 50 tokens to
///   any number of callers at once, then one whenever one has come.
/// - **Exact.** All numbers are whole, so nothing is rounded away and nothing drifts. Refused calls write
///   nothing and cost nothing of what comes later.
/// - **By one clock**, that of Redis. Put back, it gives no tokens and takes none away: buckets go on from
///   where it is. Put forward, it fills them.
/// - **A limit that is changed** keeps what was used: the tokens left stay as they were, within the new burst.
/// - **Without Redis** the limit's own [policy](RateLimit::on_outage) answers, at the latest after the
///   client's [time limit](crate::RedisSettings::command_timeout).
///
/// ```no_run
/// use std::time::Duration;
/// use aether_redis::{RateDecision, KeySpace, OnOutage, RateLimit, RateLimits, RedisClient};
///
/// const LOGIN: RateLimit =
///     RateLimit::new("login", 5, Duration::from_secs(60)).on_outage(OnOutage::Refuse);
///
/// # async fn run(client: RedisClient) -> aether_redis::Result<()> {
/// let limits = RateLimits::new(client, KeySpace::new());
/// match limits.take(&LOGIN, "kael").await? {
///     RateDecision::Allowed { remaining } => println!("{remaining} attempts are left"),
///     RateDecision::Limited { retry_after } => println!("Retry-After: {}", retry_after.as_secs() + 1),
///     RateDecision::Unchecked { allowed } => println!("redis is away; allowed: {allowed}"),
///     other => println!("allowed: {}", other.is_allowed()),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RateLimits {
    client: RedisClient,
    keys: KeySpace,
}

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what is limited must not be done"]
#[non_exhaustive]
pub enum RateDecision {
    /// It may, and was counted.
    Allowed {
        /// How many tokens are left.
        remaining: u64,
    },
    /// It may not, and was not counted.
    Limited {
        /// When there will be enough tokens, if nobody else takes them; [`Duration::MAX`] if never, because
        /// more are asked for than the bucket holds.
        retry_after: Duration,
    },
    /// Redis could not be asked; the limit's [policy](RateLimit::on_outage) decided.
    Unchecked {
        /// What it said.
        allowed: bool,
    },
}

impl RateDecision {
    /// Whether it may be done.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. } | Self::Unchecked { allowed: true })
    }
}

impl RateLimits {
    /// Buckets under the prefix of `keys`.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys }
    }

    /// Takes one token. One round trip.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType) and others that are not transient. Where Redis is away, slow, not ready or full,
    /// [`RateDecision::Unchecked`] is the answer. A call without an answer may have taken its token.
    pub async fn take(&self, limit: &RateLimit, subject: &str) -> Result<RateDecision> {
        self.take_many(limit, subject, 1).await
    }

    /// Takes a number of tokens, all of them or none; 0 only looks. One round trip.
    ///
    /// # Errors
    ///
    /// As [`take`](RateLimits::take).
    pub async fn take_many(
        &self,
        limit: &RateLimit,
        subject: &str,
        tokens: u32,
    ) -> Result<RateDecision> {
        let decision = match self.run(limit, subject, tokens).await {
            Err(error) if error.is_transient() => {
                tracing::debug!(limit = limit.name(), %error, "a rate limit could not be checked");
                RateDecision::Unchecked { allowed: limit.outage() == OnOutage::Allow }
            }
            decision => decision?,
        };
        let outcome = match decision {
            RateDecision::Allowed { .. } => "allowed",
            RateDecision::Limited { .. } => "limited",
            RateDecision::Unchecked { allowed: true } => "unchecked_allowed",
            RateDecision::Unchecked { allowed: false } => "unchecked_refused",
        };
        metrics::counter!(
            "aether_redis_rate_limit_total", "limit" => limit.name(), "outcome" => outcome
        )
        .increment(1);
        Ok(decision)
    }

    /// Takes one token from each of several buckets, in this order: per address, then per user. The first that
    /// refuses decides, and those after it are not asked. What the buckets before it gave stays taken, since they
    /// may lie on different nodes of a cluster. So put the one first that has to hold against somebody who keeps
    /// trying. Of those that allow it, the one with the fewest tokens left answers. One round trip for each; no
    /// buckets allow everything.
    ///
    /// # Errors
    ///
    /// As [`take`](RateLimits::take).
    pub async fn take_each(&self, buckets: &[(&RateLimit, &str)]) -> Result<RateDecision> {
        let mut fewest: Option<u64> = None;
        let mut unchecked = false;
        for (limit, subject) in buckets {
            match self.take(limit, subject).await? {
                RateDecision::Allowed { remaining } => {
                    fewest = Some(fewest.map_or(remaining, |fewest| fewest.min(remaining)));
                }
                RateDecision::Unchecked { allowed: true } => unchecked = true,
                refused => return Ok(refused),
            }
        }
        Ok(match fewest {
            Some(remaining) if !unchecked => RateDecision::Allowed { remaining },
            None if !unchecked => RateDecision::Allowed { remaining: u64::MAX },
            _ => RateDecision::Unchecked { allowed: true },
        })
    }

    /// Fills a bucket: a login that succeeded forgets the attempts before it. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn reset(&self, limit: &RateLimit, subject: &str) -> Result<()> {
        let key = &self.keys.bucket(limit.name(), subject);
        self.client.call(Family::Write, |redis| async move { redis.del(key.as_str()).await }).await
    }

    async fn run(&self, limit: &RateLimit, subject: &str, tokens: u32) -> Result<RateDecision> {
        if !limit.can_hold(tokens) {
            return Ok(RateDecision::Limited { retry_after: Duration::MAX });
        }
        let key = self.keys.bucket(limit.name(), subject);
        let limit::Scale { unit, gain, full, quantum } = limit.scale();
        let arguments =
            [u64::from(tokens), unit, gain, full, quantum].map(|number| number.to_string());
        let connection = self.client.connection()?;
        let keys = vec![key.to_string()];
        let reply = TAKE.run(&self.client, &connection, keys, arguments.into()).await;
        let mut reply = Reply::new("rate limits", reply.map_err(|error| error.at(&key, "hash"))?)?;
        match reply.text()?.as_str() {
            "allowed" => Ok(RateDecision::Allowed { remaining: reply.number()? }),
            "limited" => Ok(RateDecision::Limited { retry_after: reply.micros()? }),
            _ => Err(reply.error()),
        }
    }
}
