//! A closed loop of tasks: each does its step again and again, and the time of every step is kept.

use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;

/// How long to work, and how long before anything counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) warm_up: Duration,
    pub(super) span: Duration,
}

/// What one side reached in one round.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    /// Events per second.
    pub(super) rate: f64,
    /// The time of one step that half of them stay below; zero where nothing is measured one by one.
    pub(super) p50: Duration,
    /// The time of one step that all but one in twenty stay below; zero where it is not measured.
    pub(super) p95: Duration,
    /// The time of one step that all but one in a hundred stay below.
    pub(super) p99: Duration,
}

/// One of the tasks.
pub(super) trait Client: Send + 'static {
    /// One step; how many events it was.
    fn step(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

/// Lets all clients work at the same time, and gives them back for the next round.
pub(super) async fn drive<C: Client>(clients: Vec<C>, pace: Pace) -> Result<(Vec<C>, Figures)> {
    let from = Instant::now() + pace.warm_up;
    let until = from + pace.span;
    let tasks: Vec<_> =
        clients.into_iter().map(|client| tokio::spawn(work(client, from, until))).collect();
    let mut clients = Vec::with_capacity(tasks.len());
    let (mut events, mut times) = (0, histogram()?);
    for task in tasks {
        let (client, counted, its_times) = task.await??;
        clients.push(client);
        events += counted;
        times.add(its_times)?;
    }
    let quantile = |q| Duration::from_nanos(times.value_at_quantile(q));
    let rate = events as f64 / pace.span.as_secs_f64();
    Ok((clients, Figures { rate, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }))
}

async fn work<C: Client>(
    mut client: C,
    from: Instant,
    until: Instant,
) -> Result<(C, u64, Histogram<u64>)> {
    let (mut events, mut times) = (0, histogram()?);
    let mut begun = Instant::now();
    while begun < until {
        let stored = client.step().await?;
        let done = Instant::now();
        if done >= from && done < until {
            events += stored;
            times.saturating_record(done.duration_since(begun).as_nanos() as u64);
        }
        begun = done;
    }
    Ok((client, events, times))
}

/// Nanoseconds, up to a minute.
pub(super) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000_000, 3)?)
}
