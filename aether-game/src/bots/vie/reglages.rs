//! How bots live.

use std::sync::Arc;
use std::time::Duration;

use super::moteur::{PasDeTemoin, Temoin};
use crate::world::choix::Habitudes;

/// How bots live: their tastes, their seed, how long combats last, and who looks on.
#[derive(Clone)]
pub struct Reglages {
    pub(super) seed: u64,
    pub(super) habitudes: Option<Habitudes>,
    pub(super) tour: Duration,
    pub(super) combat: Duration,
    pub(super) temoin: Arc<dyn Temoin>,
}

impl std::fmt::Debug for Reglages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, habitudes, tour, combat, temoin: _ } = self;
        f.debug_struct("Reglages")
            .field("seed", seed)
            .field("habitudes", habitudes)
            .field("tour", tour)
            .field("combat", combat)
            .finish_non_exhaustive()
    }
}

impl Reglages {
    /// How long a turn may take if nothing else is said.
    pub const TOUR: Duration = Duration::from_secs(5);
    /// How long a combat may take if nothing else is said.
    pub const COMBAT: Duration = Duration::from_secs(60);

    /// The lives that follow from a seed. Bots with different numbers draw apart.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let temoin = Arc::new(PasDeTemoin);
        Self { seed, habitudes: None, tour: Self::TOUR, combat: Self::COMBAT, temoin }
    }

    /// Sets how often every bot does what. Default: each has [its own taste](Habitudes::au_hasard).
    #[must_use]
    pub fn habitudes(self, habitudes: Habitudes) -> Self {
        Self { habitudes: Some(habitudes), ..self }
    }

    /// Sets how long a turn may take, from 1 s. Default [`TOUR`](Self::TOUR).
    #[must_use]
    pub fn tour(self, tour: Duration) -> Self {
        Self { tour, ..self }
    }

    /// Sets how long a combat may take. Default [`COMBAT`](Self::COMBAT).
    #[must_use]
    pub fn combat(self, combat: Duration) -> Self {
        Self { combat, ..self }
    }

    /// Sets who is told of what bots do. Default: nobody.
    #[must_use]
    pub fn temoin(self, temoin: Arc<dyn Temoin>) -> Self {
        Self { temoin, ..self }
    }
}
