//! A world from a seed: what there is in it, and years of what its players did.
//!
//! ```
//! use aether_game::world::World;
//!
//! let world = World::new(7);
//! assert_eq!(world.catalogue().items().len(), 500);
//!
//! // twenty players, until some three thousand things have happened
//! let mut history = world.history(20, 3_000);
//! for event in history.by_ref() {
//!     let _line = format!("{} {} {}", event.event.timestamp(), event.stream, event.event.event_type());
//! }
//! let player = history.players().next().expect("somebody came");
//! println!("{:?} has level {}", player, history.state(player).niveau());
//! ```
//!
//! **Nothing is made up that a rule would refuse.** Each event comes out of the `decide` of its aggregate, and what is one append in the game
//! is one here: the same functions make the units ([`Unites`](crate::unite::Unites)). A unit that is refused leaves nothing. So the
//! ledger of a history is whole wherever it ends.
//!
//! **The same seed makes the same events**, byte for byte, with their ids and times: there is no clock and no other source of chance.
//!
//! **A life.** Players come over the years, most for a while, some to stay. They play in sessions: fight alone and in groups, gather, make,
//! wear, repair, improve, learn, follow quests, trade with characters, with each other and on the market, and take part in world events.
//! What a player does next is chosen by [`choix`], as it is for [bots](crate::bots::vie).
//!
//! **In PostgreSQL** a history is brought by [`History::import`]; a million events take well under a minute on two cores
//! (`cargo run --release -p aether-game --example world`).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

mod bornes;
mod catalogue;
pub mod choix;
mod competences;
pub(crate) mod gestes;
mod hasard;
mod histoire;
mod import;
mod items;
mod noms;
mod pnj;
mod quetes;
mod scribe;
mod zones;

pub use catalogue::Catalogue;
pub use hasard::Hasard;
pub use histoire::History;
pub use items::WorldItem;
pub(crate) use items::fondateur;
pub(crate) use noms::joueur as nom_du_joueur;
pub use pnj::entite;
pub use scribe::WorldEvent;
pub use zones::{WorldBoss, WorldZone};

/// A world that follows from a seed.
#[derive(Debug, Clone)]
pub struct World {
    seed: u64,
    start: DateTime<Utc>,
    duration: TimeDelta,
    catalogue: Arc<Catalogue>,
}

impl World {
    /// When a history begins if nothing else is said: with the year 2023.
    pub const START: DateTime<Utc> = match DateTime::from_timestamp(1_672_531_200, 0) {
        Some(start) => start,
        None => DateTime::UNIX_EPOCH,
    };
    /// How long a history lasts if nothing else is said: three years.
    pub const DURATION: TimeDelta = TimeDelta::days(3 * 365);

    /// The world of this seed. Takes some milliseconds.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let catalogue = Arc::new(Catalogue::new(seed));
        Self { seed, start: Self::START, duration: Self::DURATION, catalogue }
    }

    /// Sets when its history begins. Default [`START`](Self::START).
    #[must_use]
    pub fn starting(self, start: DateTime<Utc>) -> Self {
        Self { start, ..self }
    }

    /// Sets over what time its history is spread. Default [`DURATION`](Self::DURATION).
    #[must_use]
    pub fn lasting(self, duration: TimeDelta) -> Self {
        Self { duration, ..self }
    }

    /// What there is in it.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What happened in it, with so many players, in about so many events: it ends with the first unit that reaches that number, so that
    /// nothing of a unit is missing.
    #[must_use]
    pub fn history(&self, players: u32, events: u64) -> History {
        History::new(self, players, events)
    }
}
