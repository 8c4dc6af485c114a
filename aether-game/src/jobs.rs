//! What follows the clock rather than events: jobs of the game, each on one node at a time.
//!
//! A run is a function of the tables and of a time. So it may come twice, late, or on two nodes at once: the later time holds.

mod archives;
mod prix_horaires;
mod temps_de_recharge;
mod vues;

pub use archives::Archives;
pub use prix_horaires::{PrixHoraires, prix_horaires};
pub use temps_de_recharge::{TempsDeRecharge, temps_de_recharge};
pub use vues::Vue;

use aether_core::Module;
use aether_postgres::PgStore;

/// Adds the jobs to what the game registers.
pub(crate) fn register(module: Module, store: &PgStore) -> Module {
    module
        .job(PrixHoraires::new(store))
        .job(TempsDeRecharge::new(store))
        .job(Vue::leaderboard(store))
        .job(Vue::items_populaires(store))
        .job(Archives::combats(store))
        .job(Archives::transactions(store))
}
