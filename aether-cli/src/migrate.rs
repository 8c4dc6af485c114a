//! `migrate`: the store's schema, then the host's own.

use std::io::Write as _;

use aether_core::Module;
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
        for migration in host.modules.iter().flat_map(Module::migrations) {
            let name = migration.name();
            let done = migration.run().await;
            done.map_err(|source| Error::Host { name: name.to_owned(), source })?;
            writeln!(out, "{name}: up to date")?;
        }
        Ok(())
    }
}
