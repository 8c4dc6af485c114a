//! The cache in Redis, and the one in process in front of it.
//!
//! # The layout
//!
//! Every entry is a string, `{kind}:{id}:cache:{entry}`, with its lease and its version. Every entity has a
//! *seal*, `{kind}:{id}:cache`, which lives as long as the longest of them: an entry is there as long as it bears
//! the mark of the seal, and its version is not below the newest that was invalidated. So one step invalidates all
//! of an entity, whatever is cached about it, in one slot of a Cluster; and what a flush, an eviction or a restart
//! leaves over is not taken for whole: an entry without its seal is not there, and no load from before can fill.
//! `record.lua` has the bytes.
//!
//! A hit is an `MGET` of both keys, and look-ups made at the same time share one: while Redis works on one `MGET`,
//! those who come collect in the next. At 64 callers that makes a hit, decoded, as quick as a bare `GET` of its own.

mod frame;
mod look_ups;
mod message;
mod redis;
mod tiered;
mod tracker;

pub use redis::RedisCache;
pub use tiered::{TieredCache, TieredCacheBuilder};
