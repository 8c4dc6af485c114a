//! The trait of an aggregate's events.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DecodeError;
use crate::json::{Json, JsonError};
use crate::upcast::Upcasters;

use super::{EventType, caught, current};

/// The events of one aggregate, usually an enum with one variant per event type. Derive it.
///
/// ```
/// use aether_core::Event;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize, Event)]
/// #[serde(rename_all_fields = "camelCase")]
/// enum GuildEvent {
///     GuildFounded { name: String },
///     #[event(version = 2)]
///     MemberAdmitted { player_id: uuid::Uuid, rank: u8 },
///     #[event(name = "GuildDissolved")]
///     Dissolved,
/// }
///
/// assert_eq!(GuildEvent::Dissolved.event_type().name, "GuildDissolved");
/// let event = GuildEvent::GuildFounded { name: "The Eagles".into() };
/// assert_eq!(event.encode()?.as_str(), r#"{"name":"The Eagles"}"#);
/// # Ok::<(), aether_core::event::JsonError>(())
/// ```
///
/// - The **type name** stored with an event is the variant's name, or `#[event(name = "…")]`. At most
///   100 bytes. It is a promise: renaming a variant without keeping its name orphans stored events
///   (or give the old name to an [upcaster](Upcasters::rename)).
/// - The **payload** is what serde makes of the variant's content; all serde attributes on fields
///   work. A unit variant's payload is `{}`.
/// - The **schema version** is 1, or `#[event(version = n)]`. Raise it when the payload's shape
///   changes and say with `#[event(upcasters = path::to::function)]` on the type how stored payloads of
///   lower versions become the new shape. The function returns [`Upcasters`].
///
/// The derive also works on a struct: an aggregate with a single event type.
///
/// What an event holds comes back from every store equal, to the bit, and what cannot come back is refused before
/// anything is stored; [`Json`] says how, and names the one exception, −0.0.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "needs `#[derive(Event)]`",
    note = "events derive `Serialize`, `Deserialize` and `aether_core::Event`"
)]
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every event type this Rust type stands for.
    const TYPES: &'static [EventType];

    /// The type of this event: an element of [`Event::TYPES`].
    fn event_type(&self) -> &'static EventType;

    /// The payload to be stored.
    ///
    /// # Errors
    ///
    /// [`JsonError`] when the event holds what cannot be stored; trying again does not help.
    fn encode(&self) -> Result<Json, JsonError>;

    /// The event from a payload that already has the current shape; `event_type` is one of
    /// [`Event::TYPES`].
    ///
    /// # Errors
    ///
    /// serde_json's error when the payload does not fit.
    fn decode_current(
        event_type: &'static EventType,
        payload: &str,
    ) -> Result<Self, serde_json::Error>;

    /// How payloads of lower schema versions, and old type names, become current ones.
    fn upcasters() -> &'static Upcasters {
        static NONE: Upcasters = Upcasters::NONE;
        &NONE
    }

    /// The shape of each event type's payload, in the order of [`Event::TYPES`]: what a shape lock in
    /// the tests compares with what was locked before.
    fn shapes() -> Vec<String>;

    /// The event from its stored form: old type names and payloads of lower versions are upcast
    /// first.
    ///
    /// # Errors
    ///
    /// Trying again does not help.
    ///
    /// - [`DecodeError::UnknownType`]: the type name is neither current nor known to the upcasters.
    /// - [`DecodeError::Obsolete`]: it means nothing any more.
    /// - [`DecodeError::NameReused`]: it is both current and renamed.
    /// - [`DecodeError::NewerVersion`]: the payload was written by newer code.
    /// - [`DecodeError::Payload`]: it does not fit.
    /// - [`DecodeError::Panicked`]: an upcaster panics.
    fn decode(event_type: &str, schema_version: u16, payload: &Json) -> Result<Self, DecodeError> {
        caught(|| {
            let (known, payload) = current::<Self>(event_type, schema_version, payload)?;
            Ok(Self::decode_current(known, payload.as_str())?)
        })
    }

    /// Every type name that [`Event::decode`] understands: the current ones and renamed old ones.
    fn type_names() -> impl Iterator<Item = &'static str> {
        let current = Self::TYPES.iter().map(|known| known.name);
        let current = current.filter(|name| !Self::upcasters().is_obsolete(name));
        current.chain(Self::upcasters().old_names())
    }
}
