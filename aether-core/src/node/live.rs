//! Handlers that see events as they are stored, on every node.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::projection::{Projection, panic_text, tell};
use crate::store::EventStore;
use crate::subscription::Subscription;

/// The pause after the store could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// A handler without checkpoint.
pub(super) struct LivePart {
    log: Arc<dyn EventStore>,
    handler: Arc<dyn Projection<()>>,
}

impl LivePart {
    pub(super) fn new(engine: &Engine, handler: Arc<dyn Projection<()>>) -> Self {
        Self { log: engine.store().clone(), handler }
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
        let name = self.handler.name();
        let end = self.log.end().await?;
        let mut subscription = Subscription::builder(self.log.clone())
            .after(end)
            .filter(self.handler.filter())
            .start();
        loop {
            let batch = subscription.next_batch().await?;
            if batch.events.is_empty() {
                continue;
            }
            let mut tx = ();
            let handling = AssertUnwindSafe(self.handler.project(&batch.events, &mut tx));
            let error = match handling.catch_unwind().await {
                Ok(Ok(())) => {
                    let count = batch.events.len() as u64;
                    metrics::counter!("event_handler_processed_total", "handler" => name)
                        .increment(count);
                    tell(self.handler.as_ref(), &batch.events).await;
                    continue;
                }
                Ok(Err(error)) => error,
                Err(panic) => panic_text(panic.as_ref()).into(),
            };
            metrics::counter!("event_handler_failed_total", "handler" => name).increment(1);
            tracing::warn!(handler = name, %error, "a batch of live events was not handled");
        }
    }
}
