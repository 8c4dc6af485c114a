//! Time and chance as ports, so that tests drive them.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;

/// Tells the time, and waits for it.
pub trait Clock: Send + Sync + Debug + 'static {
    /// Now. May go backwards: nothing in this library relies on it rising.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some fixed moment of this process. Never goes backwards, whatever is done to
    /// [`now`](Clock::now), and goes on while the process stands still.
    fn monotonic(&self) -> Duration {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed()
    }

    /// Waits until `span` has passed.
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(span)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Gives random numbers: for ids and for jitter, not for rules of the game.
pub trait Random: Send + Sync + Debug + 'static {
    /// 128 random bits.
    fn next(&self) -> u128;

    /// A number from 0 to 1.
    fn chance(&self) -> f64 {
        (self.next() >> 64) as u64 as f64 / u64::MAX as f64
    }
}

impl<R: Random + ?Sized> Random for Arc<R> {
    fn next(&self) -> u128 {
        (**self).next()
    }

    fn chance(&self) -> f64 {
        (**self).chance()
    }
}

/// The operating system's randomness, through a generator per thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next(&self) -> u128 {
        let mut rng = rand::rng();
        u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
    }
}

/// The same numbers on every run: for tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<rand::rngs::SmallRng>);

impl SeededRandom {
    /// The sequence that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand::rngs::SmallRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn next(&self) -> u128 {
        let mut rng = self.0.lock();
        u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
    }
}

/// A UUID of version 7 from the ports: sorted by time, unique by chance.
pub(crate) fn uuid_v7(clock: &dyn Clock, random: &dyn Random) -> uuid::Uuid {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    let bytes = random.next().to_be_bytes();
    let mut tail = [0_u8; 10];
    tail.copy_from_slice(&bytes[..10]);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}
