//! One row of the comparison: the rounds of both sides, their medians, and whether the goals are met.

use std::fmt;
use std::time::Duration;

use super::load::Figures;

/// What a work should reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// At least this many times as many events per second.
    Ratio(f64),
    /// At least this many per second.
    Rate(f64),
    /// At p50 at most this many times the time.
    MedianAtMost(f64),
    /// At p99 at most this many times the time.
    TailAtMost(f64),
    /// At p95 at most so much time.
    P95Within(Duration),
    /// At p99 at most so much time.
    P99Within(Duration),
}

/// A row in the making.
#[derive(Debug)]
pub(super) struct Row {
    work: &'static str,
    concurrency: usize,
    goals: &'static [Goal],
    rounds: Vec<(Figures, Figures)>,
}

impl Row {
    pub(super) const fn new(
        work: &'static str,
        concurrency: usize,
        goals: &'static [Goal],
    ) -> Self {
        Self { work, concurrency, goals, rounds: Vec::new() }
    }

    /// What the sides reached in one more round.
    pub(super) fn push(&mut self, aether: Figures, handwritten: Figures) {
        eprintln!(
            "  {} c={} round {}: aether {:.0}/s, handwritten {:.0}/s",
            self.work,
            self.concurrency,
            self.rounds.len() + 1,
            aether.rate,
            handwritten.rate
        );
        self.rounds.push((aether, handwritten));
    }

    fn median(&self, value: impl Fn(&(Figures, Figures)) -> f64) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => values[n / 2],
            n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
        }
    }

    fn meets(&self, goal: Goal) -> bool {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        match goal {
            Goal::Ratio(least) => self.median(|(a, h)| a.rate / h.rate) >= least,
            Goal::Rate(least) => self.median(|(a, _)| a.rate) >= least,
            Goal::MedianAtMost(most) => self.median(|(a, h)| micros(a.p50) / micros(h.p50)) <= most,
            Goal::P95Within(most) => self.median(|(a, _)| micros(a.p95)) <= micros(most),
            Goal::P99Within(most) => self.median(|(a, _)| micros(a.p99)) <= micros(most),
            Goal::TailAtMost(most) => self.median(|(a, h)| micros(a.p99) / micros(h.p99)) <= most,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(least) => write!(f, "goal={least}"),
            Self::Rate(least) => write!(f, "goal_rate={least}"),
            Self::MedianAtMost(most) => write!(f, "goal_p50={most:.2}x"),
            Self::TailAtMost(most) => write!(f, "goal_p99={most:.2}x"),
            Self::P95Within(most) => write!(f, "goal_p95_us={}", most.as_micros()),
            Self::P99Within(most) => write!(f, "goal_p99_us={}", most.as_micros()),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |of: fn(&(Figures, Figures)) -> Duration| match self
            .median(|round| of(round).as_secs_f64() * 1e6)
        {
            0.0 => "-".to_owned(),
            micros if micros < 10.0 => format!("{micros:.2}"),
            micros => format!("{micros:.0}"),
        };
        write!(
            f,
            "compare {:<17} c={:<3} aether={:<8.0} handwritten={:<8.0} ratio={:<6.2} \
             p50_us={:<6} p95_us={:<6} p99_us={:<6} handwritten_p50_us={:<6} handwritten_p95_us={:<6} \
             handwritten_p99_us={:<6}",
            self.work,
            self.concurrency,
            self.median(|(aether, _)| aether.rate),
            self.median(|(_, handwritten)| handwritten.rate),
            self.median(|(aether, handwritten)| aether.rate / handwritten.rate),
            time(|(aether, _)| aether.p50),
            time(|(aether, _)| aether.p95),
            time(|(aether, _)| aether.p99),
            time(|(_, handwritten)| handwritten.p50),
            time(|(_, handwritten)| handwritten.p95),
            time(|(_, handwritten)| handwritten.p99),
        )?;
        for goal in self.goals {
            write!(f, " {goal} {}", if self.meets(*goal) { "met" } else { "MISSED" })?;
        }
        Ok(())
    }
}
