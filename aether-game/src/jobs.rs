//! What follows the clock rather than events: jobs of the game, each on one node at a time.
//!
//! A run is a function of the tables and of a time. So it may come twice, late, or on two nodes at once: the later time holds.

mod prix_horaires;

pub use prix_horaires::{PrixHoraires, prix_horaires};
