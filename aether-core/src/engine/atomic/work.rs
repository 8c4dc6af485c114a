//! A unit while it is being decided.

use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{Kept, Key, Loaded, key};
use crate::append::Append;
use crate::context::Context;
use crate::envelope::NewEvent;
use crate::error::{Error, Rejection, Result};
use crate::facts::Facts;
use crate::ids::{AggregateId, EventId, ExpectedVersion, StreamId, Version};

use super::super::base::{Base, Setback, replaced};
use super::super::line::{Fate, Link, Place, Point, Turn};
use super::super::{Engine, from_its_last_event, later};

/// The unit while it is being decided.
pub(super) struct Work<'a> {
    pub(super) engine: &'a Engine,
    /// At each of its aggregates.
    pub(super) turns: Vec<Turn<'a>>,
    pub(super) facts: &'a mut Facts,
    pub(super) aggregates: Vec<Touched>,
}

/// An aggregate the unit has loaded, its state so far, and the events it will get.
pub(super) struct Touched {
    pub(super) key: Key,
    pub(super) stream: StreamId,
    pub(super) before: Version,
    /// The last of the events before.
    last_event: Option<EventId>,
    /// What is decided on.
    base: Arc<Point>,
    /// Whether it was loaded for this unit.
    is_fresh: bool,
    pub(super) events: Vec<NewEvent>,
    /// The state so far.
    pub(super) kept: Kept,
    /// Takes a snapshot if one is due.
    pub(super) snapshot: fn(&Self, &Engine),
}

impl std::fmt::Debug for Touched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Touched").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Touched {
    /// Its unit's place in its line.
    fn place<'p, 'e>(&self, places: &'p [Place<'e>]) -> Result<&'p Place<'e>> {
        places.iter().find(|place| place.key() == self.key).ok_or(Error::Closed)
    }

    /// As [`Engine::instead_of`].
    pub(super) async fn instead(
        &self,
        engine: &Engine,
        places: &[Place<'_>],
    ) -> Result<Option<Version>> {
        let place = self.place(places)?;
        let look = async {
            let load = from_its_last_event(self.stream.clone(), self.before);
            let history = engine.whole_history(load).await?;
            let later = later(&history, self.before, self.last_event);
            let newest = history.events.last().map_or(Version::ZERO, |last| last.version);
            Ok((!later.is_some_and(<[_]>::is_empty)).then_some(newest))
        };
        let found = replaced(&self.base, self.is_fresh, place, look).await?;
        if found.is_some() {
            engine.inner.cache.evict(self.key);
            place.forget(&self.base);
        }
        Ok(found)
    }
}

/// Waits until all that a unit rests on is stored.
pub(super) async fn reach_all(
    aggregates: &[Touched],
    places: &[Place<'_>],
) -> Result<(), Setback<Rejection>> {
    for touched in aggregates {
        touched.base.reach(touched.place(places)?).await?;
    }
    Ok(())
}

impl Work<'_> {
    pub(super) async fn open<A: Aggregate>(
        &mut self,
        id: AggregateId,
    ) -> Result<(usize, Arc<Loaded<A>>)> {
        let key = key::<A>(id);
        let known = self.aggregates.iter().position(|touched| touched.key == key);
        if let Some(index) = known
            && let Some(loaded) = self.aggregates[index].kept.loaded()
        {
            return Ok((index, loaded));
        }
        let Some(turn) = self.turns.iter().find(|turn| turn.key() == key) else {
            return Err(Error::Closed);
        };
        let Base { loaded, point, is_fresh } = self.engine.base::<A>(turn, id).await?;
        self.aggregates.push(Touched {
            key,
            stream: A::stream(id),
            before: loaded.version,
            last_event: loaded.last_event,
            kept: point.kept.clone(),
            base: point,
            is_fresh,
            events: Vec::new(),
            snapshot: snapshot::<A>,
        });
        Ok((self.aggregates.len() - 1, loaded))
    }

    pub(super) fn has_no_events(&self) -> bool {
        self.aggregates.iter().all(|touched| touched.events.is_empty())
    }

    /// What is to be stored, and what it is to the line of each aggregate.
    pub(super) fn append(&mut self, context: &Context, fate: &Arc<Fate>) -> (Append, Vec<Link>) {
        let mut append = Append::default();
        let mut links = Vec::new();
        for touched in &mut self.aggregates {
            if let Some(turn) = self.turns.iter().find(|turn| turn.key() == touched.key) {
                let ahead = (!touched.events.is_empty()).then(|| touched.kept.clone());
                links.push(turn.link(&touched.base, fate, ahead));
            }
            let expected = ExpectedVersion::head(touched.before, touched.last_event);
            let events = std::mem::take(&mut touched.events);
            append = append.and(touched.stream.clone(), expected, events);
        }
        (append.under(context), links)
    }
}

fn snapshot<A: Aggregate>(touched: &Touched, engine: &Engine) {
    if let Some(loaded) = touched.kept.loaded::<A>() {
        engine.snapshot_if_due(touched.stream.aggregate_id, touched.before, &loaded);
    }
}
