//! Tuning for the connection to Redis.

use std::time::Duration;

/// Tuning for a [`RedisClient`](crate::RedisClient).
///
/// ```
/// use std::time::Duration;
/// use aether_redis::RedisSettings;
///
/// let settings = RedisSettings::new()
///     .command_timeout(Duration::from_millis(500))
///     .breaker_threshold(10)
///     .lazy(true);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RedisSettings {
    /// How many connections are kept open. Default 4; at least 1. Commands are pipelined, so a few
    /// go a long way.
    pub pool_size: usize,
    /// How long a connection may take to open, TLS included. Default 2 seconds.
    pub connect_timeout: Duration,
    /// How long any one command may take, waiting in the queue included. Default 1 second. A command
    /// that timed out may still take effect later.
    pub command_timeout: Duration,
    /// A connection that has owed an answer for this long is closed and opened anew. Default 5
    /// seconds.
    pub unresponsive_after: Duration,
    /// The pause before the second attempt to reconnect, doubled with each further one and jittered.
    /// Default 50 ms.
    pub reconnect_pause: Duration,
    /// The longest pause between attempts to reconnect; they go on for ever. Default 2 seconds.
    pub reconnect_pause_max: Duration,
    /// Return from [`connect`](crate::RedisClient::connect) without waiting for Redis, and connect in
    /// the background. Default `false`: a Redis that is not there is an error at once.
    pub lazy: bool,
    /// The root certificates TLS trusts, as PEM text, instead of those of the system. Default: those of
    /// the system.
    pub root_certificates: Option<String>,
    /// How many calls in a row without an answer open the
    /// [circuit breaker](crate::RedisClient#a-redis-that-does-not-answer). Default 5; 0 switches it off.
    pub breaker_threshold: u32,
    /// Within how much time they must fall. Default 10 seconds.
    pub breaker_window: Duration,
    /// How long an open circuit waits before it probes Redis, at most: up to half of it is taken off at random. Default
    /// 1 second.
    pub breaker_pause: Duration,
    /// The largest single value that is sent, in bytes. Default 8 MiB: Redis serves nobody else while
    /// it moves one.
    pub max_value_bytes: usize,
    /// How many messages a slow listener may fall behind before it misses some. Default 4096.
    pub broadcast_capacity: usize,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            pool_size: 4,
            connect_timeout: Duration::from_secs(2),
            command_timeout: Duration::from_secs(1),
            unresponsive_after: Duration::from_secs(5),
            reconnect_pause: Duration::from_millis(50),
            reconnect_pause_max: Duration::from_secs(2),
            lazy: false,
            root_certificates: None,
            breaker_threshold: 5,
            breaker_window: Duration::from_secs(10),
            breaker_pause: Duration::from_secs(1),
            max_value_bytes: 8 << 20,
            broadcast_capacity: 4096,
        }
    }
}

impl RedisSettings {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`pool_size`](RedisSettings::pool_size).
    #[must_use]
    pub const fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// Sets [`connect_timeout`](RedisSettings::connect_timeout).
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets [`command_timeout`](RedisSettings::command_timeout).
    #[must_use]
    pub const fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    /// Sets [`unresponsive_after`](RedisSettings::unresponsive_after).
    #[must_use]
    pub const fn unresponsive_after(mut self, silence: Duration) -> Self {
        self.unresponsive_after = silence;
        self
    }

    /// Sets [`reconnect_pause`](RedisSettings::reconnect_pause).
    #[must_use]
    pub const fn reconnect_pause(mut self, pause: Duration) -> Self {
        self.reconnect_pause = pause;
        self
    }

    /// Sets [`reconnect_pause_max`](RedisSettings::reconnect_pause_max).
    #[must_use]
    pub const fn reconnect_pause_max(mut self, pause: Duration) -> Self {
        self.reconnect_pause_max = pause;
        self
    }

    /// Sets [`lazy`](RedisSettings::lazy).
    #[must_use]
    pub const fn lazy(mut self, lazy: bool) -> Self {
        self.lazy = lazy;
        self
    }

    /// Sets [`root_certificates`](RedisSettings::root_certificates).
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Sets [`breaker_threshold`](RedisSettings::breaker_threshold).
    #[must_use]
    pub const fn breaker_threshold(mut self, failures: u32) -> Self {
        self.breaker_threshold = failures;
        self
    }

    /// Sets [`breaker_window`](RedisSettings::breaker_window).
    #[must_use]
    pub const fn breaker_window(mut self, window: Duration) -> Self {
        self.breaker_window = window;
        self
    }

    /// Sets [`breaker_pause`](RedisSettings::breaker_pause).
    #[must_use]
    pub const fn breaker_pause(mut self, pause: Duration) -> Self {
        self.breaker_pause = pause;
        self
    }

    /// Sets [`max_value_bytes`](RedisSettings::max_value_bytes).
    #[must_use]
    pub const fn max_value_bytes(mut self, bytes: usize) -> Self {
        self.max_value_bytes = bytes;
        self
    }

    /// Sets [`broadcast_capacity`](RedisSettings::broadcast_capacity).
    #[must_use]
    pub const fn broadcast_capacity(mut self, messages: usize) -> Self {
        self.broadcast_capacity = messages;
        self
    }
}
