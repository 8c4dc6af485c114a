//! Tasks beside a client: what becomes of its connections, and whether Redis is back.

use std::sync::{Arc, Weak};

use aether_core::backend::jittered;
use aether_core::time::SystemRandom;
use fred::interfaces::{ClientLike as _, EventInterface as _};

use super::Inner;
use crate::error::Error;

impl Inner {
    /// Counts connections as they come and go. A connection that came back calls for a probe.
    pub(super) fn watch_connections(self: &Arc<Self>) {
        for client in self.pool.clients() {
            let (mut reconnects, mut errors) = (client.reconnect_rx(), client.error_rx());
            let weak = Arc::downgrade(self);
            let mut known = client.is_connected();
            self.runtime.spawn(async move {
                use tokio::sync::broadcast::error::RecvError::Closed;
                loop {
                    let came = tokio::select! {
                        came = reconnects.recv() => match came { Err(Closed) => return, _ => true },
                        gone = errors.recv() => match gone { Err(Closed) => return, _ => false },
                    };
                    let Some(inner) = weak.upgrade() else { return };
                    if came {
                        if known {
                            inner.meters.reconnected();
                        }
                        known = true;
                        inner.came_back.notify_waiters();
                    }
                    inner.meters.connections(inner.standing());
                }
            });
        }
        self.meters.connections(self.standing());
    }

    /// How many clients of the pool are connected.
    pub(super) fn standing(&self) -> usize {
        self.pool.clients().iter().filter(|client| client.is_connected()).count()
    }

    /// A call found Redis silent.
    pub(super) fn failed(self: &Arc<Self>) {
        if self.breaker.failed() {
            tracing::warn!("redis does not answer; calls are refused until it does");
            self.breaker.wait(self.breaker.limits().pause);
            self.runtime.spawn(probe(Arc::downgrade(self)));
        }
    }
}

/// Asks for a sign of life after each pause, or as soon as a connection came back, until there is one.
async fn probe(client: Weak<Inner>) {
    loop {
        let Some(inner) = client.upgrade() else { return };
        let pause = jittered(inner.breaker.limits().pause, &SystemRandom);
        inner.breaker.wait(pause);
        let came_back = Arc::clone(&inner.came_back);
        drop(inner);
        // a client that is dropped meanwhile is not kept alive
        let _: Result<(), _> = tokio::time::timeout(pause, came_back.notified()).await;
        let Some(inner) = client.upgrade() else { return };
        let connection = inner.pool.next_connected();
        if !connection.is_connected() {
            continue;
        }
        inner.breaker.probing();
        let answer = connection.with_options(&inner.options()).ping::<()>(None).await;
        let answer = answer.map_err(|error| Error::of(error, inner.settings.command_timeout));
        // a user that may not ask is answered, too
        if matches!(answer, Ok(()) | Err(Error::Denied { .. })) {
            inner.breaker.close();
            tracing::info!("redis answers again");
            return;
        }
    }
}
