//! How a read model notices that the log is not the one it was built from.

use futures::try_join;

use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{Anchor, Position};
use crate::store::{EventStore, Read};

impl Anchor {
    /// Fails if the log is not the one that this anchor of a checkpoint was found in; with a transient error as long as
    /// it cannot be read to the checkpoint.
    pub(super) async fn check(
        self,
        log: &dyn EventStore,
        projection: &str,
        checkpoint: Position,
    ) -> Result<()> {
        // first: whatever cannot be read yet would be missed below
        if log.end().await? < checkpoint {
            // past the end of the log; or else only past an append that is still running
            log.read(Read::all().after(checkpoint).limit(1)).await?;
            let source = format!("the log cannot be read to {checkpoint} yet").into();
            return Err(Error::Unavailable { source });
        }
        self.confirm(log, projection, checkpoint).await
    }

    /// The anchor of the next checkpoint, that the log was read to. Fails if what was read is from another log than the
    /// one before. `last` is the last event that was read, if any was.
    pub(super) async fn next(
        log: &dyn EventStore,
        projection: &str,
        before: (Position, Option<Self>),
        checkpoint: Position,
        last: Option<&RecordedEvent>,
    ) -> Result<Option<Self>> {
        let last = last.map(RecordedEvent::anchor);
        let confirmed = async {
            match before {
                (position, Some(anchor)) => anchor.confirm(log, projection, position).await,
                (_, None) => Ok(()),
            }
        };
        let found = async {
            match last {
                Some(last) if last.position == checkpoint => Ok(Some(last)),
                Some(last) => {
                    let newest = log.newest(checkpoint);
                    let (newest, ()) =
                        try_join!(newest, last.confirm(log, projection, last.position))?;
                    Ok(newest)
                }
                None => log.newest(checkpoint).await,
            }
        };
        let ((), found) = try_join!(confirmed, found)?;
        Ok(found)
    }

    /// Fails if another event, or none, is the newest one up to a checkpoint.
    async fn confirm(
        self,
        log: &dyn EventStore,
        projection: &str,
        checkpoint: Position,
    ) -> Result<()> {
        match log.newest(checkpoint).await? {
            Some(newest) if newest == self => Ok(()),
            found => Err(Error::LogRewritten {
                projection: projection.to_owned(),
                checkpoint,
                known: self,
                found,
            }),
        }
    }
}
