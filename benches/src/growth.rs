//! What a call costs as months go by: the same calls on logs with 6, 120 and 480 monthly partitions, in turns.
//!
//! Three layouts. *Dense*: all events are in the newest two months, and the others are empty. *Even*: a thousand events
//! in each month. *Sparse*: twenty in each, so that positions next to each other belong to many months.

mod calls;
mod layout;

use std::time::Duration;

use anyhow::Result;

use crate::server::Server;
use calls::{Call, Log};
use layout::Layout;

/// The monthly partitions of the logs that are compared; the first is what the others are measured by.
const MONTHS: [u32; 3] = [6, 120, 480];

/// What to measure.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "The same calls on logs with few and with many monthly partitions")]
pub struct Options {
    /// How often each call is made on each log.
    #[arg(long, default_value_t = 300)]
    calls: usize,
    /// Only these calls.
    #[arg(long, value_enum)]
    only: Vec<Call>,
    /// Only these layouts.
    #[arg(long, value_enum)]
    layout: Vec<Layout>,
}

/// Measures, and tells a line for each call and layout.
///
/// # Errors
///
/// When something fails.
pub async fn run(options: Options, mut tell: impl FnMut(String)) -> Result<()> {
    let server = Server::start().await?;
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    tell(format!("{} build={build} calls={}", server.describe(), options.calls));
    for layout in chosen(&options.layout, &Layout::ALL) {
        let mut logs = Vec::new();
        for months in MONTHS {
            logs.push(Log::prepare(&server, layout, months).await?);
        }
        for call in chosen(&options.only, &Call::ALL) {
            tell(line(call, layout, &measure(call, &logs, options.calls).await?));
        }
        for log in logs {
            log.close().await;
        }
    }
    server.stop().await
}

/// Those that were asked for; all where none was.
fn chosen<T: Copy>(asked: &[T], all: &[T]) -> Vec<T> {
    if asked.is_empty() { all.to_vec() } else { asked.to_vec() }
}

/// The median time of a call on each of the logs, which take turns call by call.
async fn measure(call: Call, logs: &[Log], calls: usize) -> Result<Vec<Duration>> {
    const WARM_UP: usize = 20;
    let mut times = vec![Vec::with_capacity(calls); logs.len()];
    for turn in 0..calls + WARM_UP {
        for (log, times) in logs.iter().zip(&mut times) {
            let time = log.time(call, turn).await?;
            if turn >= WARM_UP {
                times.push(time);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn line(call: Call, layout: Layout, medians: &[Duration]) -> String {
    let micros = |time: &Duration| time.as_secs_f64() * 1e6;
    let times = MONTHS.iter().zip(medians);
    let times: Vec<_> =
        times.map(|(months, time)| format!("{months}={:.0}µs", micros(time))).collect();
    let first = medians.first().map_or(f64::NAN, micros);
    let last = medians.last().map_or(f64::NAN, micros);
    format!("growth {call} {layout} {} ratio={:.2}", times.join(" "), last / first)
}
