//! Given events, then rows: tests of a projection, on the read models that it writes to.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

use aether_core::backend::{ReadModels, Reason, Registration};
use aether_core::command::IdOf;
use aether_core::log::StreamId;
use aether_core::projection::{Delivery, Handler, Shard};
use aether_core::{Aggregate, Filter, Position, Projection, RecordedEvent};
use chrono::{DateTime, Utc};

/// Read models and a projection that fills them; [`given`](Projected::given) says what happened.
///
/// The events take the way of a node: they are encoded, decoded, and applied in the transaction that moves the
/// checkpoint. Only the log is left out.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use aether_core::memory::MemoryTx;
/// # use aether_core::{
/// #     Aggregate, AggregateId, BoxError, Event, Facts, Projection, Recorded, Shape, id,
/// # };
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Default, Clone, Serialize, Deserialize, Shape)]
/// # struct Chest;
/// # #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
/// # enum ChestEvent { Deposited { gold: u64 }, Emptied }
/// # impl Aggregate for Chest {
/// #     const TYPE: &'static str = "Chest";
/// #     type Command = ();
/// #     type Event = ChestEvent;
/// #     type Error = std::convert::Infallible;
/// #     fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> { Ok(vec![]) }
/// #     fn apply(&mut self, _: &ChestEvent) {}
/// # }
/// # id! { struct ChestId of Chest; }
/// # type Chests = MemoryTx<BTreeMap<AggregateId, u64>>;
/// # struct Treasury;
/// # impl Projection<Chests> for Treasury {
/// #     type Events = ChestEvent;
/// #     fn name(&self) -> &'static str { "treasury" }
/// #     async fn project(&self, events: &[Recorded<ChestEvent>], chests: &mut Chests) -> Result<(), BoxError> {
/// #         for recorded in events {
/// #             let chest = chests.entry(recorded.aggregate_id).or_default();
/// #             match &recorded.event {
/// #                 ChestEvent::Deposited { gold } => *chest += gold,
/// #                 ChestEvent::Emptied => *chest = 0,
/// #             }
/// #         }
/// #         Ok(())
/// #     }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use aether_core::memory::MemoryReadModels;
/// use aether_testkit::projected::Projected;
///
/// let chest = ChestId::generate();
///
/// Projected::new(MemoryReadModels::new(), Treasury)
///     .given(chest, [ChestEvent::Deposited { gold: 2 }, ChestEvent::Deposited { gold: 3 }])
///     .await
///     .then(async |models| assert_eq!(models.model()[&chest.into()], 5))
///     .await
///     .given(chest, [ChestEvent::Emptied])
///     .await
///     .then(async |models| assert_eq!(models.model()[&chest.into()], 0))
///     .await;
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Of SQL read models `then_rows` compares rows: `aether_postgres::testing`.
///
/// The events of each aggregate have the versions 1, 2, 3 …; they happen at the start of 1970 until
/// [`at`](Projected::at) says otherwise.
pub struct Projected<R: ReadModels> {
    models: Arc<R>,
    delivery: Delivery<Arc<R>>,
    handler: Handler<R::Tx>,
    name: &'static str,
    filter: Filter,
    claimed: bool,
    versions: HashMap<StreamId, u32>,
    position: u64,
    time: DateTime<Utc>,
}

impl<R: ReadModels> Projected<R>
where
    R::Tx: 'static,
{
    /// A projection into read models, which may hold what others have put there.
    #[must_use = "a projection alone tests nothing: say what happened with `given`"]
    pub fn new(models: R, projection: impl Projection<R::Tx>) -> Self {
        let models = Arc::new(models);
        // what fails once is told
        let settings = projection.settings().attempts(1);
        let handler = Handler::new(projection.with(settings));
        let name = handler.name();
        let filter = handler.filter();
        let delivery = Delivery::of(models.clone(), handler.clone(), Shard::whole(name));
        Self {
            models,
            delivery,
            handler,
            name,
            filter,
            claimed: false,
            versions: HashMap::new(),
            position: 0,
            time: DateTime::UNIX_EPOCH,
        }
    }

    /// What follows happens at this time.
    #[must_use = "a projection alone tests nothing: say what happened with `given`"]
    pub fn at(self, time: DateTime<Utc>) -> Self {
        Self { time, ..self }
    }

    /// These events happen to an aggregate, and the projection gets those that it listens to, in one batch.
    ///
    /// With a raw id the aggregate is named: `given::<Chest>(id, …)`.
    ///
    /// # Panics
    ///
    /// If an event cannot be stored, or the projection cannot apply one: the message names the event and says why. If
    /// the read models fail. Outside of a tokio runtime with time.
    #[track_caller]
    pub fn given<A: Aggregate>(
        mut self,
        id: impl IdOf<A>,
        events: impl IntoIterator<Item = A::Event>,
    ) -> impl Future<Output = Self> {
        let place = Location::caller();
        let aggregate = id.into();
        let events: Vec<A::Event> = events.into_iter().collect();
        async move {
            self.claim(place).await;
            let stream = StreamId::new(A::TYPE, aggregate);
            let mut version = self.versions.get(&stream).copied().unwrap_or_default();
            let before = self.position;
            let mut batch = Vec::new();
            for event in &events {
                version += 1;
                self.position += 1;
                let recorded = RecordedEvent::build(event).of::<A>(aggregate).version(version);
                let recorded = recorded.position(self.position).at(self.time);
                if self.filter.matches(&recorded) {
                    batch.push(recorded);
                }
            }
            self.versions.insert(stream, version);
            self.apply(&batch, Position::new(before), place).await;
            self
        }
    }

    /// Looks at the read models; `check` asserts what it likes.
    pub async fn then(self, check: impl AsyncFnOnce(&R)) -> Self {
        check(&self.models).await;
        self
    }

    /// The read models.
    #[must_use]
    pub fn models(&self) -> &R {
        &self.models
    }

    /// Begins where the checkpoint is, once.
    async fn claim(&mut self, place: &Location<'_>) {
        if self.claimed {
            return;
        }
        let projection = self.name;
        let registration = Registration { shards: 1, ..self.handler.registration(&self.filter) };
        let shard = Shard::whole(projection);
        let claimed = async {
            let checkpoints = self.models.checkpoints();
            checkpoints.register(&registration).await?;
            let epoch = checkpoints.checkpoint(&shard).await?.epoch + 1;
            self.delivery.claim(epoch).await
        };
        match claimed.await {
            Ok(checkpoint) => self.position = checkpoint.position.get(),
            Err(error) => panic!("{place}: {projection} cannot begin: {}", Reason(&error)),
        }
        self.claimed = true;
    }

    async fn apply(&mut self, batch: &[RecordedEvent], before: Position, place: &Location<'_>) {
        let name = self.name;
        if let Err(error) = self.delivery.apply(batch, Position::new(self.position)).await {
            panic!("{place}: {name} stopped: {}", Reason(&error));
        }
        let letters = match self.models.checkpoints().letters(name, None).await {
            Ok(letters) => letters,
            Err(error) => panic!("{place}: the read models failed: {}", Reason(&error)),
        };
        if let Some(letter) = letters.iter().find(|letter| letter.position > before) {
            panic!(
                "{place}: {name} cannot apply {} (version {} of {}): {}",
                letter.event_type,
                letter.version,
                letter.stream,
                letter.error.as_deref().unwrap_or("an earlier event of its aggregate waits")
            );
        }
    }
}

impl<R: ReadModels> std::fmt::Debug for Projected<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("Projected");
        fields.field("projection", &self.name).field("position", &self.position);
        fields.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
