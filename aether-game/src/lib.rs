#![doc = include_str!("../README.md")]

pub mod bots;
pub mod combat;
pub mod leaderboards;
pub mod live;
pub mod locks;
mod module;
pub mod read_models;

pub use module::module;
