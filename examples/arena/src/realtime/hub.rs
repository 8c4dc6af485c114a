//! What all sockets and streams of this node share: one feed per channel, however many look.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::{Error, Filter, Position, Recorded};
use aether_game::combat::{Camp, Combat, CombatEvent, CombatId, EvenementVu, Spectateur};
use aether_game::live::annonces::Annonces;
use aether_game::live::keys::channels;
use aether_postgres::PgStore;
use aether_realtime::bus::{Bus, Channel, Channels, Feed, FeedUpdate, Feeds};
use axum::Router;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::channel::Canal;
use super::place::Place;

/// Events of a channel that are sent one by one to a client that comes back; above that a picture is less.
const FEW: u32 = 512;
/// For how long the newest position is good enough to be told again.
const FRESH: Duration = Duration::from_secs(1);

/// The feeds of this node.
pub(crate) struct Hub {
    store: PgStore,
    feeds: Feeds,
    annonces: Annonces,
    newest: Mutex<Option<(Instant, Place)>>,
    /// What commands of sockets go through; made for the first one.
    pub(super) routes: Mutex<Option<Router>>,
}

/// Something that happened on a channel.
#[derive(Debug)]
pub(crate) struct Fait {
    pub(crate) place: Place,
    pub(crate) kind: String,
    pub(crate) donnees: Value,
}

/// What happens on a channel from a place on. The last thing it tells is an error.
pub(crate) type Faits = BoxStream<'static, Result<Fait, Error>>;

/// A channel, with the types of its messages left out.
pub(super) struct Source {
    filter: Filter,
    follow: Follow,
}

type Follow = Box<dyn FnOnce(Feeds, Place) -> BoxFuture<'static, Opened> + Send + Sync>;
type Opened = Result<Faits, Error>;

impl Hub {
    pub(crate) fn new(store: &PgStore, bus: impl Bus) -> Self {
        let feeds = Feeds::new(store.clone(), bus);
        let store = store.clone();
        Self {
            store,
            feeds,
            annonces: Annonces::new(),
            newest: Mutex::default(),
            routes: Mutex::default(),
        }
    }

    /// Forgets what holds the server itself.
    pub(crate) fn close(&self) {
        self.routes.lock().take();
    }

    /// The newest position of the log, or the one that was known last. One round trip a second at most.
    pub(super) async fn newest(&self) -> Place {
        let known = *self.newest.lock();
        if let Some((at, place)) = known
            && at.elapsed() < FRESH
        {
            return place;
        }
        match tokio::time::timeout(FRESH, self.read_newest()).await {
            Ok(Ok(place)) => place,
            _ => known.map_or(Place::START, |(_, place)| place),
        }
    }

    /// The newest position of the log now.
    pub(super) async fn read_newest(&self) -> Result<Place, Error> {
        let end = self.store.end().await?;
        let place = self.store.newest(end).await?.map_or(Place::START, Place::from);
        *self.newest.lock() = Some((Instant::now(), place));
        Ok(place)
    }

    /// The source of a channel; of a combat the one for a side, or for guests.
    pub(super) fn source(&self, canal: Canal, side: Option<(Camp, Spectateur)>) -> Source {
        match canal {
            Canal::Combat(id) => match side {
                Some((camp, spectateur)) => Source::of(own_side(id, camp, spectateur)),
                None => Source::of(self.annonces.combat(id)),
            },
            Canal::Joueur(id) => Source::of(self.annonces.joueur(id)),
            Canal::Zone(id) => Source::of(self.annonces.zone(id)),
            Canal::Monde => Source::of(self.annonces.monde()),
            Canal::Marche(id) => Source::of(self.annonces.marche(id)),
            Canal::Classement => Source::of(self.annonces.niveaux()),
        }
    }

    /// Everything on a channel after a place.
    pub(super) async fn follow(&self, source: Source, after: Place) -> Opened {
        (source.follow)(self.feeds.clone(), after).await
    }

    /// Whether there are few events on a channel after a position. One round trip.
    pub(super) async fn is_little(&self, source: &Source, after: Position) -> Result<bool, Error> {
        let mut read = Read::all().after(after).filter(source.filter.clone()).limit(FEW + 1);
        let mut found = 0;
        loop {
            let page = self.store.read(read.clone()).await?;
            found += page.events.len();
            if found > FEW as usize {
                return Ok(false);
            }
            if page.caught_up {
                return Ok(true);
            }
            read = read.after(page.position);
        }
    }
}

impl Source {
    fn of<M: Serialize + DeserializeOwned + Send + 'static>(channel: Channel<M>) -> Self {
        let filter = channel.filter().clone();
        let follow: Follow = Box::new(move |feeds, after| {
            Box::pin(async move {
                let feed = match after.anchor() {
                    Some(anchor) => feeds.resume(&channel, anchor).await?,
                    None => feeds.follow(&channel, after.position).await?,
                };
                Ok(facts(feed))
            })
        });
        Self { filter, follow }
    }
}

/// The messages of a feed as facts. One that could not be made is left out: it would fail for ever.
fn facts<M: Serialize + DeserializeOwned + Send + 'static>(feed: Feed<M>) -> Faits {
    let told = feed.into_stream().filter_map(async |update| match update {
        Ok(update) => fact(&update).map(Ok),
        Err(Error::Backend { source }) => {
            tracing::warn!(error = %source, "a message cannot be told");
            None
        }
        Err(error) => Some(Err(error)),
    });
    told.boxed()
}

/// `{"type": …, "donnees": …}`, as all messages of the game are.
fn fact<M: Serialize>(update: &FeedUpdate<M>) -> Option<Fait> {
    let mut message = serde_json::to_value(&update.message).ok()?;
    let kind = message.get("type")?.as_str()?.to_owned();
    let donnees = message.get_mut("donnees").map(Value::take).unwrap_or_default();
    Some(Fait { place: update.anchor().into(), kind, donnees })
}

/// A combat as one of its sides sees it. The bus carries what guests see, so that each message is a hint to look; all players of a side
/// share what is read then.
fn own_side(id: CombatId, camp: Camp, spectateur: Spectateur) -> Channel<EvenementVu> {
    let name = match camp {
        Camp::Allies => "combat-allies",
        Camp::Adversaires => "combat-adversaires",
    };
    let filter = Filter::events::<CombatEvent>()
        .aggregate_types([<Combat as aether_core::Aggregate>::TYPE])
        .aggregates([id]);
    let spectateur = Arc::new(spectateur);
    let own = Channels::new(name, filter, move |event| {
        let event = Recorded::<CombatEvent>::read(event.clone())?;
        let seen = event.map(|event| event.event.vu_par(&spectateur));
        Ok(seen.map(|seen| (channels::combat(id), seen)))
    });
    own.channel(channels::combat(id), Filter::all())
}
