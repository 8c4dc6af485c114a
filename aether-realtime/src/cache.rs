//! A cache in front of a source of truth: read it, else load from the source and fill it.
//!
//! Begin with the example `examples/small/cache_aside.rs`.
//!
//! [`CacheAside`] is what programs use: one per kind of value. Behind it stands a [`Cache`]: in process
//! ([`MemoryCache`]), Redis, or the one in front of the other (both in `aether-redis`).
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use aether_realtime::cache::{CacheAside, Invalidation, MemoryCache, Sourced};
//!
//! # #[derive(serde::Serialize, serde::Deserialize)] struct Profile { level: u32 }
//! # async fn profile_row(_: u64) -> Result<Option<(Profile, u64)>, std::io::Error> { Ok(Some((Profile { level: 7 }, 1007))) }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aether_core::BoxError> {
//! let cache = Arc::new(MemoryCache::new(10_000));
//! let profiles = CacheAside::<Profile>::builder(cache, "player", "profile")
//!     .time_to_live(Duration::from_secs(600))
//!     .stale_on_error(Duration::from_secs(60))
//!     .build();
//!
//! // a row and the position of the event it reflects
//! let profile = profiles.fetch(42, || profile_row(42)).await?;
//! assert_eq!(profile.map(|profile| profile.level), Some(7));
//!
//! // an event changed the player: everything that was read before it goes
//! profiles.cache().invalidate(&[Invalidation::entity("player", 42).at(1010)]).await?;
//! # Ok(()) }
//! ```
//!
//! # Why nothing stale is left behind
//!
//! A filler reads the source, is slow, and writes what it read after somebody else has invalidated it.
//! Two guards stand against that.
//!
//! - **Leases.** A caller that is about to load takes a [`CacheLease`] first. An invalidation ends all leases of what
//!   it hits, and so does the loss of the data (a flush, an eviction). A fill whose lease has ended is
//!   refused. This needs no versions. (The idea is that of memcached at Facebook, NSDI 2013.)
//! - **Versions.** An entry carries the position of the event it reflects. A lower version never replaces a
//!   higher one; and an invalidation at a version is remembered for a while, so that what is read from a
//!   source that lags behind (a replica, a projection) is not kept.
//!
//! # Who invalidates
//!
//! An [`Invalidator`], a projection that keeps a checkpoint of its own: no crash makes it leave out an event. Those that change
//! something can invalidate as well, right after the commit, so that it shows sooner.
//!
//! # What is promised
//!
//! - A fetch that begins after an invalidation has returned answers with nothing that was read before.
//! - What an event changes is invalidated by an [`Invalidator`], whatever crashes between the two.
//! - What the cache cannot do is no error of the fetch: the value comes from the source.
//! - Not promised: the order of two fetches by different processes while the source lags.

mod aside;
mod codec;
mod entry;
mod flight;
mod generations;
mod invalidator;
mod key;
mod memory;
mod port;
mod sourced;
mod stats;

pub use aside::{CacheAside, CacheAsideBuilder, FetchError};
pub use codec::{CachedValue, Codec, JsonCodec};
pub use entry::{CacheEntry, Invalidation};
pub use generations::Generations;
pub use invalidator::{Invalidated, Invalidator, Touched};
pub use key::CacheKey;
pub use memory::{MemoryCache, MemoryCacheBuilder};
pub use port::{Cache, CacheLease, Leased, Lookup, Stored};
pub use sourced::Sourced;
pub use stats::CacheStats;
