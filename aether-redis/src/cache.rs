//! The cache in Redis, and the one in process in front of it.
//!
//! # The layout
//!
//! All entries of an entity live in one hash, `{kind}:{id}:cache`, with their leases and with the version
//! of the last invalidation. So an entity is invalidated with one script on one key, whatever is cached
//! about it, in one slot of a Cluster; and whatever takes the key away (a flush, an eviction, a restart)
//! takes the leases along, so that no load from before it can fill. A hit is one `HMGET` of two fields.
//! The other way, a generation number per tag, would cost every hit a second key in another slot.
//!
//! The price: the key lives as long as its longest entry. Entries that ran out earlier take room until
//! then, or until the entity has [too many](RedisCache::fields_per_entity). Nothing that ran out is served.

mod frame;
mod message;
mod redis;
mod tiered;
mod tracker;

pub use redis::RedisCache;
pub use tiered::{TieredCache, TieredCacheBuilder};
