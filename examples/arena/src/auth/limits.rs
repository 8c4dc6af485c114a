//! How often something may be asked for: counted for all nodes in Redis, on this node while Redis is away.

use std::time::{Duration, Instant};

use aether_redis::{OnOutage, RateDecision, RateLimit, RateLimits};

use super::buckets::Buckets;
use crate::problem::{Code, Problem};

/// A limit: so many at once, and so many per span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    name: &'static str,
    tokens: u32,
    per: Duration,
    burst: u32,
}

/// Reads of an account, or of a guest's address.
pub(crate) const READ: Limit = Limit::new("lecture", 100, 1, 300);
/// Writes of an account, or of a guest's address.
pub(crate) const WRITE: Limit = Limit::new("commande", 20, 1, 40);
/// Attempts to log in from an address.
pub(crate) const LOG_IN: Limit = Limit::new("connexion", 20, 60, 20);
/// Attempts to log in under a name.
pub(crate) const LOG_IN_NAME: Limit = Limit::new("connexion-nom", 10, 60, 10);
/// Accounts created from an address.
pub(crate) const SIGN_UP: Limit = Limit::new("inscription", 10, 60, 10);

/// What counts.
pub(crate) struct Limits {
    shared: RateLimits,
    own: Buckets,
    /// What each limit is multiplied with: 1, or more where many clients share an address.
    generosity: u32,
}

/// A subject that came from outside, cut where it is longer than a name.
pub(crate) fn short(subject: &str) -> String {
    subject.chars().take(64).collect()
}

impl Limit {
    const fn new(name: &'static str, tokens: u32, seconds: u64, burst: u32) -> Self {
        Self { name, tokens, per: Duration::from_secs(seconds), burst }
    }
}

impl Limits {
    pub(super) fn new(shared: RateLimits, generosity: u32) -> Self {
        Self { shared, own: Buckets::new(), generosity: generosity.max(1) }
    }

    /// Takes one token for a subject, or says when to come back.
    pub(crate) async fn take(&self, limit: Limit, subject: &str) -> Result<(), Problem> {
        let tokens = limit.tokens.saturating_mul(self.generosity);
        let burst = limit.burst.saturating_mul(self.generosity);
        let rate = RateLimit::new(limit.name, tokens, limit.per).burst(burst);
        let decision = self.shared.take(&rate.on_outage(OnOutage::Allow), subject).await;
        let wait = match decision {
            Ok(RateDecision::Allowed { .. }) => return Ok(()),
            Ok(RateDecision::Limited { retry_after }) => retry_after,
            // Redis is away or does not know what it does: this node counts alone
            _ => {
                let per_second = f64::from(tokens) / limit.per.as_secs_f64();
                let key = format!("{}:{subject}", limit.name);
                match self.own.take(key, burst, per_second, Instant::now()) {
                    Ok(()) => return Ok(()),
                    Err(wait) => wait,
                }
            }
        };
        Err(Problem::new(Code::LIMITED).retry_after(wait.as_secs().saturating_add(1)))
    }
}
