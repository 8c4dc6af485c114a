//! The runtime in which a store was built: its writers, loaders and tail run there, and its connections.

use std::io;
use std::time::Duration;

use tokio::runtime::Handle;

/// For how long a runtime may take to run an empty task before it counts as standing still.
const LIMIT: Duration = Duration::from_secs(2);

/// The runtime of a store.
#[derive(Debug, Clone)]
pub(crate) struct Home(Handle);

impl Home {
    /// The runtime this is called in.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub(crate) fn here() -> Self {
        Self(Handle::current())
    }

    /// The runtime this is called in, if it is in one.
    pub(crate) fn if_any() -> Option<Self> {
        Handle::try_current().ok().map(Self)
    }

    /// Fails if a call would wait for ever, since nobody runs the tasks of the store any more. Asks nobody in the
    /// runtime of the store itself.
    pub(crate) async fn check(&self) -> io::Result<()> {
        let here = Handle::try_current();
        if here.as_ref().is_ok_and(|here| here.id() == self.0.id()) {
            return Ok(());
        }
        let sign = self.0.spawn(async {});
        let lives = match here {
            Ok(_) => tokio::time::timeout(LIMIT, sign).await,
            // without a runtime there is no timer either
            Err(_) => Ok(sign.await),
        };
        match lives {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::other(
                "the tokio runtime in which this store was built has ended; build the store in the runtime that \
                 uses it",
            )),
            Err(_) => Err(io::Error::other(
                "the tokio runtime in which this store was built runs no tasks; keep it running, or build the store \
                 in the runtime that uses it",
            )),
        }
    }
}
