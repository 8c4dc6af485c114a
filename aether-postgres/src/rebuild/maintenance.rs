//! Rebuilds and verifications as the port asks for them.

use std::any::Any;
use std::sync::Arc;

use aether_core::backend::{
    EventStore, LogIdentity as _, Maintenance, Manner, ReadModels as _, RebuildError, RebuildKind,
    RebuildRequest, Rebuilt as Outcome,
};
use aether_core::projection::{Handler, Verified};
use aether_core::{Error as CoreError, Result};
use async_trait::async_trait;

use crate::error::{Error, read_error};
use crate::read_models::PgReadModels;
use crate::tx::PgTx;

use super::job::Log;
use super::shadow::Rebuilt;
use super::{Rebuild, verify};

/// What can be done with the SQL read model of a projection.
pub(crate) struct PgMaintenance {
    models: PgReadModels,
    projection: Handler<PgTx>,
}

impl PgMaintenance {
    pub(crate) const fn new(models: PgReadModels, projection: Handler<PgTx>) -> Self {
        Self { models, projection }
    }

    /// A rebuild of this projection and others. Those of other backends are none of ours, and are refused.
    async fn rebuild_of(
        &self,
        with: &[Arc<dyn Maintenance>],
        log: Arc<dyn EventStore>,
    ) -> Result<Rebuild> {
        let database = self.models.database().await?;
        let is_here = database.is_some() && log.database().await? == database;
        let mut rebuild = Rebuild::of(Log::of(log, is_here), self.models.clone());
        rebuild.projections.push(Rebuilt::new(self.projection.clone()));
        for other in with {
            let Some(other) = ours(&**other) else {
                let source = format!("{} is rebuilt with strangers", self.projection.name());
                return Err(CoreError::Backend { source: source.into() });
            };
            rebuild.projections.push(Rebuilt::new(other.projection.clone()));
        }
        Ok(rebuild)
    }

    /// A result in the words of the port.
    async fn told<T>(&self, result: Result<T, Error>) -> Result<T, RebuildError> {
        let error = match result {
            Ok(told) => return Ok(told),
            Err(error) => error,
        };
        Err(match error {
            Error::RebuildRunning { projection } => {
                let left = Rebuild::counts_as_running(&self.models, &projection).await;
                RebuildError::Running { projection, left: left.ok().flatten() }
            }
            Error::RebuildInTheWay { projections } => RebuildError::InTheWay { projections },
            Error::TablesChanged { change } => RebuildError::TablesChanged { change },
            Error::RebuildCancelled => RebuildError::Stopped,
            error @ (Error::Store(_) | Error::Database(_)) => of_port(error).into(),
            error => RebuildError::Refused { reason: error.to_string() },
        })
    }
}

/// An error of something that is not started: of the log or the database, in the words of the core.
fn of_port(error: Error) -> CoreError {
    match error {
        Error::Store(error) => error,
        Error::Database(error) => read_error(error),
        error => CoreError::Backend { source: error.into() },
    }
}

fn ours(other: &dyn Maintenance) -> Option<&PgMaintenance> {
    (other as &dyn Any).downcast_ref()
}

#[async_trait]
impl Maintenance for PgMaintenance {
    fn manner(&self) -> Manner {
        Manner::Beside
    }

    fn joins(&self, other: &dyn Maintenance) -> bool {
        // with the same options: a search path decides which tables are meant
        let options = |it: &Self| format!("{:?}", it.models.database.pool.connect_options());
        ours(other).is_some_and(|other| options(other) == options(self))
    }

    async fn rebuild(&self, request: RebuildRequest<'_>) -> Result<Outcome, RebuildError> {
        let RebuildRequest { log, with, kind, progress, mut stop, .. } = request;
        let rebuild = self.rebuild_of(with, log).await?;
        let running = match kind {
            RebuildKind::InPlace => {
                return self.told(rebuild.in_place().await).await.map(Outcome::Live);
            }
            RebuildKind::Restart => rebuild.restart().start().await,
            _ => rebuild.start().await,
        };
        let mut running = self.told(running).await?;
        loop {
            tokio::select! {
                now = running.progress() => match (now, progress) {
                    (Some(now), Some(tell)) => tell(&now),
                    (Some(_), None) => {}
                    (None, _) => break,
                },
                () = &mut stop => {
                    if self.told(running.cancel().await).await? {
                        return Err(RebuildError::Stopped);
                    }
                    let reason = "it was over when it was stopped: the new tables are live";
                    return Err(RebuildError::Refused { reason: reason.to_owned() });
                }
            }
        }
        self.told(running.finish().await).await.map(Outcome::Live)
    }

    async fn discard(&self) -> Result<bool> {
        Rebuild::discard(&self.models, self.projection.name()).await.map_err(of_port)
    }

    async fn verify(
        &self,
        with: &[Arc<dyn Maintenance>],
        log: Arc<dyn EventStore>,
        listed: usize,
    ) -> Result<Option<Verified>> {
        let job = self.rebuild_of(with, log).await?.job().await;
        let verified = match job {
            Ok(job) => verify::verify(&job, listed).await,
            Err(error) => Err(error),
        };
        verified.map_err(of_port)
    }
}
