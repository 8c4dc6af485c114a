//! `dead-letter list|show|retry|skip`.

use std::io::Write as _;

use aether_core::Position;
use aether_core::log::StreamId;
use aether_core::projection::{LetterState, Remedy};
use aether_postgres::{Letters, ParkedEvent};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::confirm::Consent;
use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, cut, plain};
use crate::projection::{runners, tell_runners};
use crate::table::Table;
use crate::times::{ago, time};

/// The commands of `dead-letter`.
#[derive(Debug, Subcommand)]
pub enum DeadLetter {
    /// List events that projections could not handle
    List(List),
    /// Show one of them: what went wrong, and the event
    Show(Show),
    /// Have failed events handled again
    Retry(Order),
    /// Have failed events left out, and what waits behind them handled
    Skip(SkipOrder),
}

/// The options of `dead-letter list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only of this projection
    projection: Option<String>,
    /// Only in this state (failed, waiting, retry, skip, skipped); may be repeated
    #[arg(long, value_name = "STATE")]
    state: Vec<LetterState>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `dead-letter show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The projection's name
    projection: String,
    /// The event's position
    position: u64,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `dead-letter retry`.
#[derive(Debug, Args)]
pub struct Order {
    /// The projection's name
    projection: String,
    /// The event's position
    #[arg(required_unless_present = "all")]
    position: Option<u64>,
    /// All failed events of the projection
    #[arg(long, conflicts_with = "position")]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `dead-letter skip`.
#[derive(Debug, Args)]
pub struct SkipOrder {
    #[command(flatten)]
    order: Order,
    #[command(flatten)]
    consent: Consent,
}

impl DeadLetter {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        match self {
            Self::List(it) => it.run(host, out).await,
            Self::Show(it) => it.run(host, out).await,
            Self::Retry(it) => it.give(Remedy::Retry, host, out).await,
            Self::Skip(SkipOrder { order, consent }) => {
                consent.ask(&order.what_is_skipped()).await?;
                order.give(Remedy::Skip, host, out).await
            }
        }
    }
}

impl List {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Self { projection, state: states, limit, json } = self;
        let mut wanted = Letters::default().states(states).limit(limit);
        wanted.projection = projection;
        let letters = host.dead_letters(&wanted).await?;
        if json {
            return out.json(&letters);
        }
        if letters.is_empty() {
            return Ok(writeln!(out, "no dead letters")?);
        }
        let mut table = Table::new([
            "PROJECTION",
            ">POSITION",
            "STATE",
            "EVENT",
            "AGGREGATE",
            ">TRIES",
            "SINCE",
            "ERROR",
        ]);
        for ParkedEvent { projection, letter, .. } in &letters {
            let StreamId { aggregate_type, aggregate_id } = &letter.stream;
            table.row([
                projection.clone(),
                letter.position.to_string(),
                letter.state.to_string(),
                letter.event_type.to_string(),
                format!("{aggregate_type} {aggregate_id} v{}", letter.version),
                letter.attempts.to_string(),
                ago(letter.parked_at),
                letter.error.as_deref().map_or_else(|| "-".to_owned(), |error| cut(error, 50)),
            ]);
        }
        Ok(write!(out, "{table}")?)
    }
}

impl Show {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let at = Position::new(self.position);
        let (parked, event) = host.dead_letter(&self.projection, at).await?;
        if self.json {
            return out.json(&json!({ "letter": parked, "event": event }));
        }
        let ParkedEvent { projection, letter, .. } = parked;
        let attempts = count(u64::from(letter.attempts), "attempt");
        writeln!(out, "{} at position {at} of {}", plain(&letter.event_type), plain(&projection))?;
        writeln!(out, "state      {}, after {attempts}", letter.state)?;
        writeln!(out, "since      {}", time(letter.parked_at))?;
        writeln!(out, "aggregate  {} v{}", plain(&event.stream().to_string()), event.version)?;
        if let Some(error) = &letter.error {
            writeln!(out, "error      {}", error.replace('\n', "\n           "))?;
        }
        writeln!(out, "\nEVENT")?;
        out.json(&event)
    }
}

impl Order {
    fn what_is_skipped(&self) -> String {
        let what = match self.position {
            Some(position) => format!("The event at {position} is"),
            None => "All failed events are".to_owned(),
        };
        format!("{what} left out of the read model of {} for good.", self.projection)
    }

    async fn give(self, order: Remedy, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Self { projection, position, json, .. } = self;
        let (ordered, letter) = match position {
            Some(at) => {
                let at = Position::new(at);
                let letter = host.order_dead_letter(&projection, at, order).await?;
                (1, Some(letter))
            }
            None => {
                let all = aether_core::backend::Order::Letters(order);
                (host.checkpoints(&projection).await?.order(&projection, all).await?, None)
            }
        };
        let runners = runners(host, &projection).await?;
        if json {
            let letter: Value = serde_json::to_value(letter)?;
            return out.json(&json!({
                "projection": projection, "ordered": ordered, "letter": letter, "holders": runners,
            }));
        }
        let events = count(ordered, "event");
        let is_to_be = match order {
            Remedy::Retry => "to be handled again",
            Remedy::Skip => "to be left out",
        };
        writeln!(out, "{projection}: {events} {is_to_be}")?;
        match ordered {
            0 => Ok(()),
            _ => tell_runners(&runners, "carries it out", out),
        }
    }
}
