#![doc = include_str!("../README.md")]

pub mod chaos;
pub mod difference;
mod eventually;
pub mod process;
pub mod projected;
pub mod scenario;
pub mod shape_lock;

pub use eventually::{DEADLINE, Patience, eventually, within_deadline};
