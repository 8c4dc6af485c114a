//! A history on its way into PostgreSQL.

use aether_core::Version;
use aether_postgres::{Error, ImportEvent, Imported, PgStore};
use futures::stream;
use tokio::sync::mpsc;

use super::World;
use super::histoire::History;
use super::scribe::WorldEvent;

/// How many events are stored in one transaction.
const CHUNK: usize = 50_000;
/// How many events are handed over at once, and how often that is done before the one who makes them waits for the store.
const BATCH: usize = 1_000;
const BATCHES: usize = 64;

impl From<WorldEvent> for ImportEvent {
    fn from(WorldEvent { stream, event, .. }: WorldEvent) -> Self {
        Self::new(stream, event)
    }
}

impl History {
    /// Stores what is left of the history, through [`PgStore::import_at`]. One thread makes the events while another stores them, and
    /// at most some ten thousand wait in between. An import that was interrupted is started again from the same world: what is stored
    /// is passed over.
    ///
    /// ```no_run
    /// # use aether_game::world::World;
    /// # async fn example(store: aether_postgres::PgStore) -> Result<(), aether_postgres::Error> {
    /// let imported = World::new(7).history(1_000, 1_000_000).import(&store).await?;
    /// println!("{} events", imported.events);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PgStore::import_at`]. The log must hold no world, or this one: there is one [`Monde`](crate::monde::Monde) in a log.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn import(self, store: &PgStore) -> Result<Imported, Error> {
        let (sender, receiver) = mpsc::channel::<Vec<WorldEvent>>(BATCHES);
        let maker = tokio::task::spawn_blocking(move || hand_over(self, &sender));
        let batches = stream::unfold(receiver, |mut receiver| async {
            let batch = receiver.recv().await?;
            Some((stream::iter(batch), receiver))
        });
        let events = futures::StreamExt::flatten(batches);
        let versioned = |event: WorldEvent| -> (ImportEvent, Option<Version>) {
            let version = event.version;
            (event.into(), Some(version))
        };
        let imported = store.import_at(futures::StreamExt::map(events, versioned), CHUNK).await;
        match maker.await {
            // a history that broke off is no success
            Err(panic) if panic.is_panic() => std::panic::resume_unwind(panic.into_panic()),
            _ => imported,
        }
    }
}

impl World {
    /// Stores what there is in this world, without anybody who lives in it: its catalogue, its zones and its bosses. As for a whole history,
    /// what is stored is passed over.
    ///
    /// # Errors
    ///
    /// As [`History::import`].
    pub async fn plant(&self, store: &PgStore) -> Result<Imported, Error> {
        self.history(0, 0).import(store).await
    }
}

/// Until the end, or until nobody takes any more.
fn hand_over(mut history: History, sender: &mpsc::Sender<Vec<WorldEvent>>) {
    loop {
        let batch: Vec<_> = history.by_ref().take(BATCH).collect();
        if batch.is_empty() || sender.blocking_send(batch).is_err() {
            return;
        }
    }
}
