//! Projections and process managers with settings of those who run them.

use crate::error::BoxError;
use crate::event::Recorded;
use crate::store::Filter;

use super::{Projection, ProjectionSettings};

/// A [`Projection`] or a [`ProcessManager`](crate::ProcessManager) with other settings than its own, or another name before. Made by
/// [`Projection::with`], [`Projection::renamed_from`] and [`ProcessManager::with`](crate::ProcessManager::with).
#[derive(Debug, Clone)]
pub struct Configured<T, S> {
    inner: T,
    settings: S,
}

impl<T, S> Configured<T, S> {
    pub(crate) const fn new(inner: T, settings: S) -> Self {
        Self { inner, settings }
    }

    pub(crate) const fn theirs(&self) -> &S {
        &self.settings
    }

    /// The projection or process manager itself.
    pub const fn inner(&self) -> &T {
        &self.inner
    }
}

/// What is said of a projection in place of itself.
pub trait Said: Clone + Send + Sync + 'static {
    /// Its settings, if they are said.
    fn settings(&self) -> Option<ProjectionSettings> {
        None
    }

    /// The name it had before, if that is said.
    fn formerly(&self) -> Option<&'static str> {
        None
    }
}

impl Said for ProjectionSettings {
    fn settings(&self) -> Option<ProjectionSettings> {
        Some(self.clone())
    }
}

impl Said for &'static str {
    fn formerly(&self) -> Option<&'static str> {
        Some(*self)
    }
}

impl<Tx: Send, P: Projection<Tx>, S: Said> Projection<Tx> for Configured<P, S> {
    type Events = P::Events;

    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn filter(&self) -> Filter {
        self.inner.filter()
    }

    fn settings(&self) -> ProjectionSettings {
        self.settings.settings().unwrap_or_else(|| self.inner.settings())
    }

    fn tables(&self) -> &'static [&'static str] {
        self.inner.tables()
    }

    fn formerly(&self) -> Option<&'static str> {
        self.settings.formerly().or_else(|| self.inner.formerly())
    }

    async fn project(&self, events: &[Recorded<P::Events>], tx: &mut Tx) -> Result<(), BoxError> {
        self.inner.project(events, tx).await
    }

    async fn committed(&self, events: &[Recorded<P::Events>]) {
        self.inner.committed(events).await;
    }
}
