//! `export`: all events as JSON Lines.

mod partial;

use std::io::Write;
use std::path::PathBuf;

use aether_core::Position;
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use clap::Args;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, progress};

use partial::Partial;

/// The options of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The file to write, which must not exist; without it, standard output
    file: Option<PathBuf>,
    /// Only events past this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// Continue what an interrupted export has left in FILE.part, if there is one
    #[arg(long, requires = "file")]
    resume: bool,
}

impl Export {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let after = Position::new(self.after);
        let Some(path) = &self.file else {
            write(host, after, out).await?;
            return Ok(());
        };
        let mut file = Partial::open(path, self.resume)?;
        let after = match file.last() {
            Some(last) => {
                last.check(host, path).await?;
                last.position.max(after)
            }
            None => after,
        };
        let written = write(host, after, &mut file).await;
        let events = file.keep(written)?;
        file.finish()?;
        Ok(writeln!(out, "{} written to {}", count(events, "event"), path.display())?)
    }
}

/// Writes page by page what was in the log when it began.
async fn write(host: &Host, after: Position, out: &mut (impl Write + Send)) -> Result<u64, Error> {
    const PAGE: u32 = 1000;
    let end = host.store.horizon().await?;
    // past the end there is nothing to wait for: the read says so
    let end = if after > end { Position::END } else { end };
    let progress = progress("events written");
    let mut read = Read::all().after(after).until(end).limit(PAGE);
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
