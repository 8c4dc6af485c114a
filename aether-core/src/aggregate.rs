//! The consistency boundary: a state that is folded from events, and decides what happens next.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::Event;
use crate::facts::Facts;
use crate::ids::{IdOf, StreamId};
use crate::shape::Shape;

/// Something whose rules must always hold: a combat, a player, an order book.
///
/// Both methods are pure: no I/O, no clock, no randomness. Time, chance and the user come as [`Facts`]; what else a
/// decision needs comes with the command. So the same history gives the same state on every machine, for ever.
///
/// The state derives `Default` (before the first event), `Clone`, serde's traits for snapshots, and [`Shape`]: a
/// snapshot taken by code with another state is passed over. A rule that changes while the state's shape does not
/// raises [`RULES_VERSION`](Aggregate::RULES_VERSION).
///
/// ```
/// use aether_core::{Aggregate, Event, Facts, Shape};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
/// struct Chest { open: bool }
///
/// enum ChestCommand { Open { with_key: bool } }
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
/// enum ChestEvent { ChestOpened }
///
/// #[derive(Debug, PartialEq, thiserror::Error)]
/// enum ChestError {
///     #[error("the chest is locked; bring the key")]
///     Locked,
/// }
///
/// impl Aggregate for Chest {
///     const TYPE: &'static str = "Chest";
///     type Command = ChestCommand;
///     type Event = ChestEvent;
///     type Error = ChestError;
///
///     fn decide(&self, command: &ChestCommand, _: &Facts) -> Result<Vec<ChestEvent>, ChestError> {
///         match command {
///             ChestCommand::Open { .. } if self.open => Ok(vec![]),
///             ChestCommand::Open { with_key: true } => Ok(vec![ChestEvent::ChestOpened]),
///             ChestCommand::Open { with_key: false } => Err(ChestError::Locked),
///         }
///     }
///
///     fn apply(&mut self, event: &ChestEvent) {
///         match event {
///             ChestEvent::ChestOpened => self.open = true,
///         }
///     }
/// }
///
/// let chest = Chest::default();
/// let facts = Facts::at("2026-05-01T12:00:00Z".parse()?);
/// let refused = chest.decide(&ChestCommand::Open { with_key: false }, &facts);
/// assert_eq!(refused, Err(ChestError::Locked));
/// # Ok::<(), aether_core::chrono::ParseError>(())
/// ```
pub trait Aggregate:
    Default + Clone + Serialize + DeserializeOwned + Shape + Send + Sync + 'static
{
    /// The type name stored with each event. At most 50 bytes. Never changes.
    const TYPE: &'static str;

    /// The version of the rules by which [`apply`](Aggregate::apply) makes a state of events, from 1.
    ///
    /// Raise it whenever `apply` makes another state of the same events while the state keeps its shape. A snapshot
    /// that was taken under another version is passed over, as one of another shape is: else the state would be
    /// continued from what the old rules made.
    const RULES_VERSION: u32 = 1;

    /// What can be asked of it.
    type Command: Send + Sync + 'static;
    /// What can happen to it.
    type Event: Event;
    /// Why it refuses.
    type Error: std::error::Error + Send + Sync + 'static;

    /// What happens when `command` is carried out in this state. No events: nothing to do.
    ///
    /// `facts` say when, for whom and with which seed. They are the same when the command is decided again.
    ///
    /// # Errors
    ///
    /// A rule of the domain forbids it. Nothing is stored then.
    fn decide(
        &self,
        command: &Self::Command,
        facts: &Facts,
    ) -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after `event`. Must not fail: it happened.
    fn apply(&mut self, event: &Self::Event);

    /// About how many bytes the state takes in memory: the engine keeps states up to
    /// [`EngineSettings::cache_bytes`](crate::EngineSettings::cache_bytes).
    ///
    /// Without one of its own it is the size of the type; what strings, vectors and maps hold is not in there. A state
    /// that can grow adds that. It is asked for after each command, so a rough answer at once beats an exact one.
    #[must_use]
    fn weigh(&self) -> usize {
        size_of::<Self>()
    }

    /// The stream of the aggregate with this id.
    #[must_use]
    fn stream(id: impl IdOf<Self>) -> StreamId {
        StreamId::new(Self::TYPE, id)
    }

    /// The state after all `events`, from the beginning.
    #[must_use]
    fn fold<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self
    where
        Self: Sized,
    {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }
}
