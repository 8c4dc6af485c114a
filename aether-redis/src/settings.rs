//! What of the connection can be tuned.

use std::time::Duration;

/// Settings of a [`RedisClient`](crate::RedisClient).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
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
    /// How many messages a slow listener may fall behind before it misses some. Default 4096.
    pub broadcast_capacity: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pool_size: 4,
            connect_timeout: Duration::from_secs(2),
            command_timeout: Duration::from_secs(1),
            unresponsive_after: Duration::from_secs(5),
            reconnect_pause: Duration::from_millis(50),
            reconnect_pause_max: Duration::from_secs(2),
            lazy: false,
            broadcast_capacity: 4096,
        }
    }
}

impl Settings {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`pool_size`](Settings::pool_size).
    #[must_use]
    pub const fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// Sets [`connect_timeout`](Settings::connect_timeout).
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets [`command_timeout`](Settings::command_timeout).
    #[must_use]
    pub const fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    /// Sets [`unresponsive_after`](Settings::unresponsive_after).
    #[must_use]
    pub const fn unresponsive_after(mut self, silence: Duration) -> Self {
        self.unresponsive_after = silence;
        self
    }

    /// Sets [`lazy`](Settings::lazy).
    #[must_use]
    pub const fn lazy(mut self, lazy: bool) -> Self {
        self.lazy = lazy;
        self
    }
}
