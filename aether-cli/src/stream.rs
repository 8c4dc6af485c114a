//! `stream show`: the events of one aggregate, its state, and what changed between two versions.

use std::io::Write as _;

use aether_core::backend::EventStore as _;
use aether_core::log::{Load, Until};
use aether_core::{AggregateId, RecordedEvent, Version};
use aether_postgres::StreamHead;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::changes::{Change, changes};
use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, cut, plain};
use crate::table::Table;
use crate::times::{parse_time, time};

/// The commands of `stream`.
#[derive(Debug, Subcommand)]
pub enum Stream {
    /// Show an aggregate's events, its state, or what changed between two versions
    Show(Show),
}

/// The options of `stream show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The aggregate's id
    id: Uuid,
    /// Only up to this version
    #[arg(long, value_name = "N", group = "range")]
    at_version: Option<u32>,
    /// Only what happened at or before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time, group = "range")]
    at: Option<DateTime<Utc>>,
    /// What changed between two versions: the events after A up to B, and the state's differences
    #[arg(long, value_name = "A..B", value_parser = parse_versions, group = "range")]
    diff: Option<(u32, u32)>,
    /// Show the state as well, if the program knows this type of aggregate
    #[arg(long, conflicts_with = "diff")]
    state: bool,
    /// Show payloads whole
    #[arg(long)]
    full: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Stream {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        match self {
            Self::Show(it) => it.run(host, out).await,
        }
    }
}

impl Show {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let id = AggregateId::new(self.id);
        let Some(head) = host.store.stream_head(id).await? else {
            return Err(Error::Request(format!(
                "no aggregate has the id {id}; find ids with `events tail`"
            )));
        };
        let until = match (self.at_version, self.at, self.diff) {
            (Some(version), _, _) | (_, _, Some((_, version))) => {
                Until::Version(Version::new(version))
            }
            (_, Some(time), _) => Until::Time(time),
            _ => Until::Now,
        };
        let events = host.store.load(Load::stream(head.stream.clone()).until(until)).await?.events;
        match self.diff {
            Some((from, to)) => self.show_changes(host, &head, &events, from, to, out),
            None => self.show_events(host, &head, &events, out),
        }
    }

    fn show_events(
        &self,
        host: &Host,
        head: &StreamHead,
        events: &[RecordedEvent],
        out: &mut Output,
    ) -> Result<(), Error> {
        let state = match self.state {
            true => Some(self.known(head, host.state(&head.stream.aggregate_type, events)?)?),
            false => None,
        };
        if self.json {
            let mut document = json!({ "stream": head, "events": events });
            if let Some(state) = state {
                document["state"] = state;
            }
            return out.json(&document);
        }
        self.heading(head, out)?;
        if events.is_empty() {
            // possible only for a time: versions are refused by the store
            writeln!(out, "no events up to then")?;
        } else {
            write!(out, "{}", self.table(events))?;
        }
        if let Some(state) = state {
            writeln!(out, "\nSTATE")?;
            out.json(&state)?;
        }
        Ok(())
    }

    fn show_changes(
        &self,
        host: &Host,
        head: &StreamHead,
        events: &[RecordedEvent],
        from: u32,
        to: u32,
        out: &mut Output,
    ) -> Result<(), Error> {
        let kind = &head.stream.aggregate_type;
        let (before, between) = events.split_at(events.len().min(from as usize));
        let changed = match (host.state(kind, before)?, host.state(kind, events)?) {
            (Some(before), Some(after)) => Some(changes(&before, &after)),
            _ => None,
        };
        if self.json {
            return out.json(&json!({
                "stream": head, "from": from, "to": to, "events": between, "changes": changed,
            }));
        }
        self.heading(head, out)?;
        write!(out, "{}", self.table(between))?;
        writeln!(out)?;
        match changed {
            None => {
                writeln!(out, "the program does not know {}: no state to compare", plain(kind))?;
            }
            Some(changed) if changed.is_empty() => writeln!(out, "the state did not change")?,
            Some(changed) => write!(out, "{}", self.changes_table(&changed))?,
        }
        Ok(())
    }

    fn known(&self, head: &StreamHead, state: Option<Value>) -> Result<Value, Error> {
        state.ok_or_else(|| {
            let kind = &head.stream.aggregate_type;
            Error::Request(format!(
                "the program does not know the state of {kind}; leave --state out, or add it to a module with \
                 Module::aggregate"
            ))
        })
    }

    fn heading(&self, head: &StreamHead, out: &mut Output) -> Result<(), Error> {
        let events = count(head.version.get().into(), "event");
        let archived = if head.archived { ", some in the archive" } else { "" };
        let stream = plain(&head.stream.to_string());
        Ok(writeln!(out, "{stream}: {events}{archived}\n")?)
    }

    fn table(&self, events: &[RecordedEvent]) -> Table {
        let mut table = Table::new([">VERSION", "HAPPENED", "EVENT", ">POSITION", "PAYLOAD"]);
        for event in events {
            table.row([
                event.version.to_string(),
                time(event.timestamp),
                event.event_type.to_string(),
                event.position.to_string(),
                self.shown(event.payload.as_str()),
            ]);
        }
        table
    }

    fn changes_table(&self, changes: &[Change]) -> Table {
        let mut table = Table::new(["CHANGED", "BEFORE", "AFTER"]);
        let side = |value: &Option<Value>| match value {
            Some(value) => self.shown(&value.to_string()),
            None => "-".to_owned(),
        };
        for change in changes {
            table.row([change.path.clone(), side(&change.before), side(&change.after)]);
        }
        table
    }

    fn shown(&self, json: &str) -> String {
        const WIDTH: usize = 72;
        if self.full { json.to_owned() } else { cut(json, WIDTH) }
    }
}

fn parse_versions(text: &str) -> Result<(u32, u32), String> {
    let versions = text.split_once("..").and_then(|(from, to)| {
        Some((from.trim().parse::<u32>().ok()?, to.trim().parse::<u32>().ok()?))
    });
    match versions {
        Some((from, to)) if from < to => Ok((from, to)),
        Some((from, to)) => {
            Err(format!("{from} is not before {to}; write the older version first"))
        }
        None => Err("not two versions; write 3..7, or 0..7 for all up to 7".to_owned()),
    }
}
