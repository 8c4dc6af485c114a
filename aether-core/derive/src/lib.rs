//! The derive macros of `aether-core`: [`Event`](macro@Event), [`EventSet`](macro@EventSet) and
//! [`Shape`](macro@Shape).
//!
//! Depend on `aether-core`, which re-exports them beside the traits they implement.

use proc_macro::TokenStream;

mod attributes;
mod errors;
mod event;
mod names;
mod refused;
mod serde;
mod set;
mod shape;
mod tokens;

/// Makes an enum (or a struct) the events of an aggregate.
///
/// ```ignore
/// # // needs aether-core, which depends on this crate: compiled there
/// use aether_core::{Event, Upcasters};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Event)]
/// #[serde(rename_all_fields = "camelCase")]
/// #[event(upcasters = history)]
/// enum GuildEvent {
///     GuildFounded { name: String },
///     #[event(version = 2)]
///     MemberAdmitted { player_id: uuid::Uuid, rank: u8 },
///     #[event(name = "GuildDissolved")]
///     Dissolved,
/// }
///
/// fn history() -> Upcasters {
///     Upcasters::new().upcast("MemberAdmitted", 1, |payload| payload["rank"] = 1.into())
/// }
/// ```
///
/// A variant is one event type. It has named fields, or one unnamed field that holds the content, or
/// no content at all; the payload is that content, without the variant's name. A struct is an
/// aggregate's only event type; its payload is the struct.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[event(name = "…")]` | variant, struct | the stored type name; the variant's own name without it. 1 to 100 bytes of ASCII letters, digits, `_`, `-` and `.` |
/// | `#[event(version = n)]` | variant, struct | the schema version of the payload, from 1 (the default) to 65535 |
/// | `#[event(upcasters = path)]` | type | the function that returns the `Upcasters`; called once |
/// | `#[event(crate = path)]` | type | where `aether_core` is, if not at `::aether_core` |
/// | `#[shape(opaque)]` | field | the field's type needs no `Shape`: only its name counts in `shapes()` |
///
/// Serde's attributes on fields all work, and so does `rename_all_fields`. Those that would change a
/// variant's name or the enum's form (`rename`, `tag`, `untagged` and the like) are compile errors,
/// as are type parameters.
#[proc_macro_derive(Event, attributes(event, shape))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    expand(input, event::derive)
}

/// Makes an enum the events that a reader listens to: several sets together, or a part of an aggregate's events.
///
/// ```ignore
/// # // needs aether-core, which depends on this crate: compiled there
/// use aether_core::EventSet;
///
/// #[derive(serde::Deserialize, EventSet)]
/// #[event(part_of = PlayerEvent)]
/// enum Arrivals {
///     PlayerJoined { name: String },
/// }
///
/// #[derive(EventSet)]
/// enum MarketInput {
///     Order(OrderEvent),
///     #[event(of = Player)]
///     Player(Arrivals),
/// }
/// ```
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[event(part_of = Type)]` | type | the variants are event types of this `Event`: its upcasters, versions and old names hold |
/// | `#[event(name = "…")]` | variant of a part | the stored type name, if it is not the variant's |
/// | `#[event(of = Type)]` | variant that holds a set | only events of this `Aggregate`'s type |
/// | `#[event(crate = path)]` | type | where `aether_core` is, if not at `::aether_core` |
///
/// Two event types of one name in a set do not compile, nor does a variant of a part that its whole does not have.
#[proc_macro_derive(EventSet, attributes(event))]
pub fn derive_event_set(input: TokenStream) -> TokenStream {
    expand(input, set::derive)
}

/// Describes how a type is serialised, so that a change does not go unnoticed.
///
/// ```ignore
/// # // needs aether-core, which depends on this crate: compiled there
/// use aether_core::shape::shape_of;
/// use aether_core::Shape;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Shape)]
/// enum Status {
///     Active,
///     Ko { since: u32 },
///     #[serde(rename = "other")]
///     Other(String, #[shape(opaque)] foreign::Cause),
/// }
///
/// assert_eq!(
///     shape_of::<Status>(),
///     r#"Status { Active, Ko { since: u32 }, #[serde(rename = "other")] Other(String, foreign::Cause) }"#
/// );
/// ```
///
/// What counts: the names of the type, its variants and fields, their order, the fields' types all
/// the way down, and every `#[serde(…)]` attribute. What does not: doc comments, visibility, other
/// attributes, and fields or variants with `#[serde(skip)]`. A `#[serde(transparent)]` type is
/// described as the type inside. A recursive type is named where it recurs.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[shape(opaque)]` | field | only the type's name counts; it needs no `Shape` |
/// | `#[shape(crate = path)]` | type | where `aether_core` is, if not at `::aether_core` |
///
/// Type parameters that a described field mentions get the bound `Shape`. Code behind
/// `#[serde(with = …)]`, `into` or `from` is out of sight: the attribute counts, the code does not.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    expand(input, shape::derive)
}

fn expand(
    input: TokenStream,
    derive: fn(syn::DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    syn::parse(input).and_then(derive).unwrap_or_else(syn::Error::into_compile_error).into()
}
