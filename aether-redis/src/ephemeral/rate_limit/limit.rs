//! How much is allowed, and the arithmetic of it.

use std::time::Duration;

/// How much is allowed: a number of tokens per span, gained evenly, saved up to a burst.
///
/// Can be a constant of the program:
///
/// ```
/// use std::time::Duration;
/// use aether_redis::{OnOutage, RateLimit};
///
/// /// Five attempts at once, then one every twelve seconds; none at all while Redis is away.
/// const LOGIN: RateLimit =
///     RateLimit::new("login", 5, Duration::from_secs(60)).on_outage(OnOutage::Refuse);
/// /// Two messages a second, and up to ten after a pause.
/// const CHAT: RateLimit = RateLimit::new("chat", 2, Duration::from_secs(1)).burst(10);
/// # assert_eq!((LOGIN.name(), CHAT.name()), ("login", "chat"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    name: &'static str,
    tokens: u32,
    per: Duration,
    burst: u32,
    on_outage: OnOutage,
}

/// What is answered while Redis cannot be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnOutage {
    /// Everything is allowed: for what has to go on, like play. The default.
    #[default]
    Allow,
    /// Nothing is allowed: for what must not be tried without a limit, like logins.
    Refuse,
}

impl RateLimit {
    /// A number of tokens (up to 10 million; 0 allow nothing) per span (up to a year). The name stands in keys and metrics.
    #[must_use]
    pub const fn new(name: &'static str, tokens: u32, per: Duration) -> Self {
        Self {
            name,
            tokens: limited(tokens),
            per,
            burst: limited(tokens),
            on_outage: OnOutage::Allow,
        }
    }

    /// How many tokens can be saved up: up to 10 million, 0 allow nothing; as many as come per span unless said otherwise.
    #[must_use]
    pub const fn burst(mut self, tokens: u32) -> Self {
        self.burst = limited(tokens);
        self
    }

    /// What is answered while Redis cannot be asked. Default: [`OnOutage::Allow`].
    #[must_use]
    pub const fn on_outage(mut self, answer: OnOutage) -> Self {
        self.on_outage = answer;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What is answered while Redis cannot be asked.
    pub(super) const fn outage(&self) -> OnOutage {
        self.on_outage
    }

    /// Whether this many tokens are ever there at once.
    pub(super) const fn can_hold(&self, tokens: u32) -> bool {
        self.tokens > 0 && tokens <= self.burst
    }

    /// The whole numbers that the script counts in.
    pub(super) fn scale(&self) -> Scale {
        const YEAR: u128 = 366 * 86_400 * 1_000_000;
        // Lua counts exactly up to 2⁵³; the finest quantum that leaves room for a full bucket is taken.
        const ROOM: u64 = 1 << 52;
        let per = u64::try_from(self.per.as_nanos().div_ceil(1000).clamp(1, YEAR)).unwrap_or(1);
        let mut scale = Scale { unit: 1, gain: 1, full: 1, quantum: 1 };
        for quantum in [1, 1_000, 1_000_000] {
            let span = per.div_ceil(quantum);
            let divisor = gcd(u64::from(self.tokens), span);
            let (unit, gain) = (span / divisor, u64::from(self.tokens) / divisor);
            scale = Scale { unit, gain, full: unit.saturating_mul(u64::from(self.burst)), quantum };
            if scale.full <= ROOM {
                break;
            }
        }
        scale
    }
}

/// A token is `unit` units; `gain` of them come per `quantum` microseconds, up to `full`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) unit: u64,
    pub(super) gain: u64,
    pub(super) full: u64,
    pub(super) quantum: u64,
}

/// The highest limit.
const MOST: u32 = 10_000_000;

const fn limited(tokens: u32) -> u32 {
    if tokens > MOST { MOST } else { tokens }
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(tokens: u32, per: Duration, burst: u32) -> Scale {
        RateLimit::new("test", tokens, per).burst(burst).scale()
    }

    #[test]
    fn everyday_limits_are_counted_in_microseconds_without_rounding() {
        let expected = Scale { unit: 12_000_000, gain: 1, full: 60_000_000, quantum: 1 };
        assert_eq!(scale(5, Duration::from_secs(60), 5), expected);
        // three per second: a token every 333333⅓ µs
        let expected = Scale { unit: 1_000_000, gain: 3, full: 10_000_000, quantum: 1 };
        assert_eq!(scale(3, Duration::from_secs(1), 10), expected);
    }

    #[test]
    fn a_limit_of_nothing_allows_nothing() {
        let second = Duration::from_secs(1);
        for limit in [
            RateLimit::new("test", 0, second),
            RateLimit::new("test", 0, second).burst(5),
            RateLimit::new("test", 5, second).burst(0),
        ] {
            assert!(!limit.can_hold(1), "{limit:?}");
        }
        assert!(RateLimit::new("test", 1, second).can_hold(1));
    }

    #[test]
    fn the_largest_limits_still_fit_what_lua_counts_exactly() {
        let year = Duration::from_secs(366 * 86_400);
        for tokens in [1, 7, 999_983, 9_999_991, u32::MAX] {
            for per in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(86_399), year]
            {
                let scale = scale(tokens, per, u32::MAX);
                assert!(scale.full <= 1 << 52 && scale.unit > 0 && scale.gain > 0, "{scale:?}");
            }
        }
        assert_eq!(scale(1, Duration::MAX, 1), scale(1, year, 1));
    }
}
