//! Whether inline projections have seen the past: only then their rows, and constraints on them, speak of all events.

use aether_core::Position;
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::projection::Handler;
use sqlx::Row as _;

use crate::error::{Error, read_error};
use crate::store::PgStore;
use crate::tx::PgTx;

const ADMITTED: &str = "SELECT FROM aether_inline_projections WHERE projection = $1";

const RENAME: &str = "UPDATE aether_inline_projections SET projection = $1 WHERE projection = $2";

const ADMIT: &str =
    "INSERT INTO aether_inline_projections (projection) VALUES ($1) ON CONFLICT DO NOTHING";

impl PgStore {
    /// Admits the inline projections that have seen every event they listen to, or are said to start empty. One that was
    /// admitted once has seen all since.
    ///
    /// # Errors
    ///
    /// [`InlineIncomplete`](aether_core::Error::InlineIncomplete) for the first that has not.
    pub(crate) async fn admit_inline(&self) -> Result<(), Error> {
        for projection in self.inline_projections() {
            if !self.is_admitted(projection).await? {
                self.check_past(projection).await?;
                let mut tx = self.begin().await?;
                self.mode().query(ADMIT).bind(projection.name()).execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn is_admitted(&self, projection: &Handler<PgTx>) -> Result<bool, Error> {
        let mut tx = self.begin().await?;
        let admitted = self.mode().query(ADMITTED).bind(projection.name());
        if admitted.fetch_optional(&mut *tx).await?.is_some() {
            return Ok(true);
        }
        let Some(old) = projection.formerly() else { return Ok(false) };
        let renamed = self.mode().query(RENAME).bind(projection.name()).bind(old);
        let renamed = renamed.execute(&mut *tx).await?.rows_affected() > 0;
        tx.commit().await?;
        Ok(renamed)
    }

    /// Fails if there is an event that it listens to and has not seen.
    async fn check_past(&self, projection: &Handler<PgTx>) -> Result<(), Error> {
        if projection.settings().starts_empty {
            return Ok(());
        }
        let query = self.mode().query(include_str!("../sql/inline_seen.sql"));
        let row = query.bind(projection.name()).fetch_optional(&mut *self.begin().await?).await?;
        let seen = row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?.flatten();
        let seen = Position::new(seen.unwrap_or(0).cast_unsigned());
        let read = Read::all().after(seen).filter(projection.filter()).limit(1);
        match self.read(read).await?.events.first() {
            None => Ok(()),
            Some(event) => {
                let projection = projection.name().to_owned();
                let position = event.position;
                Err(aether_core::Error::InlineIncomplete { projection, position }.into())
            }
        }
    }
}

/// The port's error for an append that met one of these.
pub(crate) fn refused(error: Error) -> aether_core::Error {
    match error {
        Error::Store(error) => error,
        Error::Database(error) => read_error(error),
        error => aether_core::Error::Backend { source: error.into() },
    }
}
