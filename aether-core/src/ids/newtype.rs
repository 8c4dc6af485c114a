//! Ids as types of their own: the macro [`id!`](crate::id), for users and for this crate.

use crate::aggregate::Aggregate;
use crate::ids::AggregateId;

/// An id of an aggregate of type `A`. [`id!`](crate::id) implements it for one aggregate, which the id then stands for:
///
/// ```ignore
/// engine.execute(combat, Action::Defend).await?;
/// ```
///
/// A raw [`AggregateId`] may be one of any aggregate, so that the type has to be named:
/// `engine.execute::<Combat>(id, Action::Defend)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an id of `{A}`",
    label = "not an id of `{A}`",
    note = "declare it with `id! {{ pub struct … of {A}; }}`, or take a raw `AggregateId`"
)]
pub trait IdOf<A: Aggregate>: Copy + Into<AggregateId> + Send + Sync + 'static {}

impl<A: Aggregate> IdOf<A> for AggregateId {}

/// Declares ids, each a type of its own, so that they cannot be mixed up. An id *of* an aggregate finds it: commands and
/// loads need no other word.
///
/// ```
/// # use aether_core::{Aggregate, Event, Facts, Shape};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
/// # pub struct Guild;
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
/// # pub enum GuildEvent { Founded }
/// # impl Aggregate for Guild {
/// #     const TYPE: &'static str = "Guild";
/// #     type Command = ();
/// #     type Event = GuildEvent;
/// #     type Error = std::convert::Infallible;
/// #     fn decide(&self, _: &(), _: &Facts) -> Result<Vec<GuildEvent>, Self::Error> {
/// #         Ok(vec![GuildEvent::Founded])
/// #     }
/// #     fn apply(&mut self, _: &GuildEvent) {}
/// # }
/// use aether_core::memory::MemoryStore;
/// use aether_core::{Engine, id};
///
/// id! {
///     /// Identifies a guild.
///     pub struct GuildId of Guild;
///     /// Identifies an item, which is no aggregate.
///     pub struct ItemId;
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let engine = Engine::new(MemoryStore::new());
/// let guild = GuildId::generate();
/// engine.execute(guild, ()).await?;
/// assert_eq!(guild.to_string().parse(), Ok(guild));
///
/// // the same namespace and name always make the same id
/// let banner = ItemId::v5(guild, "banner");
/// assert_eq!(banner, ItemId::v5(guild, "banner"));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Each is a UUID, in memory, in JSON and, with the feature `sqlx`, in SQL. It implements `Copy`, `Ord`, `Hash`,
/// `Display`, `FromStr`, serde's traits and [`Shape`](crate::Shape), and converts from and into a UUID.
#[macro_export]
macro_rules! id {
    () => {};
    ($(#[$meta:meta])* $vis:vis struct $name:ident of $aggregate:ty; $($rest:tt)*) => {
        $crate::__id_newtype! { $(#[$meta])* $vis struct $name; }

        impl $crate::command::IdOf<$aggregate> for $name {}

        impl ::core::convert::From<$crate::AggregateId> for $name {
            fn from(id: $crate::AggregateId) -> Self {
                Self(id.as_uuid())
            }
        }

        impl ::core::convert::From<$name> for $crate::AggregateId {
            fn from(id: $name) -> Self {
                Self::new(id.0)
            }
        }

        $crate::id! { $($rest)* }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident; $($rest:tt)*) => {
        $crate::__id_newtype! { $(#[$meta])* $vis struct $name; }
        $crate::id! { $($rest)* }
    };
}

/// A UUID as a type of its own. Paths start with `$crate`: a program may rename its dependency on this one.
#[doc(hidden)]
#[macro_export]
macro_rules! __id_newtype {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name($crate::uuid::Uuid);

        #[allow(dead_code, reason = "a program need not use all of them")]
        impl $name {
            /// Wraps an existing UUID.
            #[must_use]
            $vis const fn new(id: $crate::uuid::Uuid) -> Self {
                Self(id)
            }

            /// The id that belongs to a name in a namespace (version 5): the same ones always make the same id.
            #[must_use]
            $vis fn v5(
                namespace: impl ::core::convert::Into<$crate::uuid::Uuid>,
                name: impl ::core::convert::AsRef<[u8]>,
            ) -> Self {
                Self($crate::uuid::Uuid::new_v5(&namespace.into(), name.as_ref()))
            }

            /// The UUID inside.
            #[must_use]
            $vis const fn as_uuid(self) -> $crate::uuid::Uuid {
                self.0
            }
        }

        impl ::core::convert::From<$crate::uuid::Uuid> for $name {
            fn from(id: $crate::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl ::core::convert::From<$name> for $crate::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::uuid::Error;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::str::FromStr::from_str(text).map(Self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}({})", ::core::stringify!($name), self.0)
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <$crate::uuid::Uuid as $crate::serde::Deserialize>::deserialize(deserializer).map(Self)
            }
        }

        impl $crate::Shape for $name {
            fn describe(shape: &mut $crate::shape::ShapeWriter) {
                shape.leaf("Uuid");
            }
        }

        $crate::__id_random!($vis $name);
        $crate::__id_sqlx!($name);
    };
}
