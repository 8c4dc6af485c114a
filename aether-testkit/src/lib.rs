//! Tests for event-sourced code.

pub mod servers;
