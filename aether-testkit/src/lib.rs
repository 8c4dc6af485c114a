#![doc = include_str!("../README.md")]

#[cfg(feature = "engine")]
pub mod chaos;
#[cfg(feature = "engine")]
pub mod clock;
#[cfg(feature = "engine")]
pub mod crash;
pub mod difference;
#[cfg(feature = "engine")]
mod eventually;
#[cfg(feature = "engine")]
pub mod process;
#[cfg(feature = "engine")]
pub mod projected;
pub mod scenario;
pub mod shape_lock;

#[cfg(feature = "engine")]
pub use eventually::{DEADLINE, Patience, eventually, within_deadline};
