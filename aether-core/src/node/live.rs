//! Handlers that see events as they are stored, on every node.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::backend::panic_text;
use crate::engine::Engine;
use crate::envelope::RecordedEvent;
use crate::error::{BoxError, Error, Result};
use crate::projection::{Decoded, Handler, Undecoded};
use crate::store::EventStore;
use crate::subscription::Subscription;

/// The pause after the store could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// A handler without checkpoint.
pub(super) struct LivePart {
    log: Arc<dyn EventStore>,
    handler: Handler<()>,
}

impl LivePart {
    pub(super) fn new(engine: &Engine, handler: Handler<()>) -> Self {
        Self { log: engine.store().clone(), handler }
    }

    /// Looks whether the handler can be given the events it listens to.
    pub(super) fn check(&self) -> Result<()> {
        self.handler.check()
    }

    /// Shows the handler what is stored from now on, until it is told to stop.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        let name = self.handler.name();
        loop {
            let following = AssertUnwindSafe(self.follow()).catch_unwind();
            match stop.run_until_cancelled(following).await {
                None | Some(Ok(Err(Error::Closed))) => return,
                Some(Ok(Err(error))) => {
                    tracing::warn!(handler = name, %error, "live events missed; it continues at the end");
                }
                Some(Ok(Ok(never))) => match never {},
                Some(Err(panic)) => {
                    let panic = panic_text(panic.as_ref());
                    tracing::error!(
                        handler = name,
                        panic,
                        "a live handler panicked; it continues at the end"
                    );
                }
            }
            if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                return;
            }
        }
    }

    async fn follow(&self) -> Result<std::convert::Infallible> {
        let end = self.log.end().await?;
        let mut subscription =
            Subscription::of(self.log.clone()).after(end).filter(self.handler.filter()).start();
        loop {
            let batch = subscription.next_batch().await?;
            if batch.events.is_empty() {
                continue;
            }
            self.show(&batch.events).await;
        }
    }

    /// Shows a batch; an event that cannot be decoded is logged and left out.
    async fn show(&self, events: &[RecordedEvent]) {
        let mut rest = events;
        while !rest.is_empty() {
            match self.handler.decode(rest) {
                Ok(decoded) => {
                    self.show_decoded(&decoded, rest.len()).await;
                    return;
                }
                Err(Undecoded { place, error }) => {
                    let (before, after) = rest.split_at(place);
                    if let Ok(decoded) = self.handler.decode(before) {
                        self.show_decoded(&decoded, before.len()).await;
                    }
                    self.failed(&BoxError::from(*error), "a live event cannot be decoded");
                    rest = after.get(1..).unwrap_or_default();
                }
            }
        }
    }

    async fn show_decoded(&self, decoded: &Decoded<()>, events: usize) {
        match decoded.project(&mut (), Duration::MAX).await {
            Ok(()) => {
                let handler = self.handler.name();
                crate::meter::counter!("event_handler_processed_total", "handler" => handler)
                    .increment(events as u64);
                decoded.tell().await;
            }
            Err(error) => self.failed(&error, "a batch of live events was not handled"),
        }
    }

    fn failed(&self, error: &BoxError, what: &'static str) {
        let handler = self.handler.name();
        crate::meter::counter!("event_handler_failed_total", "handler" => handler).increment(1);
        tracing::warn!(handler, %error, what);
    }
}
