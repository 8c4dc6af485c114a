#![doc = include_str!("../README.md")]

pub mod bots;
pub mod combat;
pub mod leaderboards;
pub mod live;
pub mod locks;
pub mod read_models;

pub use read_models::migrate;
