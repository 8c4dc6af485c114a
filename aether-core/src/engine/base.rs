//! What a command is decided on, and whether a refusal that rests on it counts.

use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{Kept, Loaded};
use crate::error::{Error, ExecuteError, Result};
use crate::ids::{AggregateId, Version};

use super::line::{Place, Point, Turn};
use super::{Current, Engine};

/// The state that a command is decided on.
pub(super) struct Base<A> {
    pub(super) loaded: Arc<Loaded<A>>,
    pub(super) point: Arc<Point>,
    /// Whether it was loaded for this very command.
    pub(super) is_fresh: bool,
}

/// Why a command has not been carried out yet.
pub(super) enum Setback<E> {
    /// What it rested on was not stored: it is decided again at once.
    TakenBack,
    /// What it waited for does not move: it goes on apart from its line.
    Stuck,
    /// An error, which may be a conflict with another process.
    Failed(ExecuteError<E>),
}

impl<E> From<Error> for Setback<E> {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<E> From<ExecuteError<E>> for Setback<E> {
    fn from(error: ExecuteError<E>) -> Self {
        Self::Failed(error)
    }
}

impl Point {
    /// Waits until this state is stored.
    pub(super) async fn reach<E>(&self, place: &Place<'_>) -> Result<(), Setback<E>> {
        match self.is_stored(place).await {
            Some(true) => Ok(()),
            Some(false) => Err(Setback::TakenBack),
            None => Err(Setback::Stuck),
        }
    }
}

impl Engine {
    /// What the command that has the turn is decided on.
    pub(super) async fn base<A: Aggregate>(
        &self,
        turn: &Turn<'_>,
        id: AggregateId,
    ) -> Result<Base<A>> {
        let incarnation = self.inner.store.incarnation();
        if let Some(point) = turn.newest(incarnation)
            && let Some(loaded) = point.kept.loaded()
        {
            return Ok(Base { loaded, point, is_fresh: false });
        }
        let Current { loaded, cached } = self.current::<A>(id).await?;
        let point = turn.stand_on(Kept::new(loaded.clone(), incarnation));
        Ok(Base { loaded, point, is_fresh: !cached })
    }

    /// The version that the store has instead of a state that is stored, `None` if that was its newest one at a moment
    /// since the command arrived: only then a refusal counts, or having nothing to do.
    ///
    /// One round trip that usually finds the state's last event, and none after it; none at all if an append that was
    /// decided on the state is stored.
    pub(super) async fn instead_of<A: Aggregate>(
        &self,
        base: &Base<A>,
        place: &Place<'_>,
        id: AggregateId,
    ) -> Result<Option<Version>> {
        let look = async {
            let known = &base.loaded;
            let fresh = self.refresh::<A>(id, known.clone()).await?;
            let is_newest = (fresh.version, fresh.last_event) == (known.version, known.last_event);
            Ok((!is_newest).then_some(fresh.version))
        };
        let found = replaced(&base.point, base.is_fresh, place, look).await?;
        if found.is_some() {
            place.forget(&base.point);
        }
        Ok(found)
    }
}

/// What `look` finds the store to have instead of a state, if that was not its newest one since the command arrived. `look`
/// is asked only where nothing else tells.
pub(super) async fn replaced(
    point: &Arc<Point>,
    is_fresh: bool,
    place: &Place<'_>,
    look: impl Future<Output = Result<Option<Version>>>,
) -> Result<Option<Version>> {
    if is_fresh || point.was_followed(place).await {
        return Ok(None);
    }
    let Some(found) = look.await? else { return Ok(None) };
    // what came after it may have been decided on it meanwhile
    let was_newest = point.was_followed(place).await;
    Ok((!was_newest).then_some(found))
}
