//! Time and chance, as ports that tests drive.

pub use crate::ports::{Clock, Random, SeededRandom, SystemClock, SystemRandom};
