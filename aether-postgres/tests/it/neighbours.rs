//! A verdict depends on the request and its streams, never on the neighbours in its batch: random batches against the
//! same requests one by one, on two databases that begin alike.

use aether_core::backend::{CommandIds as _, EventStore as _};
use aether_core::log::{Append, Appended, ExpectedVersion, NewEvent, StreamId};
use aether_core::time::{Random, SeededRandom};
use aether_core::{CommandId, Error, Json, Result, Version};
use aether_postgres::PgStore;
use aether_servers::Database;
use futures::future::join_all;
use uuid::Uuid;

use crate::backend::database;
use crate::census::{run, text};
use crate::samples::at;

const SEEDS: u64 = 80;

#[tokio::test]
async fn an_any_append_is_stored_beside_a_no_stream_that_is_refused() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    pair.prepare(&[to(&chest, ExpectedVersion::Any, 1)]).await;
    let batch = [to(&chest, ExpectedVersion::NoStream, 1), to(&chest, ExpectedVersion::Any, 1)];
    let answers = pair.answer_alike(&batch).await;
    assert!(matches!(answers[0], Err(Error::Conflict { .. })), "{answers:?}");
    assert!(answers[1].is_ok(), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn a_no_stream_is_refused_if_an_any_append_came_first() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    let batch = [to(&chest, ExpectedVersion::Any, 1), to(&chest, ExpectedVersion::NoStream, 1)];
    let answers = pair.answer_alike(&batch).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(Error::Conflict { .. })), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn the_last_version_is_given_to_the_request_that_came_first() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    pair.prepare(&[to(&chest, ExpectedVersion::Any, 1)]).await;
    pair.raise(&chest, Version::MAX.get() - 1).await;
    let batch = [to(&chest, ExpectedVersion::Any, 1), to(&chest, ExpectedVersion::Any, 1)];
    let answers = pair.answer_alike(&batch).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(Error::InvalidEvent { .. })), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn a_refused_request_takes_no_id_for_its_type() {
    let pair = Pair::open().await;
    let id = Uuid::now_v7();
    let as_chest = StreamId::new("Chest", id);
    let as_purse = StreamId::new("Purse", id);
    let missing = StreamId::new("Chest", Uuid::now_v7());
    let refused = to(&as_chest, ExpectedVersion::NoStream, 1)
        .provided(missing, ExpectedVersion::StreamExists);
    let answers = pair.answer_alike(&[refused, to(&as_purse, ExpectedVersion::Any, 1)]).await;
    assert!(matches!(answers[0], Err(Error::Conflict { .. })), "{answers:?}");
    assert!(answers[1].is_ok(), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn an_id_belongs_to_the_type_that_came_first() {
    let pair = Pair::open().await;
    let id = Uuid::now_v7();
    let as_chest = StreamId::new("Chest", id);
    let as_purse = StreamId::new("Purse", id);
    let batch = [to(&as_purse, ExpectedVersion::Any, 1), to(&as_chest, ExpectedVersion::Any, 1)];
    let answers = pair.answer_alike(&batch).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    assert!(matches!(answers[1], Err(Error::TypeMismatch { .. })), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn a_verdict_depends_on_no_neighbour_in_plain_batches() {
    let pair = Pair::open().await;
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        pair.prepare(&world.start()).await;
        let batch = world.plain_batch();
        pair.answer_alike(&batch).await;
    }
    pair.close().await;
}

#[tokio::test]
async fn a_verdict_depends_on_no_neighbour_in_any_batch() {
    let pair = Pair::open().await;
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        pair.prepare(&world.start()).await;
        pair.void(world.commands[1]).await;
        pair.raise(&world.streams[4], Version::MAX.get() - 2).await;
        let batch = world.any_batch();
        pair.answer_alike(&batch).await;
    }
    pair.close().await;
}

#[tokio::test]
async fn a_verdict_depends_on_no_neighbour_in_chains() {
    let pair = Pair::open().await;
    let mut stored = 0;
    for seed in 0..2 * SEEDS {
        let mut world = World::new(seed);
        pair.prepare(&world.start()).await;
        let batch = world.chains();
        stored += pair.answer_alike(&batch).await.iter().filter(|answer| answer.is_ok()).count();
    }
    assert!(stored > 200, "chains are stored: {stored}");
    pair.close().await;
}

#[tokio::test]
async fn a_chain_is_taken_up_where_nobody_knows_the_last_event() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    pair.prepare(&[to(&chest, ExpectedVersion::Any, 1)]).await;
    // as a release has left it that did not note the id
    pair.run("UPDATE aether_streams SET last_event_id = NULL").await;
    let answers = pair.answer_alike(&chain(&chest, ExpectedVersion::NoStream, 3)).await;
    assert!(matches!(answers[0], Err(Error::Conflict { .. })), "{answers:?}");
    assert!(answers[1].is_ok() && answers[2].is_ok(), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn a_chain_whose_beginning_was_stored_before_is_taken_up() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    let batch = chain(&chest, ExpectedVersion::NoStream, 4);
    pair.prepare(&batch[..2]).await;
    let answers = pair.answer_alike(&batch).await;
    assert!(answers[..2].iter().all(Result::is_err), "{answers:?}");
    assert!(answers[2..].iter().all(Result::is_ok), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn the_last_version_ends_a_chain() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    pair.prepare(&[to(&chest, ExpectedVersion::Any, 1)]).await;
    pair.raise(&chest, Version::MAX.get() - 2).await;
    let expected = ExpectedVersion::Exact(Version::new(Version::MAX.get() - 2));
    let answers = pair.answer_alike(&chain(&chest, expected, 3)).await;
    assert!(answers[0].is_ok() && answers[1].is_ok(), "{answers:?}");
    assert!(matches!(answers[2], Err(Error::InvalidEvent { .. })), "{answers:?}");
    pair.close().await;
}

#[tokio::test]
async fn a_chain_breaks_at_a_command_that_was_carried_out_before() {
    let pair = Pair::open().await;
    let chest = StreamId::new("Chest", Uuid::now_v7());
    let command = CommandId::new(Uuid::now_v7());
    let other = StreamId::new("Chest", Uuid::now_v7());
    pair.prepare(&[to(&other, ExpectedVersion::Any, 1).with_command_id(command)]).await;
    let mut batch = chain(&chest, ExpectedVersion::NoStream, 3);
    batch[1] = batch[1].clone().with_command_id(command);
    let answers = pair.answer_alike(&batch).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    assert!(answers[1].as_ref().is_ok_and(|first| first.duplicate), "{answers:?}");
    assert!(matches!(answers[2], Err(Error::Conflict { .. })), "{answers:?}");
    pair.close().await;
}

/// Two stores that begin alike: one gets requests in batches, the other one by one.
struct Pair {
    together: (Database, PgStore),
    alone: (Database, PgStore),
}

impl Pair {
    async fn open() -> Self {
        let store = async || {
            let database = database().await;
            let store = PgStore::builder().writers(1).connect(database.url()).await.unwrap();
            (database, store)
        };
        Self { together: store().await, alone: store().await }
    }

    fn stores(&self) -> [&PgStore; 2] {
        [&self.together.1, &self.alone.1]
    }

    async fn prepare(&self, appends: &[Append]) {
        for store in self.stores() {
            for append in appends {
                store.append(append.clone()).await.unwrap();
            }
        }
    }

    async fn void(&self, id: CommandId) {
        for store in self.stores() {
            store.void_command(id, None).await.unwrap();
        }
    }

    /// Sets the version of a stream, past its events.
    async fn raise(&self, stream: &StreamId, version: u32) {
        let id = stream.aggregate_id.as_uuid();
        let sql = "UPDATE aether_streams SET version =";
        self.run(&format!("{sql} {version} WHERE aggregate_id = '{id}'")).await;
    }

    async fn run(&self, sql: &str) {
        for (database, _) in [&self.together, &self.alone] {
            run(database.url(), sql).await;
        }
    }

    /// Sends the requests as one batch and one by one, and asserts that all is the same afterwards.
    async fn answer_alike(&self, batch: &[Append]) -> Vec<Result<Appended>> {
        // one writer, woken when all are queued
        let together = join_all(batch.iter().map(|append| self.together.1.append(append.clone())));
        let together = together.await;
        let mut alone = Vec::new();
        for append in batch {
            alone.push(self.alone.1.append(append.clone()).await);
        }
        for ((append, together), alone) in batch.iter().zip(&together).zip(&alone) {
            assert_eq!(
                verdict(together),
                verdict(alone),
                "in the batch (left) and alone (right): {append:#?} in {batch:#?}"
            );
        }
        let heads =
            "SELECT coalesce(string_agg(concat_ws(' ', aggregate_id, aggregate_type, version), ', '
                         ORDER BY aggregate_id), '') FROM aether_streams";
        let events = "SELECT coalesce(string_agg(concat_ws(' ', aggregate_id, aggregate_version, event_id), ', '
                          ORDER BY aggregate_id, aggregate_version), '') FROM evenements";
        for sql in [heads, events] {
            let stored = text(self.together.0.url(), sql).await;
            assert_eq!(
                stored,
                text(self.alone.0.url(), sql).await,
                "what is stored, for {batch:#?}"
            );
        }
        together
    }

    async fn close(self) {
        self.together.1.close().await;
        self.alone.1.close().await;
    }
}

/// An answer, but for positions, which depend on the order of streams.
fn verdict(answer: &Result<Appended>) -> String {
    match answer {
        Ok(appended) => {
            let writes = appended.writes.iter();
            let writes: Vec<_> =
                writes.map(|w| (w.stream.to_string(), w.version, w.positions.len())).collect();
            format!("stored {writes:?}, duplicate: {}", appended.duplicate)
        }
        Err(error) => error.to_string(),
    }
}

fn to(stream: &StreamId, expected: ExpectedVersion, events: usize) -> Append {
    Append::to(stream.clone(), expected, (0..events).map(|_| opened(Uuid::now_v7())).collect())
}

fn opened(id: Uuid) -> NewEvent {
    NewEvent::from_json("Opened", Json::empty(), id.into(), at("2026-03-01T12:00:00Z"))
}

/// Requests for one stream of which each expects what the one before it leads to.
fn chain(stream: &StreamId, expected: ExpectedVersion, requests: usize) -> Vec<Append> {
    let mut expected = expected;
    let one = |_| {
        let request = to(stream, expected, 1);
        let version = match expected {
            ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _) => version,
            _ => Version::ZERO,
        };
        let last = request.writes()[0].events[0].event_id();
        expected = ExpectedVersion::Head(version.plus(1), last);
        request
    };
    (0..requests).map(one).collect()
}

/// A few streams, and requests that meet in them.
struct World {
    random: SeededRandom,
    streams: Vec<StreamId>,
    /// Carried out, used up, and free ones.
    commands: Vec<CommandId>,
}

impl World {
    fn new(seed: u64) -> Self {
        let random = SeededRandom::new(seed);
        let stream = |_| StreamId::new("Chest", Uuid::from_u128(random.next()));
        let streams = (0..6).map(stream).collect();
        let commands = (0..4).map(|_| CommandId::new(Uuid::from_u128(random.next()))).collect();
        Self { random, streams, commands }
    }

    fn below(&self, end: usize) -> usize {
        (self.random.next() % end as u128) as usize
    }

    /// What is there before: three streams are missing, one is carried out under a command id.
    fn start(&mut self) -> Vec<Append> {
        let first = to(&self.streams[2], ExpectedVersion::NoStream, 1);
        vec![
            first.with_command_id(self.commands[0]),
            to(&self.streams[3], ExpectedVersion::NoStream, 3),
            to(&self.streams[4], ExpectedVersion::NoStream, 2),
        ]
    }

    /// Requests with one write each, most of them stored by the function for plain batches.
    fn plain_batch(&mut self) -> Vec<Append> {
        let count = 2 + self.below(4);
        (0..count).map(|_| self.plain()).collect()
    }

    fn plain(&self) -> Append {
        let events = 1 + self.below(3);
        let append = to(&self.stream(), self.expected(), events);
        match self.below(6) {
            0 => append.with_command_id(CommandId::new(Uuid::from_u128(self.random.next()))),
            _ => append,
        }
    }

    /// Chains for several streams, mixed with each other. Some begin where their stream is not, some have a request too
    /// many, lack one, or have one that was carried out before.
    fn chains(&mut self) -> Vec<Append> {
        let mut chains = Vec::new();
        for stream in [1, 2, 3, 4] {
            // streams 2, 3 and 4 have 1, 3 and 2 events
            let begin = [0, 0, 1, 3, 2][stream] + u32::from(self.below(5) == 0);
            let expected = match begin {
                0 => ExpectedVersion::NoStream,
                version => ExpectedVersion::Exact(Version::new(version)),
            };
            let mut requests = chain(&self.streams[stream], expected, 1 + self.below(5));
            let at = self.below(requests.len());
            match self.below(8) {
                0 => drop(requests.remove(at)),
                1 => requests.insert(at, to(&self.streams[stream], self.expected(), 1)),
                2 => {
                    let id = self.commands[self.below(self.commands.len())];
                    requests[at] = requests[at].clone().with_command_id(id);
                }
                _ => {}
            }
            chains.push(std::collections::VecDeque::from(requests));
        }
        let mut batch = Vec::new();
        while chains.iter().any(|chain| !chain.is_empty()) {
            let next = self.below(chains.len());
            batch.extend(chains[next].pop_front());
        }
        batch
    }

    fn any_batch(&mut self) -> Vec<Append> {
        let count = 2 + self.below(10);
        (0..count).map(|_| self.any()).collect()
    }

    /// Up to three writes, some without events, some under an id that is used elsewhere.
    fn any(&self) -> Append {
        let writes = [1, 1, 1, 2, 3][self.below(5)];
        let append = (0..writes).fold(Append::default(), |append, _| {
            let events = (0..self.below(4)).map(|_| opened(Uuid::now_v7())).collect();
            append.and(self.stream(), self.expected(), events)
        });
        match self.below(3) {
            0 => append.with_command_id(self.commands[self.below(self.commands.len())]),
            _ => append,
        }
    }

    fn stream(&self) -> StreamId {
        let stream = &self.streams[self.below(self.streams.len())];
        match self.below(12) {
            0 => StreamId::new("Purse", stream.aggregate_id),
            _ => stream.clone(),
        }
    }

    fn expected(&self) -> ExpectedVersion {
        match self.below(8) {
            0..=2 => ExpectedVersion::Any,
            3..=4 => ExpectedVersion::NoStream,
            5 => ExpectedVersion::StreamExists,
            _ => ExpectedVersion::Exact(Version::new(self.below(5) as u32)),
        }
    }
}
