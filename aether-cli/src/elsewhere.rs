//! What the commands ask and order of projections: in the database of the store, and elsewhere.

use std::sync::Arc;

use aether_core::backend::{Checkpoints, EventStore as _, Order};
use aether_core::log::Read;
use aether_core::projection::{DeadLetter, LetterState, Remedy};
use aether_core::{Position, RecordedEvent};
use aether_postgres::{Letters, ParkedEvent, ProjectionLag};

use crate::error::Error;
use crate::host::Host;

impl Host {
    /// Where the checkpoints of a projection are kept.
    pub(crate) async fn checkpoints(
        &self,
        projection: &str,
    ) -> Result<Arc<dyn Checkpoints>, Error> {
        let mut elsewhere = self.elsewhere().await?.iter();
        Ok(match elsewhere.find(|it| it.name() == projection) {
            Some(elsewhere) => elsewhere.checkpoints(),
            None => Arc::new(self.store.read_models()),
        })
    }

    pub(crate) async fn is_elsewhere(&self, projection: &str) -> Result<bool, Error> {
        Ok(self.elsewhere().await?.iter().any(|it| it.name() == projection))
    }

    /// Those that are elsewhere, among others.
    pub(crate) async fn with_elsewhere(
        &self,
        mut lags: Vec<ProjectionLag>,
    ) -> Result<Vec<ProjectionLag>, Error> {
        for projection in self.elsewhere().await? {
            let (name, filter) = (projection.name(), projection.filter());
            let checkpoints = projection.checkpoints();
            lags.extend(self.store.projection_in(checkpoints.as_ref(), name, &filter).await?);
        }
        lags.sort_by(|a, b| (&a.projection, a.shard).cmp(&(&b.projection, b.shard)));
        Ok(lags)
    }

    /// All shards of all projections, how far each is, and who runs it: also of those whose read model is elsewhere. A statement, and one
    /// for each of those elsewhere.
    ///
    /// # Errors
    ///
    /// Those of the store; a retry helps where [`Error::is_transient`] says so.
    pub async fn lags(&self) -> Result<Vec<ProjectionLag>, Error> {
        self.with_elsewhere(self.store.projections().await?).await
    }

    /// Has a projection stop where it is, or continue; its nodes obey with their next heartbeat. Whether that changed anything.
    ///
    /// # Errors
    ///
    /// [`Error::Request`]: no node has run it. Those of the store; a retry helps where [`Error::is_transient`] says so.
    pub async fn set_paused(&self, projection: &str, paused: bool) -> Result<bool, Error> {
        let checkpoints = self.checkpoints(projection).await?;
        if checkpoints.stored(projection).await?.is_none() {
            return Err(self.never_run(projection).await?);
        }
        let order = if paused { Order::Pause } else { Order::Resume };
        Ok(checkpoints.order(projection, order).await? > 0)
    }

    /// The error that names the projections that were run.
    async fn never_run(&self, projection: &str) -> Result<Error, Error> {
        if self.is_elsewhere(projection).await? {
            return Ok(Error::Request(format!("no node has run {projection} yet")));
        }
        let lags = self.lags().await?;
        let mut names: Vec<&str> = lags.iter().map(|lag| lag.projection.as_str()).collect();
        names.dedup();
        let hint = match names.is_empty() {
            true => "no node has run one yet".to_owned(),
            false => format!("there are: {}", names.join(", ")),
        };
        Ok(Error::Request(format!("projection {projection:?} is not there; {hint}")))
    }

    /// The events that projections could not handle, by projection and position.
    ///
    /// # Errors
    ///
    /// Those of the store; a retry helps where [`Error::is_transient`] says so.
    pub async fn dead_letters(&self, wanted: &Letters) -> Result<Vec<ParkedEvent>, Error> {
        let mut letters = self.store.dead_letters(wanted).await?;
        for projection in self.elsewhere().await? {
            let name = projection.name();
            if wanted.projection.as_ref().is_none_or(|wanted| wanted == name) {
                let there = projection.checkpoints().letters(name, None).await?;
                let parked = there.into_iter().map(|letter| ParkedEvent::new(name, letter));
                letters.extend(parked);
            }
        }
        let states = &wanted.states;
        letters.retain(|it| states.is_empty() || states.contains(&it.letter.state));
        letters.sort_by(|a, b| {
            (&a.projection, a.letter.position).cmp(&(&b.projection, b.letter.position))
        });
        letters.truncate(wanted.limit as usize);
        Ok(letters)
    }

    /// A dead letter, and its event.
    pub(crate) async fn dead_letter(
        &self,
        projection: &str,
        position: Position,
    ) -> Result<(ParkedEvent, RecordedEvent), Error> {
        let letters = self.checkpoints(projection).await?.letters(projection, None).await?;
        let letter = letter_at(&letters, projection, position)?.clone();
        let before = Position::new(position.get().saturating_sub(1));
        let read = Read::all().after(before).until(position).limit(1);
        let event = self.store.read(read).await?.events.pop();
        match event.filter(|event| event.event_id == letter.event_id) {
            Some(event) => Ok((ParkedEvent::new(projection, letter), event)),
            None => {
                Err(Error::Request(format!("the event at {position} is not in the log any more")))
            }
        }
    }

    /// Has a failed event handled again, or left out; the nodes of the projection carry it out. The letter as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::Request`]: it is not there, waits for an earlier one, or was dealt with. Those of the store; a retry helps where
    /// [`Error::is_transient`] says so.
    pub async fn order_dead_letter(
        &self,
        projection: &str,
        position: Position,
        remedy: Remedy,
    ) -> Result<ParkedEvent, Error> {
        let checkpoints = self.checkpoints(projection).await?;
        let letters = checkpoints.letters(projection, None).await?;
        let mut letter = letter_at(&letters, projection, position)?.clone();
        if checkpoints.order(projection, Order::Letter(position, remedy)).await? > 0 {
            letter.state = remedy.ordered();
            return Ok(ParkedEvent::new(projection, letter));
        }
        let reason = match letter.state {
            LetterState::Skipped => "it was left out already".to_owned(),
            LetterState::Waiting => {
                let mut before = letters.iter().filter(|it| it.stream == letter.stream);
                let first = before.find(|it| it.state.can_be_ordered());
                let first =
                    first.map_or_else(|| "an earlier one".into(), |it| it.position.to_string());
                format!("it waits behind {first}; deal with that one")
            }
            _ => "it has just been dealt with".to_owned(),
        };
        Err(Error::Request(format!(
            "the dead letter at {position} of {projection:?} cannot be retried or skipped: {reason}"
        )))
    }
}

fn letter_at<'a>(
    letters: &'a [DeadLetter],
    projection: &str,
    position: Position,
) -> Result<&'a DeadLetter, Error> {
    letters.iter().find(|it| it.position == position).ok_or_else(|| {
        Error::Request(format!(
            "a dead letter at {position} of projection {projection:?} is not there; it may have been dealt with already"
        ))
    })
}
