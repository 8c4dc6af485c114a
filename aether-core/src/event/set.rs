//! What a reader listens to: sets of event types, and their way from the log into Rust types.

use std::ops::Deref;

use crate::envelope::RecordedEvent;
use crate::error::{DecodeError, Error, Result};

use super::{Event, EventType};

/// The events a reader listens to, as one Rust type. What it is asked for, the old names of event types and decoding
/// follow from it.
///
/// There are four kinds:
///
/// - The **events of one aggregate**: every [`Event`] is a set.
/// - **Several of them**: an enum whose variants each hold a set. `#[event(of = Aggregate)]` on a variant takes
///   events of that aggregate's type only; it tells two event types of one name apart.
/// - A **part** of one: an enum with the few variants that the reader is about, marked
///   `#[event(part_of = CombatEvent)]`. It inherits upcasters, versions and old names, and needs `Deserialize` only.
///   Its variants may leave out fields.
/// - [`AnyEvent`]: every event, not decoded. For publishers and audits.
///
/// ```
/// use aether_core::{Event, EventSet, Filter};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Event)]
/// enum OrderEvent { OrderPlaced { price: u32 }, OrderFilled { at: u32 } }
///
/// #[derive(Serialize, Deserialize, Event)]
/// enum PlayerEvent { PlayerJoined { name: String }, PlayerLeft }
///
/// /// Of players, this reader wants to know one thing.
/// #[derive(Deserialize, EventSet)]
/// #[event(part_of = PlayerEvent)]
/// enum Arrivals { PlayerJoined { name: String } }
///
/// #[derive(EventSet)]
/// enum MarketInput { Order(OrderEvent), Player(Arrivals) }
///
/// let filter = Filter::events::<MarketInput>();
/// assert_eq!(filter.event_types, ["OrderPlaced", "OrderFilled", "PlayerJoined"]);
/// ```
///
/// Two event types of one name in a set do not compile. An old name that only upcasters know is found when the
/// reader is [registered](crate::Error::InvalidEvents).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of events",
    label = "needs `#[derive(Event)]` or `#[derive(EventSet)]`",
    note = "a reader listens to an aggregate's events, to an enum of several, to a part of one, or to `AnyEvent`"
)]
pub trait EventSet: Sized + Send + Sync + 'static {
    /// The event types under their current names. None at all: every event.
    const MEMBERS: &'static [Members];

    /// Every name that events of the set are stored under: the current ones and renamed old ones.
    fn stored_names() -> Vec<StoredName>;

    /// A stored event as one of the set. `None`: it is not in the set.
    ///
    /// # Errors
    ///
    /// As [`Event::decode`]: it is in the set, and cannot be decoded. Trying again does not help.
    fn read(event: &RecordedEvent) -> Result<Option<Self>, DecodeError>;
}

/// Event types of a set that come from one Rust type.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    /// The aggregate type they are taken from; `None`: from any.
    pub aggregate: Option<&'static str>,
    /// The event types.
    pub types: &'static [EventType],
}

/// A name that events of a set are stored under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredName {
    /// The aggregate type they are taken from; `None`: from any.
    pub aggregate: Option<&'static str>,
    /// The name as it is stored.
    pub stored: &'static str,
    /// The name it has today.
    pub current: &'static str,
}

impl<E: Event> EventSet for E {
    const MEMBERS: &'static [Members] = &[Members { aggregate: None, types: E::TYPES }];

    fn stored_names() -> Vec<StoredName> {
        let name = |stored| {
            let current = E::upcasters().current_name(stored);
            StoredName { aggregate: None, stored, current }
        };
        let current = E::TYPES.iter().map(|known| known.name);
        let current = current.filter(|name| !E::upcasters().is_obsolete(name));
        let current = current.map(|it| StoredName { aggregate: None, stored: it, current: it });
        current.chain(E::upcasters().old_names().map(name)).collect()
    }

    fn read(event: &RecordedEvent) -> Result<Option<Self>, DecodeError> {
        let name = event.event_type.as_str();
        if !E::type_names().any(|known| known == name) {
            return Ok(None);
        }
        E::decode(name, event.schema_version, &event.payload).map(Some)
    }
}

/// Every event, not decoded: the set of readers that look at envelopes, or pass events on.
///
/// What a [`Filter`](crate::Filter) of such a reader asks for by name is found under that name alone:
/// [`Filter::events`](crate::Filter::events) knows the old names, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyEvent;

impl EventSet for AnyEvent {
    const MEMBERS: &'static [Members] = &[];

    fn stored_names() -> Vec<StoredName> {
        Vec::new()
    }

    fn read(_: &RecordedEvent) -> Result<Option<Self>, DecodeError> {
        Ok(Some(Self))
    }
}

/// An event as a reader gets it: decoded, with its envelope, whose fields can be read as if they were its own.
///
/// ```
/// # use aether_core::{Event, Recorded};
/// # #[derive(serde::Serialize, serde::Deserialize, Event)]
/// # enum ChestEvent { Deposited { gold: u32 } }
/// fn show(recorded: &Recorded<ChestEvent>) {
///     let ChestEvent::Deposited { gold } = &recorded.event;
///     println!("{gold} into {} at {}", recorded.aggregate_id, recorded.timestamp);
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recorded<E> {
    /// What happened.
    pub event: E,
    /// The event as it is stored.
    pub envelope: RecordedEvent,
}

impl<E: EventSet> Recorded<E> {
    /// A stored event as one of the set. `None`: it is not in the set.
    ///
    /// # Errors
    ///
    /// [`Error::Undecodable`], which names the event and says why. Trying again does not help.
    pub fn read(envelope: RecordedEvent) -> Result<Option<Self>> {
        match E::read(&envelope) {
            Ok(event) => Ok(event.map(|event| Self { event, envelope })),
            Err(reason) => Err(envelope.undecodable(reason)),
        }
    }
}

impl<E> Deref for Recorded<E> {
    type Target = RecordedEvent;

    fn deref(&self) -> &RecordedEvent {
        &self.envelope
    }
}

/// Looks whether each stored name stands for one event type of the set.
pub(crate) fn check<S: EventSet>(projection: &str) -> Result<()> {
    let names = S::stored_names();
    for (place, name) in names.iter().enumerate() {
        let other = names[..place]
            .iter()
            .find(|other| other.stored == name.stored && overlaps(other.aggregate, name.aggregate));
        if let Some(other) = other {
            return Err(Error::InvalidEvents {
                projection: projection.to_owned(),
                reason: format!(
                    "events stored as {} are {} as well as {}; give one of the types another name, or take each \
                     from its aggregate with #[event(of = …)]",
                    name.stored, other.current, name.current
                ),
            });
        }
    }
    Ok(())
}

fn overlaps(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// What `#[derive(EventSet)]` calls. Not for other uses; may change in any release.
#[doc(hidden)]
pub mod set_support {
    use super::super::{caught, current};
    use super::*;

    /// The members of all parts, those of a part that is taken from an aggregate marked so.
    #[must_use]
    pub const fn join<const ALL: usize, const PARTS: usize>(
        parts: [(Option<&'static str>, &'static [Members]); PARTS],
    ) -> [Members; ALL] {
        let mut all = [Members { aggregate: None, types: &[] }; ALL];
        let mut place = 0;
        let mut part = 0;
        while part < PARTS {
            let (aggregate, members) = parts[part];
            let mut member = 0;
            while member < members.len() {
                all[place] = marked(aggregate, members[member]);
                place += 1;
                member += 1;
            }
            part += 1;
        }
        all
    }

    const fn marked(aggregate: Option<&'static str>, members: Members) -> Members {
        match members.aggregate {
            Some(_) => members,
            None => Members { aggregate, types: members.types },
        }
    }

    /// Whether two parts have an event type of one name.
    #[must_use]
    pub const fn clash(
        (one_of, one): (Option<&'static str>, &[Members]),
        (other_of, other): (Option<&'static str>, &[Members]),
    ) -> bool {
        let mut i = 0;
        while i < one.len() {
            let mut k = 0;
            while k < other.len() {
                if share(marked(one_of, one[i]), marked(other_of, other[k])) {
                    return true;
                }
                k += 1;
            }
            i += 1;
        }
        false
    }

    const fn share(one: Members, other: Members) -> bool {
        if let (Some(one), Some(other)) = (one.aggregate, other.aggregate)
            && !same(one, other)
        {
            return false;
        }
        let mut i = 0;
        while i < one.types.len() {
            if position(other.types, one.types[i].name).is_some() {
                return true;
            }
            i += 1;
        }
        false
    }

    const fn position(types: &[EventType], name: &str) -> Option<usize> {
        let mut i = 0;
        while i < types.len() {
            if same(types[i].name, name) {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    const fn same(one: &str, other: &str) -> bool {
        let (one, other) = (one.as_bytes(), other.as_bytes());
        if one.len() != other.len() {
            return false;
        }
        let mut i = 0;
        while i < one.len() {
            if one[i] != other[i] {
                return false;
            }
            i += 1;
        }
        true
    }

    /// The event type of this name.
    #[must_use]
    pub const fn member(types: &'static [EventType], name: &str) -> Option<EventType> {
        match position(types, name) {
            Some(place) => Some(types[place]),
            None => None,
        }
    }

    /// Takes names over, as those of an aggregate if they are of none yet.
    pub fn take_names(
        all: &mut Vec<StoredName>,
        aggregate: Option<&'static str>,
        names: Vec<StoredName>,
    ) {
        let marked =
            |name: StoredName| StoredName { aggregate: name.aggregate.or(aggregate), ..name };
        all.extend(names.into_iter().map(marked));
    }

    /// Whether an event may be of a part that is taken from an aggregate.
    #[must_use]
    pub fn may_be(event: &RecordedEvent, aggregate: Option<&str>) -> bool {
        aggregate.is_none_or(|aggregate| event.aggregate_type == *aggregate)
    }

    /// The names that events of a part of `E` are stored under; `members` are their current ones.
    #[must_use]
    pub fn part_names<E: Event>(members: &[&str]) -> Vec<StoredName> {
        let mut names = E::stored_names();
        names.retain(|name| members.contains(&name.stored) || members.contains(&name.current));
        names
    }

    /// Reads an event as one of a part of `E`, by the names, versions and upcasters of `E`.
    pub fn read_part<E: Event, S>(
        event: &RecordedEvent,
        members: &[&str],
        decode: impl FnOnce(&'static str, &str) -> Result<S, serde_json::Error>,
    ) -> Result<Option<S>, DecodeError> {
        let stored = event.event_type.as_str();
        if !members.contains(&stored) && !members.contains(&E::upcasters().current_name(stored)) {
            return Ok(None);
        }
        caught(|| {
            let (known, payload) = current::<E>(stored, event.schema_version, &event.payload)?;
            Ok(Some(decode(known.name, payload.as_str())?))
        })
    }
}
