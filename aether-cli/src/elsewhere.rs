//! Projections whose read model is not in the database of the store, to be looked at and ordered about like others.

use aether_core::{
    EventStore as _, Filter, LetterState, Position, Read, ReadModels, RecordedEvent, Remedy,
};
use aether_postgres::{Error as PgError, Letters, ParkedEvent, PgStore, ProjectionLag};
use async_trait::async_trait;

use crate::error::Error;
use crate::host::Host;

/// One of them, wherever it is.
#[async_trait]
pub(crate) trait Elsewhere: Send + Sync {
    fn name(&self) -> &str;

    async fn lags(&self, store: &PgStore) -> Result<Vec<ProjectionLag>, Error>;

    /// Whether that changed anything.
    async fn set_paused(&self, paused: bool) -> Result<bool, Error>;

    /// Fails if a node still runs it.
    async fn forget(&self, store: &PgStore) -> Result<(), Error>;

    /// By position.
    async fn letters(&self) -> Result<Vec<ParkedEvent>, Error>;

    /// `false`: there is no failed letter.
    async fn order(&self, position: Position, order: Remedy) -> Result<bool, Error>;
}

pub(crate) struct InModels<R> {
    pub(crate) models: R,
    pub(crate) name: &'static str,
    pub(crate) filter: Filter,
}

#[async_trait]
impl<R: ReadModels> Elsewhere for InModels<R> {
    fn name(&self) -> &str {
        self.name
    }

    async fn lags(&self, store: &PgStore) -> Result<Vec<ProjectionLag>, Error> {
        Ok(store.projection_in(&self.models, self.name, &self.filter).await?)
    }

    async fn set_paused(&self, paused: bool) -> Result<bool, Error> {
        let Some(before) = self.models.stored(self.name).await? else {
            return Err(Error::Request(format!("no node has run {} yet", self.name)));
        };
        self.models.pause(self.name, paused).await?;
        Ok(before.paused != paused)
    }

    async fn forget(&self, store: &PgStore) -> Result<(), Error> {
        Ok(store.forget_projection_in(&self.models, self.name).await?)
    }

    async fn letters(&self) -> Result<Vec<ParkedEvent>, Error> {
        let letters = self.models.letters(self.name, None).await?;
        let parked = |letter| ParkedEvent { projection: self.name.to_owned(), letter };
        Ok(letters.into_iter().map(parked).collect())
    }

    async fn order(&self, position: Position, order: Remedy) -> Result<bool, Error> {
        Ok(self.models.remedy(self.name, position, order).await?)
    }
}

/// What the commands ask and order of projections, here and elsewhere.
impl Host {
    pub(crate) fn elsewhere(&self, projection: &str) -> Option<&dyn Elsewhere> {
        let found = self.elsewhere.iter().find(|it| it.name() == projection);
        found.map(|it| it.as_ref())
    }

    /// Those that are elsewhere, among others.
    pub(crate) async fn with_elsewhere(
        &self,
        mut lags: Vec<ProjectionLag>,
    ) -> Result<Vec<ProjectionLag>, Error> {
        for projection in &self.elsewhere {
            lags.extend(projection.lags(&self.store).await?);
        }
        lags.sort_by(|a, b| (&a.projection, a.shard).cmp(&(&b.projection, b.shard)));
        Ok(lags)
    }

    pub(crate) async fn lags(&self) -> Result<Vec<ProjectionLag>, Error> {
        self.with_elsewhere(self.store.projections().await?).await
    }

    pub(crate) async fn set_paused(&self, projection: &str, paused: bool) -> Result<bool, Error> {
        match self.elsewhere(projection) {
            Some(elsewhere) => elsewhere.set_paused(paused).await,
            None => Ok(self.store.set_paused(projection, paused).await?),
        }
    }

    pub(crate) async fn dead_letters(&self, wanted: &Letters) -> Result<Vec<ParkedEvent>, Error> {
        let mut letters = self.store.dead_letters(wanted).await?;
        for elsewhere in &self.elsewhere {
            if wanted.projection.as_ref().is_none_or(|name| name == elsewhere.name()) {
                letters.extend(elsewhere.letters().await?);
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

    pub(crate) async fn dead_letter(
        &self,
        projection: &str,
        position: Position,
    ) -> Result<(ParkedEvent, RecordedEvent), Error> {
        let Some(elsewhere) = self.elsewhere(projection) else {
            return Ok(self.store.dead_letter(projection, position).await?);
        };
        let letter = letter_at(elsewhere, position).await?;
        let before = Position::new(position.get().saturating_sub(1));
        let read = Read::all().after(before).until(position).limit(1);
        let event = self.store.read(read).await?.events.pop();
        match event.filter(|event| event.event_id == letter.letter.event_id) {
            Some(event) => Ok((letter, event)),
            None => {
                Err(Error::Request(format!("the event at {position} is not in the log any more")))
            }
        }
    }

    pub(crate) async fn order_dead_letter(
        &self,
        projection: &str,
        position: Position,
        order: Remedy,
    ) -> Result<ParkedEvent, Error> {
        let Some(elsewhere) = self.elsewhere(projection) else {
            return Ok(self.store.order_dead_letter(projection, position, order).await?);
        };
        let mut letter = letter_at(elsewhere, position).await?;
        if elsewhere.order(position, order).await? {
            letter.letter.state = order.ordered();
            return Ok(letter);
        }
        let reason = match letter.letter.state {
            LetterState::Waiting => "it waits behind one that has failed; deal with that one",
            LetterState::Skipped => "it was left out already",
            _ => "an order is being carried out",
        };
        let (projection, reason) = (projection.to_owned(), reason.to_owned());
        Err(PgError::Letter { projection, position, reason }.into())
    }

    /// How many there were.
    pub(crate) async fn order_dead_letters(
        &self,
        projection: &str,
        order: Remedy,
    ) -> Result<u64, Error> {
        let Some(elsewhere) = self.elsewhere(projection) else {
            return Ok(self.store.order_dead_letters(projection, order).await?);
        };
        let mut ordered = 0;
        for letter in elsewhere.letters().await? {
            let failed = letter.letter.state == LetterState::Failed;
            if failed && elsewhere.order(letter.letter.position, order).await? {
                ordered += 1;
            }
        }
        Ok(ordered)
    }
}

async fn letter_at(elsewhere: &dyn Elsewhere, position: Position) -> Result<ParkedEvent, Error> {
    let letters = elsewhere.letters().await?;
    letters.into_iter().find(|it| it.letter.position == position).ok_or_else(|| {
        let what = format!("a dead letter at {position} of projection {:?}", elsewhere.name());
        let hint = "it may have been dealt with already".to_owned();
        PgError::NotFound { what, hint }.into()
    })
}
