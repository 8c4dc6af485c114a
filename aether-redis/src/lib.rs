#![doc = include_str!("../README.md")]

mod bus;
mod checkpoint;
mod client;
mod error;
mod guard;
mod key_space;
mod letters;
mod read_models;
mod script;
mod settings;
mod streams;
mod values;

pub use bus::RedisBus;
pub use client::{Circuit, Health, RedisClient, Topology};
pub use error::{Error, Result};
pub use guard::{GuardedWrite, Outcome, Stamp};
pub use key_space::{Entity, Key, KeySpace};
pub use read_models::{RedisReadModels, RedisTx};
pub use settings::Settings;
pub use streams::{
    ConsumerGroup, DeadMessage, GroupLag, GroupSettings, RedisStream, Retention, StreamHandler,
    StreamMessage, StreamSink, Trimmed,
};
