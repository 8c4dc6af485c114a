//! `import`: events from JSON Lines, batch by batch.

mod line;

use std::io::Write as _;
use std::path::PathBuf;

use aether_core::Version;
use aether_postgres::ImportEvent;
use clap::Args;
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, progress};

/// The options of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The file to read; `-` or nothing for standard input
    file: Option<PathBuf>,
    /// How many lines are stored in one transaction
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Read and check the lines, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lines that are stored together.
#[derive(Default)]
struct Batch {
    events: Vec<(ImportEvent, Option<Version>)>,
    /// The numbers of its first and last line.
    lines: (u64, u64),
}

impl Import {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let (name, mut lines) = self.open().await?;
        let progress = progress("events imported");
        let (mut read, mut stored, mut there) = (0_u64, 0_u64, 0_u64);
        loop {
            let batch =
                lines.batch(self.batch as usize).await.map_err(|problem| match problem {
                    Problem::Line(line, reason) => {
                        Error::Import { place: format!("line {line} of {name}"), reason, stored }
                    }
                    Problem::Io(source) => {
                        Error::Io { what: format!("{name} could not be read"), source }
                    }
                })?;
            let size = batch.events.len() as u64;
            if size == 0 {
                break;
            }
            read += size;
            if !self.dry_run {
                let (first, last) = batch.lines;
                let events = futures::stream::iter(batch.events);
                let imported = host.store.import_at(events, size as usize).await;
                let imported = imported.map_err(|error| match error {
                    aether_postgres::Error::Import { source, .. } => Error::Import {
                        place: match first == last {
                            true => format!("line {first} of {name}"),
                            false => format!("lines {first} to {last} of {name}"),
                        },
                        reason: source.to_string(),
                        stored,
                    },
                    error => error.into(),
                })?;
                stored += imported.events;
                there += imported.passed_over;
            }
            progress.inc(size);
        }
        progress.finish_and_clear();
        if self.json {
            let dry = self.dry_run;
            return out.json(
                &json!({ "read": read, "stored": stored, "passedOver": there, "dryRun": dry }),
            );
        }
        let (read, stored) = (count(read, "event"), count(stored, "event"));
        match self.dry_run {
            true => writeln!(out, "{read} read from {name}, nothing stored")?,
            false => writeln!(out, "{stored} stored, {there} were there already")?,
        }
        Ok(())
    }

    async fn open(&self) -> Result<(String, Lines), Error> {
        let path = match &self.file {
            Some(path) if path.as_os_str() != "-" => path,
            _ => return Ok(("standard input".to_owned(), Lines::new(tokio::io::stdin()))),
        };
        let name = path.display().to_string();
        let file = File::open(path)
            .await
            .map_err(|source| Error::Io { what: format!("{name} could not be opened"), source })?;
        Ok((name, Lines::new(file)))
    }
}

/// Why no batch could be read.
enum Problem {
    Line(u64, String),
    Io(std::io::Error),
}

/// The lines of a file, read one after another into the same memory.
struct Lines {
    input: Box<dyn AsyncBufRead + Send + Unpin>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// The longest line: far above what the largest event needs, and less than memory.
    const MAX_BYTES: u64 = 64 << 20;

    fn new(input: impl tokio::io::AsyncRead + Send + Unpin + 'static) -> Self {
        let input = Box::new(BufReader::with_capacity(1 << 16, input));
        Self { input, line: Vec::new(), number: 0 }
    }

    /// The next `size` events, fewer at the end, none after it. Blank lines are passed over.
    async fn batch(&mut self, size: usize) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        while batch.events.len() < size {
            self.line.clear();
            let mut limited = (&mut self.input).take(Self::MAX_BYTES);
            let read = limited.read_until(b'\n', &mut self.line).await.map_err(Problem::Io)?;
            if read == 0 {
                break;
            }
            self.number += 1;
            if self.number == 1 {
                line::begin(&self.line).map_err(|reason| Problem::Line(1, reason))?;
            }
            if read as u64 == Self::MAX_BYTES {
                let megabytes = Self::MAX_BYTES >> 20;
                let reason = format!("it is longer than {megabytes} MiB; is this JSON Lines?");
                return Err(Problem::Line(self.number, reason));
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let event = line::parse(&self.line);
            batch.events.push(event.map_err(|reason| Problem::Line(self.number, reason))?);
            if batch.lines.0 == 0 {
                batch.lines.0 = self.number;
            }
            batch.lines.1 = self.number;
        }
        Ok(batch)
    }
}
