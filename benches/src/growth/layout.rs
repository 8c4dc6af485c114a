//! Where the events of a log are.

use std::fmt;

use aether_core::log::{NewEvent, StreamId};
use aether_core::{EventId, Json};
use aether_postgres::ImportEvent;
use anyhow::{Context as _, Result};
use chrono::{DateTime, Datelike as _, Duration, Months, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

/// Which months have events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Layout {
    /// The last month and this one.
    Dense,
    /// Each of them, a thousand events in fifty streams.
    Even,
    /// Each of them, twenty events in one stream: some fifty months share the positions that are looked up together.
    Sparse,
}

impl Layout {
    pub(super) const ALL: [Self; 3] = [Self::Dense, Self::Even, Self::Sparse];

    /// The events, in the order in which they happened.
    pub(super) fn events(self, months: &[DateTime<Utc>]) -> Result<Vec<ImportEvent>> {
        const OF_A_STREAM: usize = 20;
        let now = Utc::now();
        let (streams, months) = match self {
            Self::Dense => {
                (100, months.iter().copied().filter(|month| *month <= now).rev().take(2).collect())
            }
            Self::Even => (50, months.to_vec()),
            Self::Sparse => (1, months.to_vec()),
        };
        let mut months: Vec<DateTime<Utc>> = months;
        months.sort_unstable();
        let mut events = Vec::new();
        for month in months {
            for number in 0..streams {
                let stream = StreamId::new("Chest", Uuid::now_v7());
                for event in 0..OF_A_STREAM {
                    let second = i64::try_from(number * OF_A_STREAM + event)?;
                    let event = deposit(month + Duration::seconds(second))?;
                    events.push(ImportEvent::new(stream.clone(), event));
                }
            }
        }
        Ok(events)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dense => "dense",
            Self::Even => "even",
            Self::Sparse => "sparse",
        })
    }
}

/// An event.
pub(super) fn deposit(time: DateTime<Utc>) -> Result<NewEvent> {
    let payload =
        Json::encode(&serde_json::json!({ "gold": 12, "from": "a tavern by the river" }))?;
    Ok(NewEvent::from_json("Deposited", payload, EventId::new(Uuid::now_v7()), time))
}

/// The first moments of `count` months. The last of them are this month and three more, as the store makes them.
pub(super) fn months(count: u32) -> Result<Vec<DateTime<Utc>>> {
    let today = Utc::now().date_naive();
    let this = NaiveDate::from_ymd_opt(today.year(), today.month(), 1).context("no such day")?;
    let last = this.checked_add_months(Months::new(3)).context("no such month")?;
    let month = |back| last.checked_sub_months(Months::new(back)).context("no such month");
    let months = (0..count).rev().map(|back| Ok(month(back)?.and_time(NaiveTime::MIN).and_utc()));
    months.collect()
}
