//! A source of truth that can be held, changed and broken.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aether_realtime::cache::Sourced;
use futures::future::BoxFuture;
use tokio::sync::watch;

/// The source was told to fail.
#[derive(Debug, thiserror::Error)]
#[error("the source is broken")]
pub struct SourceFailed;

/// One row of a source of truth. Cloning gives another handle on it.
#[derive(Clone)]
pub struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    loads: AtomicU64,
    state: Mutex<State>,
}

struct State {
    row: Sourced<String>,
    broken: bool,
    gate: Option<watch::Receiver<bool>>,
}

/// Holds the loads that began while it was closed. They have read the row already.
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// Lets them go on.
    pub fn open(self) {
        self.0.send_replace(true);
    }
}

impl Source {
    /// A row with this text, of no known version.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::with(Sourced::found(text.to_owned()))
    }

    /// A row.
    #[must_use]
    pub fn with(row: Sourced<String>) -> Self {
        let state = State { row, broken: false, gate: None };
        Self { inner: Arc::new(Inner { loads: AtomicU64::new(0), state: Mutex::new(state) }) }
    }

    /// Changes the row.
    pub fn set(&self, row: Sourced<String>) {
        self.state().row = row;
    }

    /// Changes the row's text; its version is not known.
    pub fn say(&self, text: &str) {
        self.set(Sourced::found(text.to_owned()));
    }

    /// Lets loads fail, or not.
    pub fn broken(&self, broken: bool) {
        self.state().broken = broken;
    }

    /// Holds the loads that begin from now on, after they have read the row.
    #[must_use]
    pub fn hold(&self) -> Gate {
        let (gate, receiver) = watch::channel(false);
        self.state().gate = Some(receiver);
        Gate(gate)
    }

    /// Holds the loads that begin from now on no more. Those that are held stay so.
    pub fn pass(&self) {
        self.state().gate = None;
    }

    /// How many loads have begun.
    #[must_use]
    pub fn loads(&self) -> u64 {
        self.inner.loads.load(Ordering::SeqCst)
    }

    /// A load, to be handed to a fetch.
    pub fn load(
        &self,
    ) -> impl FnOnce() -> BoxFuture<'static, Result<Sourced<String>, SourceFailed>> + Send + 'static
    {
        let source = self.clone();
        move || {
            Box::pin(async move {
                let (row, broken, gate) = {
                    let state = source.state();
                    (state.row.clone(), state.broken, state.gate.clone())
                };
                source.inner.loads.fetch_add(1, Ordering::SeqCst);
                if let Some(mut gate) = gate {
                    // a gate that is gone is open
                    drop(gate.wait_for(|open| *open).await);
                }
                if broken { Err(SourceFailed) } else { Ok(row) }
            })
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
