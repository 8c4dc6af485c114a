//! What a store accepts.

use chrono::{DateTime, Utc};

use crate::setters::setters;

/// How large what a store accepts may be.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// The largest payload (and metadata) of one event in bytes of JSON text. Default 1 MiB.
    pub payload_bytes: usize,
    /// The most events of one append. Default 10 000; imports have no such limit.
    pub events_per_append: usize,
    /// The most bytes of one append: its events' payloads, metadata and type names. Default 64 MiB. An import stores
    /// no more than this in one transaction.
    pub append_bytes: usize,
}

impl Limits {
    setters! {
        payload_bytes: usize,
        events_per_append: usize,
        append_bytes: usize,
    }

    /// The longest event type name in bytes.
    pub const EVENT_TYPE_BYTES: usize = 100;
    /// The longest aggregate type name in bytes.
    pub const AGGREGATE_TYPE_BYTES: usize = 50;
    /// What an event counts beside its texts, in bytes: ids, times, numbers.
    pub const EVENT_BYTES: usize = 100;
    /// The earliest time that a store keeps: 24 November 4714 BC, where PostgreSQL's calendar begins.
    pub const EARLIEST: DateTime<Utc> = match DateTime::from_timestamp(-210_866_803_200, 0) {
        Some(time) => time,
        None => DateTime::UNIX_EPOCH,
    };

    /// A time as stores keep it: in whole microseconds, rounded down, without leap seconds. 23:59:60.5 is half a
    /// second past midnight.
    #[must_use]
    pub const fn microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
        match DateTime::from_timestamp_micros(time.timestamp_micros()) {
            Some(time) => time,
            None => time,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_bytes: 1 << 20, events_per_append: 10_000, append_bytes: 64 << 20 }
    }
}
