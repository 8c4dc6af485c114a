//! A projection as those who drive it see it: whatever type it is of, and whatever its events are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::backend::panic_text;
use crate::envelope::RecordedEvent;
use crate::error::{BoxError, Error, Result};
use crate::event::{EventSet, Recorded, check};
use crate::store::Filter;

use super::{Projection, ProjectionSettings, Registration};

/// A projection whose type is left out: what a [`Delivery`](super::Delivery) and backends hold. Cheap to clone.
///
/// Users write a [`Projection`]; [`Handler::new`] makes one of these of it.
pub struct Handler<Tx>(Arc<dyn Erased<Tx>>);

impl<Tx: Send + 'static> Handler<Tx> {
    /// A projection without its type.
    pub fn new(projection: impl Projection<Tx>) -> Self {
        Self(Arc::new(projection))
    }

    /// The projection's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The events it listens to: those of its [set](Projection::Events), narrowed by its
    /// [filter](Projection::filter).
    #[must_use]
    pub fn filter(&self) -> Filter {
        self.0.filter()
    }

    /// How it is [run](Projection::settings).
    #[must_use]
    pub fn settings(&self) -> ProjectionSettings {
        self.0.settings()
    }

    /// The [tables](Projection::tables) that it fills.
    #[must_use]
    pub fn tables(&self) -> &'static [&'static str] {
        self.0.tables()
    }

    /// The [name](Projection::formerly) that it had before, if it was renamed.
    #[must_use]
    pub fn formerly(&self) -> Option<&'static str> {
        self.0.formerly()
    }

    /// What is to be known of it before it runs. `filter` is [its own](Handler::filter).
    #[must_use]
    pub fn registration<'a>(&self, filter: &'a Filter) -> Registration<'a> {
        Registration {
            tables: self.0.tables(),
            formerly: self.0.formerly(),
            ..Registration::new(self.0.name(), filter, self.0.settings().shards)
        }
    }

    /// Looks whether it can be given the events it listens to.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvents`], which says why not.
    pub fn check(&self) -> Result<()> {
        self.0.check()
    }

    /// Decodes a batch. Events that pass the filter and are not in the set are passed over.
    ///
    /// # Errors
    ///
    /// The first event that cannot be decoded.
    pub fn decode(&self, events: &[RecordedEvent]) -> Result<Decoded<Tx>, Undecoded> {
        Ok(Decoded { name: self.name(), batch: self.0.clone().decode(events)? })
    }
}

impl<Tx> Clone for Handler<Tx> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Tx> std::fmt::Debug for Handler<Tx> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Handler").field(&self.0.name()).finish()
    }
}

/// An event of a batch that cannot be decoded.
#[derive(Debug)]
#[non_exhaustive]
pub struct Undecoded {
    /// Its place in the batch.
    pub place: usize,
    /// Why not.
    pub error: Box<Error>,
}

/// A batch that was decoded for a projection.
pub struct Decoded<Tx> {
    name: &'static str,
    batch: Box<dyn Batch<Tx>>,
}

impl<Tx: Send> Decoded<Tx> {
    /// Whether there is nothing in it for the projection.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Has the projection handle the batch, within a time limit.
    ///
    /// # Errors
    ///
    /// The projection's, or that it panicked or ran out of time.
    /// [`ReadModels::meaning`](super::ReadModels::meaning) tells whether it is about the events.
    pub async fn project(&self, tx: &mut Tx, limit: Duration) -> Result<(), BoxError> {
        if self.is_empty() {
            return Ok(());
        }
        let handling = AssertUnwindSafe(self.batch.project(tx)).catch_unwind();
        match tokio::time::timeout(limit, handling).await {
            Ok(Ok(handled)) => handled,
            Ok(Err(panic)) => {
                Err(format!("the projection panicked: {}", panic_text(panic.as_ref())).into())
            }
            Err(_) => {
                Err(format!("the projection took longer than its time limit, {limit:?}").into())
            }
        }
    }

    /// Has the projection do its side effects for what was committed. A panic in there changes nothing: it is
    /// logged.
    pub(crate) async fn tell(&self) {
        if self.is_empty() {
            return;
        }
        let told = AssertUnwindSafe(self.batch.committed()).catch_unwind().await;
        if let Err(panic) = told {
            let panic = panic_text(panic.as_ref());
            tracing::error!(projection = self.name, panic, "side effects panicked");
        }
    }
}

impl<Tx> std::fmt::Debug for Decoded<Tx> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("projection", &self.name).finish_non_exhaustive()
    }
}

/// The twin of [`Projection`] that can be boxed.
trait Erased<Tx>: Send + Sync {
    fn name(&self) -> &'static str;

    fn filter(&self) -> Filter;

    fn settings(&self) -> ProjectionSettings;

    fn tables(&self) -> &'static [&'static str];

    fn formerly(&self) -> Option<&'static str>;

    fn check(&self) -> Result<()>;

    fn decode(self: Arc<Self>, events: &[RecordedEvent]) -> Result<Box<dyn Batch<Tx>>, Undecoded>;
}

/// Events of a projection, whatever type they are of.
trait Batch<Tx>: Send + Sync {
    fn is_empty(&self) -> bool;

    fn project<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<(), BoxError>>;

    fn committed(&self) -> BoxFuture<'_, ()>;
}

impl<Tx: Send + 'static, P: Projection<Tx>> Erased<Tx> for P {
    fn name(&self) -> &'static str {
        Projection::name(self)
    }

    fn filter(&self) -> Filter {
        Projection::filter(self).within(&Filter::events::<P::Events>())
    }

    fn settings(&self) -> ProjectionSettings {
        Projection::settings(self)
    }

    fn tables(&self) -> &'static [&'static str] {
        Projection::tables(self)
    }

    fn formerly(&self) -> Option<&'static str> {
        Projection::formerly(self)
    }

    fn check(&self) -> Result<()> {
        let projection = Projection::name(self);
        check::<P::Events>(projection)?;
        // one that panics is dealt with where it is run
        let named = catch_unwind(AssertUnwindSafe(|| Projection::filter(self).event_types));
        let named = named.unwrap_or_default();
        match named.first().filter(|_| !P::Events::MEMBERS.is_empty()) {
            None => Ok(()),
            Some(name) => Err(Error::InvalidEvents {
                projection: projection.to_owned(),
                reason: format!(
                    "its filter names the event type {name}, and would miss events that are stored under an old \
                     name; its set of events says which there are: take the names out of the filter"
                ),
            }),
        }
    }

    fn decode(self: Arc<Self>, events: &[RecordedEvent]) -> Result<Box<dyn Batch<Tx>>, Undecoded> {
        let mut decoded = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            let read = Recorded::read(event.clone())
                .map_err(|error| Undecoded { place, error: Box::new(error) })?;
            decoded.extend(read);
        }
        Ok(Box::new(Typed { projection: self, events: decoded }))
    }
}

struct Typed<P, E> {
    projection: Arc<P>,
    events: Vec<Recorded<E>>,
}

impl<Tx: Send + 'static, P: Projection<Tx>> Batch<Tx> for Typed<P, P::Events> {
    fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn project<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<(), BoxError>> {
        self.projection.project(&self.events, tx).boxed()
    }

    fn committed(&self) -> BoxFuture<'_, ()> {
        self.projection.committed(&self.events).boxed()
    }
}
