#![doc = include_str!("../README.md")]

pub mod chaos;
mod eventually;
pub mod scenario;
pub mod shape_lock;

pub use eventually::{DEADLINE, Patience, eventually, within_deadline};
