//! The state of the world and its events: read from Redis, else from the log, and invalidated by the world's events.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aether_core::{Aggregate as _, BoxError, Engine, Error, Filter, Projection, Recorded};
use aether_realtime::cache::{CacheAside, FetchError};
use aether_redis::{KeySpace, RedisClient, RedisTx, Stamp};

use super::cache;
use crate::monde::{Monde, MondeEvent};
use crate::values::{EvenementId, MondeId};

mod etat;
mod evenements;

pub use etat::LiveMonde;
pub use evenements::{LiveEvenement, LiveEvenements};

/// How long the cached state of the world is served.
pub const STATE_LIFETIME: Duration = Duration::from_secs(60);
/// How long the cached list of events is served.
pub const EVENTS_LIFETIME: Duration = Duration::from_secs(300);
/// How long a cached event is served.
pub const EVENT_LIFETIME: Duration = Duration::from_secs(3600);

/// Reads the world, from Redis where it can. One per process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Mondes {
    etat: CacheAside<LiveMonde>,
    actifs: CacheAside<LiveEvenements>,
    evenements: CacheAside<LiveEvenement>,
    engine: Engine,
}

impl Mondes {
    /// The world that `engine` knows, cached under the prefix of `keys`.
    #[must_use]
    pub fn new(client: &RedisClient, keys: &KeySpace, engine: Engine) -> Self {
        let (client, keys) = (|| client.clone(), || keys.clone());
        Self {
            etat: cache::aside(client(), keys(), "world", "state", STATE_LIFETIME),
            actifs: cache::aside(client(), keys(), "world", "active_events", EVENTS_LIFETIME),
            evenements: cache::aside(client(), keys(), "world", "event", EVENT_LIFETIME),
            engine,
        }
    }

    /// The state of the world; none before its first event. A hit costs three round trips to Redis; a miss six, and a load.
    ///
    /// # Errors
    ///
    /// [`FetchError`] when the log cannot be read; it says whether a retry helps.
    pub async fn etat(&self) -> Result<Option<Arc<LiveMonde>>, FetchError> {
        let engine = self.engine.clone();
        self.etat.fetch("state", move || load(engine, |monde| Some(LiveMonde::from(monde)))).await
    }

    /// The events that are on. It costs what [`etat`](Mondes::etat) does.
    ///
    /// # Errors
    ///
    /// As [`etat`](Mondes::etat).
    pub async fn actifs(&self) -> Result<BTreeSet<EvenementId>, FetchError> {
        let engine = self.engine.clone();
        let load = move || load(engine, |monde| Some(LiveEvenements::from(monde)));
        let found = self.actifs.fetch("active_events", load).await?;
        Ok(found.map(|it| it.0.clone()).unwrap_or_default())
    }

    /// An event that is on; none if it is not. It costs what [`etat`](Mondes::etat) does.
    ///
    /// # Errors
    ///
    /// As [`etat`](Mondes::etat).
    pub async fn evenement(
        &self,
        id: EvenementId,
    ) -> Result<Option<Arc<LiveEvenement>>, FetchError> {
        let engine = self.engine.clone();
        let load = move || load(engine, move |monde| monde.evenement(id).map(LiveEvenement::from));
        self.evenements.fetch(id, load).await
    }
}

/// A part of the world, and the version of the world that it is of.
async fn load<T>(
    engine: Engine,
    part: impl FnOnce(&Monde) -> Option<T>,
) -> Result<Option<(T, u64)>, Error> {
    let monde = engine.find::<Monde>(MondeId::UNIQUE).await?;
    Ok(monde.and_then(|it| Some((part(&it.state)?, it.version.get().into()))))
}

/// Invalidates what is cached of the world, whenever an event has changed it. What the world is at comes from the log, so nothing
/// has to be waited for.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveWorldProjection;

impl Projection<RedisTx> for LiveWorldProjection {
    type Events = MondeEvent;

    fn name(&self) -> &'static str {
        "live_monde"
    }

    /// The kinds of entities.
    fn tables(&self) -> &'static [&'static str] {
        &["world"]
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Monde::TYPE])
    }

    async fn project(
        &self,
        events: &[Recorded<MondeEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        for recorded in events {
            let (version, at) = (recorded.version.get().into(), Stamp::from(recorded).at);
            tx.write(cache::forget::<LiveMonde>(tx.keys(), "state", version, at));
            let Some(id) = evenement(&recorded.event) else { continue };
            tx.write(cache::forget::<LiveEvenement>(tx.keys(), &id.to_string(), version, at));
            tx.write(cache::forget::<LiveEvenements>(tx.keys(), "active_events", version, at));
        }
        Ok(())
    }
}

/// The world event that an event is about.
const fn evenement(event: &MondeEvent) -> Option<EvenementId> {
    match event {
        MondeEvent::EvenementMondialDeclenche(it) => Some(it.evenement_id),
        MondeEvent::EvenementMondialProgresse { evenement_id, .. }
        | MondeEvent::EvenementMondialTermine { evenement_id, .. } => Some(*evenement_id),
        _ => None,
    }
}
