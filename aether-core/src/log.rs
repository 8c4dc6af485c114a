//! The log of events, as it is appended to and read: for those who speak to an [`EventStore`](crate::backend::EventStore)
//! themselves.

#[cfg(feature = "engine")]
pub use crate::append::{Append, Appended, Write, Written};
pub use crate::envelope::NewEvent;
pub use crate::ids::{Anchor, ExpectedVersion, Incarnation, Name, StreamId};
pub use crate::limits::Limits;
pub use crate::metadata::Metadata;
#[cfg(feature = "engine")]
pub use crate::store::{History, Load, Page, Read, Until};
#[cfg(feature = "engine")]
pub use crate::subscription::{Batch, SubscriptionBuilder};
