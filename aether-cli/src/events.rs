//! `events tail`: the end of the log, or the log from somewhere on, as it grows.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::Arc;

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::{AggregateId, Filter, Position, RecordedEvent, Subscription};
use aether_postgres::PgStore;
use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, cut, plain, reader_gone};
use crate::times::time;

/// The commands of `events`.
#[derive(Debug, Subcommand)]
pub enum Events {
    /// Show the last events of the log, or those past a position
    Tail(Tail),
}

/// The options of `events tail`.
#[derive(Debug, Args)]
pub struct Tail {
    /// Only events of this type; may be repeated
    #[arg(long = "type", value_name = "EVENT_TYPE")]
    event_types: Vec<String>,
    /// Only events of aggregates of this type; may be repeated
    #[arg(long = "aggregate-type", value_name = "TYPE")]
    aggregate_types: Vec<String>,
    /// Only events of this aggregate; may be repeated
    #[arg(long = "aggregate", value_name = "ID")]
    aggregates: Vec<Uuid>,
    /// Only what followed from this request
    #[arg(long, value_name = "ID")]
    correlation: Option<Uuid>,
    /// Those past this position, instead of the last ones
    #[arg(long, value_name = "POSITION")]
    after: Option<u64>,
    /// How many [default: the last 20; with --after all]
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<u64>,
    /// Then continue with new ones, until interrupted (with --after: until the limit)
    #[arg(long, short)]
    follow: bool,
    /// Show payloads whole
    #[arg(long)]
    full: bool,
    /// As JSON Lines
    #[arg(long)]
    json: bool,
}

impl Events {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        match self {
            Self::Tail(it) => it.run(host, out).await,
        }
    }
}

impl Tail {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        const LAST: u64 = 20;
        let filter = self.filter();
        let (from, mut left) = match self.after {
            Some(after) => (Position::new(after), self.limit),
            None => {
                let wanted = self.limit.unwrap_or(LAST);
                let (events, end) = last(&host.store, &filter, wanted).await?;
                events.iter().try_for_each(|event| self.print(event, out))?;
                if !self.follow {
                    return Ok(());
                }
                (end, None)
            }
        };
        let mut log =
            Subscription::builder(Arc::new(host.store.clone())).after(from).filter(filter).start();
        let mut gone = std::pin::pin!(reader_gone());
        while left != Some(0) {
            // what was found is to be seen before the next wait
            out.flush()?;
            let batch = tokio::select! {
                batch = log.next_batch() => batch?,
                () = &mut gone => break,
            };
            let take = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
            for event in batch.events.iter().take(take) {
                self.print(event, out)?;
                left = left.map(|left| left - 1);
            }
            if batch.caught_up && !self.follow {
                break;
            }
        }
        Ok(())
    }

    fn filter(&self) -> Filter {
        let filter = Filter::all()
            .event_types(self.event_types.iter().cloned())
            .aggregate_types(self.aggregate_types.iter().cloned())
            .aggregates(self.aggregates.iter().map(|id| AggregateId::new(*id)));
        match self.correlation {
            Some(id) => filter.correlation(id),
            None => filter,
        }
    }

    fn print(&self, event: &RecordedEvent, out: &mut Output) -> Result<(), Error> {
        const WIDTH: usize = 60;
        if self.json {
            return out.json_line(event);
        }
        let payload = event.payload.as_str();
        let payload = if self.full { payload.to_owned() } else { cut(payload, WIDTH) };
        let RecordedEvent { position, timestamp, event_type, version, .. } = event;
        let time = time(*timestamp);
        let event_type = plain(event_type);
        let stream = plain(&event.stream().to_string());
        let version = format!("v{version}");
        let payload = plain(&payload);
        // widths that do for most, since later lines are not known yet
        Ok(writeln!(
            out,
            "{position:>7}  {time}  {event_type:<18}  {stream} {version:<4} {payload}"
        )?)
    }
}

/// The last `wanted` events that pass the filter, and how far the log was read. Looks back over growing
/// spans of the log until it has found enough.
async fn last(
    store: &PgStore,
    filter: &Filter,
    wanted: u64,
) -> Result<(VecDeque<RecordedEvent>, Position), Error> {
    const FIRST_SPAN: u64 = 1000;
    let end = store.horizon().await?;
    let mut span = FIRST_SPAN.max(wanted);
    loop {
        let from = Position::new(end.get().saturating_sub(span));
        let mut found = VecDeque::new();
        let mut read = Read::all().after(from).filter(filter.clone()).limit(5000);
        let reached = loop {
            let page = store.read(read.clone()).await?;
            for event in page.events {
                found.push_back(event);
                if found.len() as u64 > wanted {
                    found.pop_front();
                }
            }
            if page.caught_up {
                break page.position;
            }
            read = read.after(page.position);
        };
        if found.len() as u64 >= wanted || from == Position::START {
            return Ok((found, reached));
        }
        span = span.saturating_mul(8);
    }
}
