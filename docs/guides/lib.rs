//! The guides of this folder, whose code is run as doc tests, and the chest that they are about.

pub mod chest;

#[doc = include_str!("events.md")]
pub mod events {}

#[doc = include_str!("deploying.md")]
pub mod deploying {}

#[doc = include_str!("rules.md")]
pub mod rules {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("testing.md")]
pub mod testing {}
