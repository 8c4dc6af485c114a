//! The commands, and the way from one to the code that carries it out.

use clap::Subcommand;

use crate::error::Error;
use crate::host::Host;
use crate::output::Output;
use crate::{
    archive, dead_letter, events, export, import, job, migrate, projection, status, stream, trace,
    verify,
};

/// The operator's commands. Mount them beside your own with `#[command(flatten)]`, or below a name with
/// `#[command(subcommand)]`.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Show the event store, projections, leases, dead letters and jobs
    Status(status::Status),
    /// Look at one aggregate's stream
    #[command(subcommand)]
    Stream(stream::Stream),
    /// Look at the log of all events
    #[command(subcommand)]
    Events(events::Events),
    /// Draw what followed from one request, as a tree of causes
    Trace(trace::Trace),
    /// Look at projections, pause them, send them back, rebuild them
    #[command(subcommand)]
    Projection(projection::Projection),
    /// Deal with events that a projection could not handle
    #[command(subcommand)]
    DeadLetter(dead_letter::DeadLetter),
    /// Look at maintenance jobs, run them by hand
    #[command(subcommand)]
    Job(job::Job),
    /// Move old events to the archive, where they stay readable
    Archive(archive::Archive),
    /// Check that streams are whole, and that read models say what the events say
    Verify(verify::Verify),
    /// Store events from JSON Lines
    Import(import::Import),
    /// Write all events as JSON Lines
    Export(export::Export),
}

/// Carries a command out: results go to standard output, questions and progress to standard error.
/// Standard output that was closed by its reader ends the command quietly.
///
/// # Errors
///
/// [`Error`], in one line that says what was expected, what was found and what to do;
/// [`exit_code`](crate::exit_code) prints it. [`Error::is_transient`] says whether a retry helps.
pub async fn run(command: Command, host: &Host) -> Result<(), Error> {
    host.check()?;
    let mut out = Output::stdout();
    let result = match command {
        Command::Migrate(it) => it.run(host, &mut out).await,
        Command::Status(it) => it.run(host, &mut out).await,
        Command::Stream(it) => it.run(host, &mut out).await,
        Command::Events(it) => it.run(host, &mut out).await,
        Command::Trace(it) => it.run(host, &mut out).await,
        Command::Projection(it) => it.run(host, &mut out).await,
        Command::DeadLetter(it) => it.run(host, &mut out).await,
        Command::Job(it) => it.run(host, &mut out).await,
        Command::Archive(it) => it.run(host, &mut out).await,
        Command::Verify(it) => it.run(host, &mut out).await,
        Command::Import(it) => it.run(host, &mut out).await,
        Command::Export(it) => it.run(host, &mut out).await,
    };
    // what was found before an error is worth seeing
    let finished = out.finish();
    let result = result.and(finished);
    match result {
        Err(error) if error.is_closed_pipe() => Ok(()),
        result => result,
    }
}
