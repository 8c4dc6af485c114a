//! Jobs whose type is left out.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use crate::error::BoxError;

use super::Job;

/// A job whose type is left out: for lists of different ones.
pub struct BoxJob(Box<dyn Erased>);

impl BoxJob {
    /// A job without its type.
    pub fn new(job: impl Job) -> Self {
        Self(Box::new(job))
    }
}

impl Job for BoxJob {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn every(&self) -> Duration {
        self.0.every()
    }

    async fn run(&self) -> Result<String, BoxError> {
        self.0.run().await
    }
}

impl std::fmt::Debug for BoxJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BoxJob").field(&self.0.name()).finish()
    }
}

/// The boxed twin of [`Job`].
trait Erased: Send + Sync {
    fn name(&self) -> &str;

    fn every(&self) -> Duration;

    fn run(&self) -> BoxFuture<'_, Result<String, BoxError>>;
}

impl<J: Job> Erased for J {
    fn name(&self) -> &str {
        Job::name(self)
    }

    fn every(&self) -> Duration {
        Job::every(self)
    }

    fn run(&self) -> BoxFuture<'_, Result<String, BoxError>> {
        Job::run(self).boxed()
    }
}
