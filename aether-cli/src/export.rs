//! `export`: all events as JSON Lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use aether_core::{EventStore as _, Position, Read};
use clap::Args;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, progress};

/// The options of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The file to write, which must not exist; without it, standard output
    file: Option<PathBuf>,
    /// Only events behind this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
}

impl Export {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Some(path) = &self.file else {
            self.write(host, out).await?;
            return Ok(());
        };
        let failed =
            |source| Error::Io { what: format!("{} could not be written", path.display()), source };
        let mut file = BufWriter::new(File::create_new(path).map_err(failed)?);
        let events = self.write(host, &mut file).await?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        Ok(writeln!(out, "{} written to {}", count(events, "event"), path.display())?)
    }

    /// Writes page by page what was in the log when it began.
    async fn write(&self, host: &Host, out: &mut (impl Write + Send)) -> Result<u64, Error> {
        const PAGE: u32 = 1000;
        let end = host.store.horizon().await?;
        let progress = progress("events written");
        let mut read = Read::all().after(Position::new(self.after)).until(end).limit(PAGE);
        let mut events = 0;
        loop {
            let page = host.store.read(read.clone()).await?;
            for event in &page.events {
                serde_json::to_writer(&mut *out, event)?;
                out.write_all(b"\n")?;
            }
            events += page.events.len() as u64;
            progress.inc(page.events.len() as u64);
            if page.caught_up {
                progress.finish_and_clear();
                return Ok(events);
            }
            read = read.after(page.position);
        }
    }
}
