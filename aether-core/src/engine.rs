//! The engine: load, decide, append, and again on a conflict.

use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{AggregateCache, Kept, Loaded, key};
use crate::backend::Backoff;
use crate::context::Context;
use crate::envelope::RecordedEvent;
use crate::error::{Error, ExecuteError, Result};
use crate::event::Recorded;
use crate::facts::Facts;
use crate::history;
use crate::ids::{AggregateId, EventId, IdOf, Position, Version};
use crate::json::Json;
use crate::metadata::Metadata;
use crate::ports::{Clock, Random, SystemClock, SystemRandom, uuid_v7};
use crate::shape::fingerprint_of;
use crate::store::{EventStore, History, Load, Snapshot, Until};
use crate::subscription::{Subscription, SubscriptionBuilder};

mod atomic;
mod base;
mod companion;
mod execute;
mod line;
mod settings;
mod telemetry;

pub use atomic::{Atomic, AtomicExecuted};
pub use execute::{Execute, Executed};
pub use settings::EngineSettings;

pub(crate) use companion::Companion;

use companion::Companions;
use line::Lines;

/// Runs commands against aggregates. Cheap to clone; share one per process.
///
/// Use it within a tokio runtime: it waits between retries and saves snapshots in the background, which panics outside
/// of one.
///
/// ```
/// # use aether_core::command::IdOf;
/// # use aether_core::memory::MemoryStore;
/// # use aether_core::{Aggregate, Engine};
/// # async fn example<A: Aggregate>(id: impl IdOf<A>, command: A::Command) -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::new(MemoryStore::new());
/// let executed = engine.execute(id, command).await?;
/// println!("now at version {}", executed.version());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn EventStore>,
    cache: AggregateCache,
    /// Where commands for one aggregate take turns.
    lines: Lines,
    settings: EngineSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Snapshots, and appends whose callers have gone; [`Engine::close`] waits for them.
    background: TaskTracker,
    /// Bounds these: each holds a state.
    saving: Arc<Semaphore>,
    /// The nodes that were started on this engine.
    companions: Companions,
}

/// Puts an [`Engine`] together.
pub struct EngineBuilder {
    store: Arc<dyn EventStore>,
    settings: EngineSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl EngineBuilder {
    /// Other settings than the default ones.
    #[must_use]
    pub fn settings(mut self, settings: EngineSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Another clock. It tells decisions [the time](Facts::now), and events their timestamp.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of randomness. It gives decisions [their seed](Facts::seed), events their ids and pauses their
    /// jitter; tests take [`SeededRandom`](crate::time::SeededRandom).
    #[must_use]
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> Engine {
        let inner = Inner {
            store: self.store,
            cache: AggregateCache::new(self.settings.cache_bytes),
            lines: Lines::default(),
            saving: Arc::new(Semaphore::new(self.settings.snapshots_at_once.max(1))),
            settings: self.settings,
            clock: self.clock,
            random: self.random,
            background: TaskTracker::new(),
            companions: Companions::default(),
        };
        Engine { inner: Arc::new(inner) }
    }
}

impl Engine {
    /// An engine on a store, with default settings.
    #[must_use]
    pub fn new(store: impl EventStore) -> Self {
        Self::builder(store).build()
    }

    /// An engine with settings, clock or randomness of your own.
    #[must_use]
    pub fn builder(store: impl EventStore) -> EngineBuilder {
        EngineBuilder {
            store: Arc::new(store),
            settings: EngineSettings::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }

    /// The clock that decisions, timers and nodes of this engine go by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The time by the engine's [clock](Engine::clock).
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// The store underneath.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.inner.store
    }

    /// Executes a command: loads the aggregate, lets it decide, appends its events; again from the
    /// start when another process appended meanwhile, up to [`EngineSettings::attempts`].
    ///
    /// Commands of this engine for one aggregate take turns: each is decided on the state that the one before it leads
    /// to, without waiting for the store. So 64 callers of one aggregate share batches, and none of them starves.
    ///
    /// Costs no query when the aggregate is in the cache, else one round trip; and one append, shared
    /// with other callers where the store can.
    ///
    /// An [id of the aggregate](crate::id) tells which one it is; with a raw [`AggregateId`], name the type:
    ///
    /// ```
    /// # use aether_core::{Aggregate, AggregateId, BoxError, Context, Engine, Event, Facts, Shape, id};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
    /// # struct Chest;
    /// # struct Deposit { gold: u32 }
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    /// # enum ChestEvent { Deposited { gold: u32 } }
    /// # impl Aggregate for Chest {
    /// #     const TYPE: &'static str = "Chest";
    /// #     type Command = Deposit;
    /// #     type Event = ChestEvent;
    /// #     type Error = std::convert::Infallible;
    /// #     fn decide(&self, deposit: &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
    /// #         Ok(vec![ChestEvent::Deposited { gold: deposit.gold }])
    /// #     }
    /// #     fn apply(&mut self, _: &ChestEvent) {}
    /// # }
    /// id! { struct ChestId of Chest; }
    ///
    /// # async fn example(engine: Engine, chest: ChestId, raw: AggregateId) -> Result<(), BoxError> {
    /// engine.execute(chest, Deposit { gold: 5 }).await?;
    /// engine.execute::<Chest>(raw, Deposit { gold: 5 }).await?;
    /// let context = Context::new().user("player-1042");
    /// engine.execute(chest, Deposit { gold: 5 }).with(&context).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ExecuteError::Rejected`] if a rule of the aggregate forbids it; [`ExecuteError::Store`] with
    /// [`Conflict`](crate::Error::Conflict) if all attempts met somebody faster, or with whatever else
    /// the store says; [`Unavailable`](crate::Error::Unavailable) also if
    /// [too many](EngineSettings::commands_at_once) wait for the aggregate. Nothing was stored, unless it is
    /// [`OutcomeUnknown`](crate::Error::OutcomeUnknown): then retry with the same
    /// [command id](Context::command_id) or look.
    pub fn execute<A: Aggregate>(
        &self,
        id: impl IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Execute<'_, A, impl Future<Output = Result<Executed<A>, ExecuteError<A::Error>>> + Send>
    {
        execute::execute::<A>(self, id.into(), command.into())
    }

    /// Starts a unit of work over several aggregates: everything happens or nothing.
    pub fn atomic(&self, context: Context) -> Atomic {
        Atomic::new(self.clone(), context)
    }

    /// The newest state of an aggregate that is known to exist, past the cache: one round trip.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound) if it has no events; [`find`](Engine::find) tells that without an error.
    /// [`TypeMismatch`](Error::TypeMismatch), [`Undecodable`](Error::Undecodable), transient ones
    /// (retry).
    pub async fn load<A: Aggregate>(&self, id: impl IdOf<A>) -> Result<Arc<Loaded<A>>> {
        let id: AggregateId = id.into();
        self.find::<A>(id).await?.ok_or_else(|| Error::NotFound { stream: A::stream(id) })
    }

    /// The newest state of an aggregate, past the cache: one round trip. `None` if it has no events.
    ///
    /// # Errors
    ///
    /// As [`Engine::load`], but for [`NotFound`](Error::NotFound).
    pub async fn find<A: Aggregate>(&self, id: impl IdOf<A>) -> Result<Option<Arc<Loaded<A>>>> {
        let loaded = self.newest::<A>(id.into()).await?;
        Ok(loaded.exists().then_some(loaded))
    }

    /// The state an aggregate had at a version or a time. Before its first event that was the default state, at
    /// version 0.
    ///
    /// # Errors
    ///
    /// As [`Engine::find`], and [`VersionAhead`](Error::VersionAhead) for a version that was not reached.
    pub async fn load_until<A: Aggregate>(
        &self,
        id: impl IdOf<A>,
        until: Until,
    ) -> Result<Loaded<A>> {
        self.fold_until::<A>(id.into(), until).await
    }

    /// The events of an aggregate, oldest first, each with what is stored beside it. Empty if it has none; without those that
    /// [mean nothing any more](crate::Upcasters::obsolete). One round trip.
    ///
    /// # Errors
    ///
    /// As [`Engine::find`].
    pub async fn history<A: Aggregate>(&self, id: impl IdOf<A>) -> Result<Vec<Recorded<A::Event>>> {
        let history = self.whole_history(Load::stream(A::stream(id.into()))).await?;
        let typed = history.events.into_iter().filter_map(|envelope| {
            let event = envelope.decode_meaning().transpose()?;
            Some(event.map(|event| Recorded { event, envelope }))
        });
        typed.collect()
    }

    /// Reads the log from `after` on, and goes on live. See [`SubscriptionBuilder`].
    pub fn subscribe(&self, after: Position) -> SubscriptionBuilder {
        Subscription::of(self.inner.store.clone()).after(after)
    }

    /// Waits until nothing is left to do. Every projection of the [nodes](crate::Node) started on this engine has
    /// caught up with the log then, process managers have had their commands executed, and none of it has led to
    /// more. It is for tests: in a system under load that moment may never come, so put a timeout around it.
    ///
    /// # Errors
    ///
    /// As [`Node::wait_for`](crate::Node::wait_for) but for parked events, which count as done; transient ones.
    pub async fn settle(&self) -> Result<()> {
        loop {
            let end = self.inner.store.end().await?;
            let mut unfinished = 0;
            for companion in self.inner.companions.at_work() {
                companion.reach(end).await?;
                unfinished += companion.unfinished().await?;
            }
            if unfinished == 0 && self.inner.store.end().await? == end {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Keeps something in sight that goes on beside the commands, for [`settle`](Engine::settle) and
    /// [`close`](Engine::close).
    pub(crate) fn attend(&self, companion: Weak<dyn Companion>) {
        self.inner.companions.add(companion);
    }

    /// Stops the nodes started on this engine, waits for background work (snapshots), then closes the
    /// store: what it has taken is finished, later requests get [`Error::Closed`].
    pub async fn close(&self) {
        for companion in self.inner.companions.at_work() {
            if let Err(error) = companion.stop().await {
                tracing::error!(%error, "a node did not stop in order");
            }
        }
        self.inner.background.close();
        self.inner.background.wait().await;
        self.inner.store.close().await;
    }

    /// From the store, into the cache; the default state at version 0 if it has no events.
    async fn newest<A: Aggregate>(&self, id: AggregateId) -> Result<Arc<Loaded<A>>> {
        let incarnation = self.inner.store.incarnation();
        let loaded = Arc::new(self.fold_until::<A>(id, Until::Now).await?);
        self.inner.cache.put(key::<A>(id), Kept::new(loaded.clone(), incarnation));
        Ok(loaded)
    }

    /// From the cache if it is there, else from the store.
    async fn current<A: Aggregate>(&self, id: AggregateId) -> Result<Current<A>> {
        let incarnation = self.inner.store.incarnation();
        if let Some(loaded) = self.inner.cache.get::<A>(id, incarnation) {
            crate::meter::counter!("aether_aggregate_cache_hits_total").increment(1);
            return Ok(Current { loaded, cached: true });
        }
        crate::meter::counter!("aether_aggregate_cache_misses_total").increment(1);
        Ok(Current { loaded: self.newest::<A>(id).await?, cached: false })
    }

    /// Brings a state from the cache up to date: one round trip that usually finds its last event, and none after it.
    async fn refresh<A: Aggregate>(
        &self,
        id: AggregateId,
        known: Arc<Loaded<A>>,
    ) -> Result<Arc<Loaded<A>>> {
        let incarnation = self.inner.store.incarnation();
        let history = self.whole_history(from_its_last_event(A::stream(id), known.version)).await?;
        let Some(later) = later(&history, known.version, known.last_event) else {
            // it rests on events that the log has lost
            self.inner.cache.evict(key::<A>(id));
            return self.newest::<A>(id).await;
        };
        if later.is_empty() {
            return Ok(known);
        }
        let known = Loaded { state: known.state.clone(), ..*known };
        let loaded = Arc::new(fold(known, later)?);
        self.inner.cache.put(key::<A>(id), Kept::new(loaded.clone(), incarnation));
        Ok(loaded)
    }

    /// A history that is whole.
    async fn whole_history(&self, load: Load) -> Result<History> {
        history::load(self.inner.store.as_ref(), load).await
    }

    async fn fold_until<A: Aggregate>(&self, id: AggregateId, until: Until) -> Result<Loaded<A>> {
        let load = Load::stream(A::stream(id)).until(until);
        let history = self.whole_history(load.clone().with_snapshot(fingerprint::<A>())).await?;
        if let Some(snapshot) = &history.snapshot {
            match snapshot.state.decode::<A>() {
                Ok(state) => {
                    let Snapshot { version, last_event, .. } = *snapshot;
                    return fold(Loaded { state, version, last_event }, &history.events);
                }
                Err(error) => {
                    tracing::warn!(
                        stream = %snapshot.stream, version = %snapshot.version, %error,
                        "a snapshot cannot be decoded; folding all events instead"
                    );
                    let history = self.whole_history(load).await?;
                    return fold(Loaded::default(), &history.events);
                }
            }
        }
        fold(Loaded::default(), &history.events)
    }

    /// Takes a snapshot in the background when `after` has passed a multiple of the interval.
    fn snapshot_if_due<A: Aggregate>(
        &self,
        id: AggregateId,
        before: Version,
        after: &Arc<Loaded<A>>,
    ) {
        let every = self.inner.settings.snapshot_every;
        if every == 0 || before.get() / every == after.version.get() / every {
            return;
        }
        let Ok(place) = self.inner.saving.clone().try_acquire_owned() else {
            crate::meter::counter!("aether_snapshots_left_out_total").increment(1);
            return;
        };
        let (engine, loaded) = (self.clone(), after.clone());
        self.inner.background.spawn(async move {
            let _place = place;
            let version = loaded.version;
            let saved = async {
                let snapshot = Snapshot {
                    stream: crate::log::StreamId::new(A::TYPE, id),
                    version,
                    last_event: loaded.last_event,
                    fingerprint: fingerprint::<A>(),
                    state: Json::encode_exact(&loaded.state)
                        .map_err(|error| Error::Backend { source: error.into() })?,
                    created_at: engine.inner.clock.now(),
                };
                engine.inner.store.save_snapshot(snapshot, engine.inner.settings.snapshots_kept).await
            };
            if let Err(error) = saved.await {
                tracing::warn!(aggregate_type = A::TYPE, %id, %version, %error, "snapshot not saved");
            }
        });
    }

    pub(crate) fn new_uuid(&self) -> uuid::Uuid {
        uuid_v7(self.inner.clock.as_ref(), self.inner.random.as_ref())
    }

    /// The metadata of a command's events: what the context says, and a correlation id in any case.
    fn metadata(&self, context: &Context) -> Metadata {
        let mut metadata = context.metadata.clone();
        metadata.correlation_id.get_or_insert_with(|| self.new_uuid());
        metadata
    }

    /// The facts of a command that arrives now.
    fn facts(&self, context: &Context) -> Facts {
        let seed = (self.inner.random.next() >> 64) as u64;
        Facts::of(context, self.now(), seed, self.metadata(context))
    }

    /// The pause before attempt number `attempt` (from 2).
    fn pause(&self, attempt: u32) -> Duration {
        let settings = &self.inner.settings;
        Backoff::new(settings.retry_pause, settings.retry_pause_max)
            .after(attempt - 2)
            .pause(&*self.inner.random)
    }
}

/// The state a command starts from, and whether it may be old.
struct Current<A> {
    loaded: Arc<Loaded<A>>,
    cached: bool,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

fn fold<A: Aggregate>(start: Loaded<A>, events: &[RecordedEvent]) -> Result<Loaded<A>> {
    let mut loaded = start;
    for event in events {
        if let Some(event) = event.decode_meaning()? {
            loaded.state.apply(&event);
        }
        loaded.version = event.version;
        loaded.last_event = Some(event.event_id);
    }
    Ok(loaded)
}

/// What tells whether a state is the newest one, and still one of the log's.
fn from_its_last_event(stream: crate::log::StreamId, version: Version) -> Load {
    Load::stream(stream).after(Version::new(version.get().saturating_sub(1)))
}

/// The events after a state, from a history that begins with its last one. `None` if the log has another one there,
/// or none.
fn later(
    history: &History,
    version: Version,
    last_event: Option<EventId>,
) -> Option<&[RecordedEvent]> {
    if version == Version::ZERO {
        return Some(&history.events);
    }
    let (first, later) = history.events.split_first()?;
    let same = first.version == version && last_event.is_none_or(|id| id == first.event_id);
    same.then_some(later)
}

/// The fingerprint of an aggregate's snapshots, worked out once per type.
fn fingerprint<A: Aggregate>() -> crate::shape::Fingerprint {
    use std::any::TypeId;
    use std::collections::HashMap;
    use std::sync::LazyLock;

    use parking_lot::RwLock;

    static KNOWN: LazyLock<RwLock<HashMap<TypeId, crate::shape::Fingerprint>>> =
        LazyLock::new(RwLock::default);

    let id = TypeId::of::<A>();
    if let Some(known) = KNOWN.read().get(&id) {
        return *known;
    }
    let fingerprint = fingerprint_of::<A>().under_rules(A::RULES_VERSION);
    KNOWN.write().insert(id, fingerprint);
    fingerprint
}
