//! What a module can be asked to do.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};

use crate::error::{BoxError, Result};

/// Something that a [module](super::Module) can be asked to do, by name: a migration or a verifier.
#[derive(Clone)]
pub struct ModuleTask<T> {
    name: String,
    run: Arc<RunTask<T>>,
}

type RunTask<T> = dyn Fn() -> BoxFuture<'static, Result<T, BoxError>> + Send + Sync;

impl<T: 'static> ModuleTask<T> {
    pub(super) fn new<F, E>(
        name: impl Into<String>,
        run: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let run = move || run().map(|result| result.map_err(Into::into)).boxed();
        Self { name: name.into(), run: Arc::new(run) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Does it.
    ///
    /// # Errors
    ///
    /// Its own.
    pub async fn run(&self) -> Result<T, BoxError> {
        (self.run)().await
    }
}

impl<T> std::fmt::Debug for ModuleTask<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ModuleTask").field(&self.name).finish()
    }
}
