//! `migrate`: the store's schema, then the host's own.

use std::io::Write as _;

use clap::Args;

use crate::error::Error;
use crate::host::Host;
use crate::output::Output;

/// The options of `migrate`.
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        host.store.migrate().await?;
        writeln!(out, "event store: up to date")?;
        for migration in &host.migrations {
            migration.call(&host.store).await?;
            writeln!(out, "{}: up to date", migration.name)?;
        }
        Ok(())
    }
}
