//! `archive`: old events move out of the way.

use std::io::Write as _;
use std::time::Duration;

use aether_core::log::Limits;
use chrono::Utc;
use clap::Args;
use serde_json::json;

use crate::confirm::Consent;
use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, progress};
use crate::times::{parse_span, time};

/// The options of `archive`.
#[derive(Debug, Args)]
pub struct Archive {
    /// Events that happened longer ago than this
    #[arg(long, value_name = "SPAN", default_value = "365d", value_parser = parse_span)]
    older_than: Duration,
    /// How many move in one transaction
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    #[command(flatten)]
    consent: Consent,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Archive {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let span = chrono::Duration::from_std(self.older_than).ok();
        let before = span.and_then(|span| Utc::now().checked_sub_signed(span));
        let Some(before) = before.filter(|before| *before >= Limits::EARLIEST) else {
            return Err(Error::Request("--older-than reaches back before all time".to_owned()));
        };
        let what = format!(
            "Events that happened before {} move to evenements_archive; they stay readable.",
            time(before)
        );
        self.consent.ask(&what).await?;
        let progress = progress("events moved");
        let mut moved = 0;
        loop {
            let batch = host.store.archive(before, self.batch).await?;
            moved += batch;
            progress.inc(batch);
            // fewer than asked for: that was all
            if batch < u64::from(self.batch) {
                break;
            }
        }
        progress.finish_and_clear();
        match self.json {
            true => out.json(&json!({ "moved": moved, "before": before })),
            false => {
                let moved = count(moved, "event");
                Ok(writeln!(out, "{moved} from before {} moved to the archive", time(before))?)
            }
        }
    }
}
