//! A reader of the log that believes nothing: every page is checked.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::log::Read;
use aether_core::{Filter, Position, RecordedEvent};
use aether_testkit::Patience;

/// Reads the log page by page, as a subscription does, and keeps all it has seen.
pub(crate) struct Reader {
    store: Arc<dyn EventStore>,
    filter: Filter,
    limit: u32,
    /// How far it has come.
    pub(crate) position: Position,
    /// Everything it was given, in order.
    pub(crate) events: Vec<RecordedEvent>,
}

impl Reader {
    pub(crate) fn new(store: Arc<dyn EventStore>, filter: Filter, limit: u32) -> Self {
        Self { store, filter, limit, position: Position::START, events: Vec::new() }
    }

    /// Reads one page and goes on from where it says. Whether there was nothing more to read.
    pub(crate) async fn step(&mut self) -> bool {
        let read = Read::all().after(self.position).limit(self.limit).filter(self.filter.clone());
        let page = self.store.read(read).await.expect("a reader within the log can read");

        assert!(page.events.len() <= self.limit as usize, "{} events", page.events.len());
        assert!(page.position >= self.position, "a page must not lead back: {}", page.position);
        let mut last = self.position;
        for event in &page.events {
            let position = event.position;
            assert!(
                position > last,
                "event at {position} appeared at or below {last}, already read"
            );
            assert!(self.filter.matches(event), "{event:?} does not pass {:?}", self.filter);
            last = position;
        }
        assert!(page.position >= last, "the page stops at {} before its own event", page.position);

        self.position = page.position;
        self.events.extend(page.events);
        page.caught_up
    }

    /// Reads on until it has come to `target`.
    pub(crate) async fn read_up_to(&mut self, target: Position) {
        let mut patience = Patience::new();
        while self.position < target {
            let before = self.position;
            let caught_up = self.step().await;
            if self.position < target && (caught_up || self.position == before) {
                patience.pause(&format!("the log can be read up to {target}")).await;
            }
        }
    }
}
