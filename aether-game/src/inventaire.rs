//! Bags: what a player carries and wears.
