//! How a client is, for readiness probes and dashboards.

use std::time::Duration;

/// The state of a client's circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Circuit {
    /// Calls go through.
    Closed,
    /// Redis did not answer; a probe is under way. Calls are refused.
    HalfOpen,
    /// Redis does not answer. Calls are refused until a probe succeeds.
    Open,
}

/// How Redis is deployed, as the address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topology {
    /// One server.
    Single,
    /// A master that Sentinel watches over.
    Sentinel,
    /// Redis Cluster: keys need [hash tags](crate::KeySpace::hash_tags).
    Cluster,
}

/// A client at one moment. Taking it sends nothing.
///
/// ```no_run
/// # async fn probe() -> aether_redis::Result<()> {
/// let redis = aether_redis::RedisClient::connect("redis://localhost").await?;
/// let health = redis.health();
/// let status = if health.is_ready() { 200 } else { 503 };
/// println!("{status}: {} of {} connections", health.connected, health.pool_size);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How Redis is deployed.
    pub topology: Topology,
    /// How many connections of the pool stand.
    pub connected: usize,
    /// How many there should be.
    pub pool_size: usize,
    /// The circuit breaker.
    pub circuit: Circuit,
    /// How long until Redis is tried again, unless the circuit is closed.
    pub retry_after: Option<Duration>,
}

impl Health {
    /// Whether calls are sent to Redis: there is a connection, and the circuit is closed. A node that
    /// keeps its answers right without Redis may be ready all the same.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.connected > 0 && matches!(self.circuit, Circuit::Closed)
    }
}
