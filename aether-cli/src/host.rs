//! What the program that mounts the commands tells them about itself.

use std::collections::BTreeMap;
use std::fmt;

use aether_core::backend::ReadModels;
use aether_core::node::BoxJob;
use aether_core::projection::Handler;
use aether_core::{Aggregate, BoxError, Job, Projection, RecordedEvent};
use aether_postgres::{PgStore, PgTx, Rebuild};
use futures::future::{BoxFuture, FutureExt as _};
use serde_json::Value;

use crate::elsewhere::Elsewhere;
use crate::error::Error;

/// The program that mounts the commands: its store, and what the commands can not know by themselves.
///
/// ```no_run
/// # use aether_cli::{Host, Verified};
/// # async fn verify_chests(_: &aether_postgres::PgStore) -> Result<u64, std::io::Error> { Ok(0) }
/// # fn example(store: aether_postgres::PgStore) -> Host {
/// Host::new(store).verifier("chests", |store| async move {
///     let wrong = verify_chests(&store).await?;
///     Ok::<_, std::io::Error>(Verified::new("all chests").differences(wrong, [""; 0]))
/// })
/// # }
/// ```
#[must_use = "a host does nothing before a command is run with it"]
pub struct Host {
    pub(crate) store: PgStore,
    pub(crate) migrations: Vec<Registered<()>>,
    pub(crate) verifiers: Vec<Registered<Verified>>,
    /// By name, what adds the projection to a rebuild.
    pub(crate) projections: Vec<(&'static str, AddProjection)>,
    pub(crate) elsewhere: Vec<Elsewhere>,
    /// By name, what fills a read model elsewhere anew.
    pub(crate) refills: Vec<Registered<u64>>,
    pub(crate) jobs: Vec<BoxJob>,
    folds: BTreeMap<&'static str, Fold>,
}

/// A function of the host, by name.
pub(crate) struct Registered<T> {
    pub(crate) name: String,
    call: Box<dyn Fn(PgStore) -> BoxFuture<'static, Result<T, BoxError>> + Send + Sync>,
}

type AddProjection = Box<dyn Fn(Rebuild) -> Rebuild + Send + Sync>;

/// From the events of a stream to its state as JSON.
type Fold = fn(&[RecordedEvent]) -> Result<Value, Error>;

impl Host {
    /// A host with a store and nothing else.
    pub const fn new(store: PgStore) -> Self {
        Self {
            store,
            migrations: Vec::new(),
            verifiers: Vec::new(),
            projections: Vec::new(),
            elsewhere: Vec::new(),
            refills: Vec::new(),
            jobs: Vec::new(),
            folds: BTreeMap::new(),
        }
    }

    /// Registers a projection, so that `projection rebuild` can rebuild it.
    pub fn projection(mut self, projection: impl Projection<PgTx> + Clone) -> Self {
        let name = projection.name();
        let add = move |rebuild: Rebuild| rebuild.projection(projection.clone());
        self.projections.push((name, Box::new(add)));
        self
    }

    /// Registers a projection whose read model is not in the database of the store (it is in Redis, or in another
    /// database), so that `status`, `projection` and `dead-letter` know it.
    ///
    /// ```
    /// # use aether_cli::Host;
    /// # use aether_core::backend::ReadModels;
    /// # use aether_core::Projection;
    /// # fn example<R: ReadModels>(host: Host, redis: R, live_combats: impl Projection<R::Tx>) -> Host {
    /// host.projection_in(redis, live_combats)
    /// # }
    /// ```
    pub fn projection_in<R: ReadModels>(
        mut self,
        models: R,
        projection: impl Projection<R::Tx>,
    ) -> Self {
        let projection = Handler::new(projection);
        let (name, filter) = (projection.name(), projection.filter());
        self.elsewhere.push(Elsewhere { name, filter, checkpoints: models.checkpoints() });
        self
    }

    /// Registers what `projection rebuild` does with the read model of a projection elsewhere: empties it and
    /// sends the projection to the start. The nodes fill it again. It says how much was there: of
    /// `RedisReadModels::refill`, how many keys.
    pub fn refill<F, E>(
        mut self,
        projection: impl Into<String>,
        refill: impl Fn(PgStore) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<u64, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.refills.push(Registered::new(projection, refill));
        self
    }

    /// Registers a job, so that `job run` can run it.
    pub fn job(mut self, job: impl Job) -> Self {
        self.jobs.push(BoxJob::new(job));
        self
    }

    /// Registers an aggregate: `stream show` can then show its state, and what changed in it.
    pub fn aggregate<A: Aggregate>(mut self) -> Self {
        self.folds.insert(A::TYPE, fold::<A>);
        self
    }

    /// Registers what `migrate` does beside the store's own migrations, in the order of registration.
    pub fn migration<F, E>(
        mut self,
        name: impl Into<String>,
        migrate: impl Fn(PgStore) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.migrations.push(Registered::new(name, migrate));
        self
    }

    /// Registers a comparison of a read model with its events, which `verify` runs.
    pub fn verifier<F, E>(
        mut self,
        name: impl Into<String>,
        verify: impl Fn(PgStore) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Verified, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.verifiers.push(Registered::new(name, verify));
        self
    }

    /// The state after `events`, if the aggregate type was registered.
    pub(crate) fn state(
        &self,
        aggregate_type: &str,
        events: &[RecordedEvent],
    ) -> Result<Option<Value>, Error> {
        self.folds.get(aggregate_type).map(|fold| fold(events)).transpose()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("aggregates", &self.folds.keys())
            .field(
                "projections",
                &self.projections.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("elsewhere", &self.elsewhere.iter().map(|it| it.name).collect::<Vec<_>>())
            .field("jobs", &self.jobs.iter().map(|job| job.name()).collect::<Vec<_>>())
            .field("migrations", &self.migrations.iter().map(|it| &it.name).collect::<Vec<_>>())
            .field("verifiers", &self.verifiers.iter().map(|it| &it.name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl<T> Registered<T> {
    fn new<F, E>(
        name: impl Into<String>,
        call: impl Fn(PgStore) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let call = move |store| call(store).map(|result| result.map_err(Into::into)).boxed();
        Self { name: name.into(), call: Box::new(call) }
    }

    pub(crate) async fn call(&self, store: &PgStore) -> Result<T, Error> {
        let called = (self.call)(store.clone()).await;
        called.map_err(|source| Error::Host { name: self.name.clone(), source })
    }
}

fn fold<A: Aggregate>(events: &[RecordedEvent]) -> Result<Value, Error> {
    let mut state = A::default();
    for event in events {
        state.apply(&event.decode::<A::Event>()?);
    }
    let failed = |source: serde_json::Error| Error::Host {
        name: format!("the state of {}, as JSON,", A::TYPE),
        source: source.into(),
    };
    serde_json::to_value(&state).map_err(failed)
}

/// What a verifier has found.
#[derive(Debug, Clone, Default)]
#[must_use = "`verify` prints it"]
pub struct Verified {
    pub(crate) checked: String,
    pub(crate) total: u64,
    pub(crate) listed: Vec<String>,
}

impl Verified {
    /// What was looked at, for people: `"12 combats from 340 events"`. No differences so far.
    pub fn new(checked: impl Into<String>) -> Self {
        Self { checked: checked.into(), ..Self::default() }
    }

    /// How many differences there are, and some of them in words, one line each.
    pub fn differences<D: ToString>(
        mut self,
        total: u64,
        listed: impl IntoIterator<Item = D>,
    ) -> Self {
        self.total = total;
        self.listed = listed.into_iter().map(|difference| difference.to_string()).collect();
        self
    }
}
