//! Look-ups made at the same time travel together.
//!
//! As a command of its own each costs Redis and the client library more than what it asks for. So while some are
//! under way, those that come wait, and then go as one `MGET`: nobody waits longer than for the answers to what left
//! before.

use std::sync::Arc;
use std::time::Duration;

use fred::bytes::Bytes;
use fred::clients::{Client, WithOptions};
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::{ClientLike as _, KeysInterface as _};
use fred::types::{ClusterHash, CustomCommand, Resp3Frame, Value};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::CacheKeys;

/// How many groups are under way at the same time: while Redis works on one, answers of another are read.
const LANES: usize = 2;
/// At most this many go as one: Redis serves nobody else meanwhile.
const TOGETHER: usize = 64;

/// What is under the keys of an entry.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) entry: Option<Bytes>,
    pub(super) seal: Option<Bytes>,
}

/// Collects look-ups.
#[derive(Debug, Clone)]
pub(super) struct LookUps {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: RedisClient,
    waiting: Mutex<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    queue: Vec<LookUp>,
    /// Until when they are answered.
    deadline: Instant,
    /// How many groups are under way.
    lanes: usize,
}

#[derive(Debug)]
struct LookUp {
    keys: [Bytes; 2],
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<Found, FredError>;

impl LookUps {
    pub(super) fn new(client: RedisClient) -> Self {
        let waiting = Waiting { queue: Vec::new(), deadline: Instant::now(), lanes: 0 };
        Self { inner: Arc::new(Inner { client, waiting: Mutex::new(waiting) }) }
    }

    /// What is under the keys of an entry at some moment between the call and the answer, which comes within
    /// `limit`, if all ask with the same one.
    pub(super) async fn find(&self, keys: CacheKeys, limit: Duration) -> Result<Found> {
        let inner = &self.inner;
        inner.client.check_circuit()?;
        let (answer, receiver) = oneshot::channel();
        let look_up = LookUp { keys: keys.into_bytes(), answer };
        if inner.client.is_cluster() {
            // a command reads one slot only; nor is a node that stands still the business of others
            inner.client.spawn(inner.clone().answer(vec![look_up], Instant::now() + limit));
        } else if inner.joins(look_up, limit) {
            inner.client.spawn(inner.clone().run());
        }
        let answer = receiver.await.unwrap_or_else(|_| Err(ended()));
        answer.map_err(|error| match inner.client.meaning(error) {
            Error::Timeout { limit: of_commands } => {
                Error::Timeout { limit: limit.min(of_commands) }
            }
            other => other,
        })
    }
}

impl Inner {
    /// Whether somebody has to see to those who wait.
    fn joins(&self, look_up: LookUp, limit: Duration) -> bool {
        let mut waiting = self.waiting();
        if waiting.queue.is_empty() {
            waiting.deadline = Instant::now() + limit;
        }
        waiting.queue.push(look_up);
        let free = waiting.lanes < LANES;
        waiting.lanes += usize::from(free);
        free
    }

    /// Goes on until nobody waits.
    async fn run(self: Arc<Self>) {
        while let Some((group, deadline)) = self.next_group() {
            self.clone().answer(group, deadline).await;
            // those who were answered may ask for more
            tokio::task::yield_now().await;
        }
    }

    fn next_group(&self) -> Option<(Vec<LookUp>, Instant)> {
        let mut waiting = self.waiting();
        if waiting.queue.is_empty() {
            waiting.lanes -= 1;
            return None;
        }
        let together = waiting.queue.len().min(TOGETHER);
        let rest = waiting.queue.split_off(together);
        Some((std::mem::replace(&mut waiting.queue, rest), waiting.deadline))
    }

    /// Answers a group until a deadline. What Redis says later is heard nevertheless: the circuit breaker wants to
    /// know whether it says anything.
    async fn answer(self: Arc<Self>, group: Vec<LookUp>, deadline: Instant) {
        let (keys, answers): (Vec<_>, Vec<_>) =
            group.into_iter().map(|look_up| (look_up.keys, look_up.answer)).unzip();
        let found = tokio::spawn(async move { self.look_up(keys).await });
        let found = match tokio::time::timeout_at(deadline, found).await {
            Ok(found) => found.unwrap_or_else(|_| Err(ended())),
            Err(_) => Err(FredError::new(ErrorKind::Timeout, "no answer in time")),
        };
        // some may not wait any more
        match found {
            Ok(found) => {
                for (answer, found) in answers.into_iter().zip(found) {
                    let _ = answer.send(Ok(found));
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }

    async fn look_up(&self, keys: Vec<[Bytes; 2]>) -> Result<Vec<Found>, FredError> {
        // that there is no connection tells the circuit breaker nothing: finding that out costs nobody anything
        let connection = self.client.any_connection();
        let connection =
            connection.inspect_err(|error| self.client.meaning(error.clone()).count())?;
        let found = match &keys[..] {
            [keys] => self.one(&connection, keys).await.map(|found| vec![found]),
            _ => self.all(&connection, keys).await,
        };
        found.inspect_err(|error| drop(self.client.error()(error.clone())))
    }

    /// Goes where the slot is.
    async fn one(
        &self,
        connection: &WithOptions<Client>,
        keys: &[Bytes; 2],
    ) -> Result<Found, FredError> {
        let found = self
            .client
            .ask(Family::Cache, connection, |redis| async move { redis.mget(keys.to_vec()).await });
        found.await.map(|(entry, seal)| Found { entry, seal })
    }

    async fn all(
        &self,
        connection: &WithOptions<Client>,
        keys: Vec<[Bytes; 2]>,
    ) -> Result<Vec<Found>, FredError> {
        let keys: Vec<Value> = keys.into_iter().flatten().map(Value::Bytes).collect();
        let mget = CustomCommand::new_static("MGET", ClusterHash::FirstKey, false);
        // as it comes: the library would look for text in every value
        let reply = connection.custom_raw(mget, keys);
        match self.client.sent(Family::Cache, reply).await? {
            Resp3Frame::Array { data, .. } => {
                let mut values = data.into_iter().map(bytes);
                let pairs = std::iter::from_fn(|| values.next().zip(values.next()));
                Ok(pairs.map(|(entry, seal)| Found { entry, seal }).collect())
            }
            Resp3Frame::SimpleError { data, .. } => {
                Err(FredError::new(ErrorKind::Unknown, data.to_string()))
            }
            _ => Err(FredError::new(ErrorKind::Protocol, "values were expected")),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock()
    }
}

fn bytes(frame: Resp3Frame) -> Option<Bytes> {
    match frame {
        Resp3Frame::BlobString { data, .. } => Some(data),
        _ => None,
    }
}

/// The runtime that drives the connections is gone, or a task has panicked.
fn ended() -> FredError {
    FredError::new(ErrorKind::Canceled, "nobody looks up any more")
}
