//! `projection rebuild`: read models filled anew beside the live ones.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Maintenance, Manner, ModuleProjection, RebuildError, RebuildKind, RebuildProgress,
    RebuildReport, RebuildRequest, Rebuilt,
};
use aether_postgres::Rebuild as PgRebuild;
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

/// A projection by its name, and what can be done with it.
pub(crate) type Named = (&'static str, Arc<dyn Maintenance>);

/// Those that can share a pass over the log, together.
pub(crate) fn joined(all: Vec<Named>) -> Vec<Vec<Named>> {
    let mut groups: Vec<Vec<Named>> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|group| group.iter().all(|it| it.1.joins(&*one.1))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

impl Rebuild {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let names: BTreeSet<&str> = self.names.iter().map(String::as_str).collect();
        if self.discard {
            return self.discard(&names, host, out).await;
        }
        let mut groups = joined(known(&names, host)?);
        if groups.iter().flatten().all(|(_, it)| it.manner() == Manner::Emptied) {
            return self.refill(groups.concat(), host, out).await;
        }
        match (groups.pop(), groups.pop()) {
            (Some(group), None) => self.beside(group, host, out).await,
            (one, other) => {
                let places: Vec<_> = groups.into_iter().chain(other).chain(one).collect();
                let names = |group: &Vec<Named>| group.iter().map(|it| it.0).collect::<Vec<_>>();
                let listed: Vec<_> = places.iter().map(|group| names(group).join(", ")).collect();
                Err(Error::Request(format!(
                    "these are not in the same read models, and are rebuilt by commands of their own: {}",
                    listed.join("; ")
                )))
            }
        }
    }

    /// In one pass over the log: beside the live rows, or in their place.
    async fn beside(&self, group: Vec<Named>, host: &Host, out: &mut Output) -> Result<(), Error> {
        let listed = group.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
        let (kind, what) = match (self.in_place, self.restart) {
            (true, _) => (
                RebuildKind::InPlace,
                "all rows are deleted and filled again in one transaction; writers wait as long.",
            ),
            (false, restart) => (
                if restart { RebuildKind::Restart } else { RebuildKind::Resume },
                "new tables are filled beside the live ones, and take their place in the end.",
            ),
        };
        self.consent.ask(&format!("{listed}: {what}")).await?;
        let bar = Bar::new();
        let tell = |progress: &RebuildProgress| bar.show(progress);
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                // no signal can be received
                std::future::pending::<()>().await;
            }
        };
        let mut members = group.into_iter().map(|(_, maintenance)| maintenance);
        let Some(first) = members.next() else { return Ok(()) };
        let with: Vec<_> = members.collect();
        let log = Arc::new(host.store.clone());
        let request = RebuildRequest::new(log).with(&with).kind(kind);
        let rebuilt = first.rebuild(request.progress(&tell).stop(interrupted)).await;
        bar.0.finish_and_clear();
        match rebuilt.map_err(refused)? {
            Rebuilt::Live(report) => self.tell(&listed, &report, out),
            _ => Ok(writeln!(out, "{listed} is emptied, and at the start")?),
        }
    }

    /// Read models that have no rows beside the live ones: they are emptied, and the nodes fill them.
    async fn refill(&self, all: Vec<Named>, host: &Host, out: &mut Output) -> Result<(), Error> {
        let listed = all.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
        let what = format!("{listed}: emptied, then filled by the nodes while it is read.");
        self.consent.ask(&what).await?;
        for (name, maintenance) in all {
            let request = RebuildRequest::new(Arc::new(host.store.clone()));
            let gone = match maintenance.rebuild(request).await.map_err(refused)? {
                Rebuilt::Emptied { deleted } => deleted,
                _ => 0,
            };
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
            let was_there = match host.projection(name).and_then(ModuleProjection::maintenance) {
                Some(maintenance) => maintenance.discard().await?,
                // of a projection that the program has no more
                None => PgRebuild::discard(&host.store.read_models(), name).await?,
            };
            if was_there {
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
fn refused(error: RebuildError) -> Error {
    match error {
        RebuildError::Running { projection, left } => {
            let when = left
                .map_or_else(|| "now".to_owned(), |left| format!("in {} s", left.as_secs() + 1));
            Error::Request(format!(
                "{projection} is being rebuilt by another process; if that was killed, the same command resumes \
                 its work {when}; --discard drops what it has filled, and stops it"
            ))
        }
        RebuildError::InTheWay { projections } => Error::Request(format!(
            "an interrupted rebuild of {projections} is in the way; resume it by the same names, begin anew with \
             --restart, or drop what it has filled with --discard"
        )),
        RebuildError::TablesChanged { change } => Error::Request(format!(
            "the live tables are not what they were when the rebuild began: {change}; begin anew with --restart, or \
             drop what was filled with --discard"
        )),
        RebuildError::Stopped => Error::NotConfirmed(
            "stopped; the same command continues where it was, --discard drops what was filled",
        ),
        RebuildError::Store(error) => error.into(),
        error => Error::Request(error.to_string()),
    }
}

/// The projections of these names, in order of name.
fn known(names: &BTreeSet<&str>, host: &Host) -> Result<Vec<Named>, Error> {
    let all = || host.projections().filter_map(|it| Some((it.name(), it.maintenance()?)));
    let named = |name: &&str| {
        all().find(|it| it.0 == *name).ok_or_else(|| {
            let known = all().map(|it| it.0).collect::<Vec<_>>().join(", ");
            Error::Request(format!("this program cannot rebuild {name:?}; it has: {known}"))
        })
    };
    names.iter().map(named).collect()
}

/// Shows how far a rebuild is.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style = "{bar:30} {percent}% {human_pos}/{human_len} {msg}";
        let style =
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style))
    }

    fn show(&self, progress: &RebuildProgress) {
        self.0.set_length(progress.target.get());
        self.0.set_position(progress.position.get());
        let left = progress.eta.map(|eta| format!(", {} s left", eta.as_secs()));
        let (phase, rate) = (progress.phase.as_str(), progress.rate);
        self.0.set_message(format!("{phase}, {rate:.0} events/s{}", left.unwrap_or_default()));
    }
}
