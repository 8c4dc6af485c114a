//! `projection rebuild`: read models filled anew beside the live ones.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use aether_postgres::{
    Error as PgError, Rebuild as PgRebuild, RebuildPhase, RebuildReport, Rebuilding,
};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::confirm::Consent;
use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count};
use crate::projection::{runners, tell_runners};

/// The options of `projection rebuild`.
#[derive(Debug, Args)]
pub struct Rebuild {
    /// The projections; several share one pass over the log and go live together
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Begin anew, where an interrupted rebuild would be resumed
    #[arg(long, conflicts_with_all = ["in_place", "discard"])]
    restart: bool,
    /// In one transaction, in the live tables: for small ones
    #[arg(long, conflicts_with = "discard")]
    in_place: bool,
    /// Drop what an interrupted rebuild has left, and do nothing else
    #[arg(long)]
    discard: bool,
    #[command(flatten)]
    consent: Consent,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Rebuild {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let names: BTreeSet<&str> = self.names.iter().map(String::as_str).collect();
        if self.discard {
            return self.discard(&names, host, out).await;
        }
        let listed = names.iter().copied().collect::<Vec<_>>().join(", ");
        if names.iter().any(|name| host.is_elsewhere(name)) {
            return self.refill(&names, host, out).await;
        }
        let mut rebuild = PgRebuild::new(&host.store);
        for name in &names {
            let Some((_, add)) = host.projections.iter().find(|(known, _)| known == name) else {
                let here = host.projections.iter().map(|(known, _)| *known);
                let elsewhere = host.refills.iter().map(|it| it.name.as_str());
                return Err(unknown(name, here.chain(elsewhere)));
            };
            rebuild = add(rebuild);
        }
        if self.in_place {
            let what = format!(
                "{listed}: all rows are deleted and filled again in one transaction; writers wait as long."
            );
            self.consent.ask(&what).await?;
            let report = match rebuild.in_place().await {
                Ok(report) => report,
                Err(error) => return Err(refused(error, host).await),
            };
            return self.tell(&listed, &report, out);
        }
        let what = format!(
            "{listed}: new tables are filled beside the live ones, and take their place in the end."
        );
        self.consent.ask(&what).await?;
        let rebuild = if self.restart { rebuild.restart() } else { rebuild };
        let running = match rebuild.start().await {
            Ok(running) => running,
            Err(error) => return Err(refused(error, host).await),
        };
        let report = follow(running).await?;
        self.tell(&listed, &report, out)
    }

    /// Read models elsewhere have no tables beside the live ones: they are emptied, and the nodes fill them.
    async fn refill(
        &self,
        names: &BTreeSet<&str>,
        host: &Host,
        out: &mut Output,
    ) -> Result<(), Error> {
        let mut refills = Vec::new();
        for name in names {
            let Some(refill) = host.refills.iter().find(|it| it.name == *name) else {
                return Err(unknown(name, host.refills.iter().map(|it| it.name.as_str())));
            };
            refills.push(refill);
        }
        let listed = names.iter().copied().collect::<Vec<_>>().join(", ");
        let what = format!("{listed}: emptied, then filled by the nodes while it is read.");
        self.consent.ask(&what).await?;
        for refill in refills {
            let name = &refill.name;
            let gone = refill.call(&host.store).await?;
            let runners = runners(host, name).await?;
            if self.json {
                out.json(&json!({ "projection": name, "deleted": gone, "holders": runners }))?;
                continue;
            }
            writeln!(out, "{name} is emptied ({} deleted), and at the start", count(gone, "key"))?;
            tell_runners(&runners, "fills it again", out)?;
        }
        Ok(())
    }

    async fn discard(
        &self,
        names: &BTreeSet<&str>,
        host: &Host,
        out: &mut Output,
    ) -> Result<(), Error> {
        let listed = names.iter().copied().collect::<Vec<_>>().join(", ");
        let what = format!("{listed}: what an interrupted rebuild has filled is dropped.");
        self.consent.ask(&what).await?;
        let mut dropped = Vec::new();
        for name in names {
            if PgRebuild::discard(&host.store.read_models(), name).await? {
                dropped.push(*name);
            }
        }
        match self.json {
            true => out.json(&json!({ "discarded": dropped })),
            false if dropped.is_empty() => Ok(writeln!(out, "there was nothing to drop")?),
            false => Ok(writeln!(out, "dropped: {}", dropped.join(", "))?),
        }
    }

    fn tell(&self, listed: &str, report: &RebuildReport, out: &mut Output) -> Result<(), Error> {
        let milliseconds = |span: Duration| (span.as_secs_f64() * 1e6).round() / 1e3;
        if self.json {
            return out.json(&json!({
                "projections": self.names,
                "position": report.position,
                "events": report.events,
                "seconds": report.duration.as_secs_f64(),
                "eventsPerSecond": report.rate,
                "lockedMilliseconds": milliseconds(report.locked),
                "postponed": report.postponed,
                "deadLetters": report.dead_letters,
                "invalidKeys": report.invalid_keys,
            }));
        }
        writeln!(
            out,
            "{listed} rebuilt from {} in {:.1} s ({:.0} events/s); tables locked for {:.1} ms",
            count(report.events, "event"),
            report.duration.as_secs_f64(),
            report.rate,
            milliseconds(report.locked),
        )?;
        if report.dead_letters > 0 {
            writeln!(out, "{} parked; see dead-letter list", count(report.dead_letters, "event"))?;
        }
        for key in &report.invalid_keys {
            writeln!(out, "a foreign key is not valid any more: {key}")?;
        }
        Ok(())
    }
}

/// A refusal in the terms of this command: when the rebuild can be resumed, and what else can be done.
async fn refused(error: PgError, host: &Host) -> Error {
    match error {
        PgError::RebuildRunning { projection } => {
            let left = PgRebuild::counts_as_running(&host.store.read_models(), &projection).await;
            let when = match left {
                Ok(Some(left)) => format!("in {} s", left.as_secs() + 1),
                _ => "now".to_owned(),
            };
            Error::Request(format!(
                "{projection} is being rebuilt by another process; if that was killed, the same command resumes \
                 its work {when}; --discard drops what it has filled, and stops it"
            ))
        }
        PgError::RebuildInTheWay { projections } => Error::Request(format!(
            "an interrupted rebuild of {projections} is in the way; resume it by the same names, begin anew with \
             --restart, or drop what it has filled with --discard"
        )),
        PgError::TablesChanged { change } => Error::Request(format!(
            "the live tables are not what they were when the rebuild began: {change}; begin anew with --restart, or \
             drop what was filled with --discard"
        )),
        error => error.into(),
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known = known.collect::<Vec<_>>().join(", ");
    Error::Request(format!("this program cannot rebuild {name:?}; it has: {known}"))
}

/// Shows how far it is until it is over. Ctrl-C stops it; the same command resumes it.
async fn follow(mut rebuild: Rebuilding) -> Result<RebuildReport, Error> {
    let style = "{bar:30} {percent}% {human_pos}/{human_len} {msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    loop {
        let progress = tokio::select! {
            progress = rebuild.progress() => progress,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted.map_err(|source| Error::Io { what: "no signal can be received".to_owned(), source })?;
                bar.finish_and_clear();
                rebuild.cancel().await?;
                return Err(Error::NotConfirmed(
                    "stopped; the same command continues where it was, --discard drops what was filled",
                ));
            }
        };
        let Some(progress) = progress else { break };
        bar.set_length(progress.target.get());
        bar.set_position(progress.position.get());
        let eta =
            progress.eta.map_or_else(String::new, |eta| format!(", {} s left", eta.as_secs()));
        let phase = match progress.phase {
            RebuildPhase::Filling => "filling",
            RebuildPhase::Swapping => "swapping",
            RebuildPhase::Validating => "validating",
            _ => "done",
        };
        bar.set_message(format!("{phase}, {:.0} events/s{eta}", progress.rate));
    }
    bar.finish_and_clear();
    Ok(rebuild.finish().await?)
}
