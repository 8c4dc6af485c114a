//! Streams: in once, handled at least once, and what cannot be handled stops nobody.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::projection::{Message, Sink as _};
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, BoxError, Json, Position};
use aether_redis::{
    ConsumerGroup, Error, GroupSettings, KeySpace, RedisStream, Retention, StreamHandler,
    StreamMessage,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::probe::{Place, connect, eventually, on_every_topology, own, raw, shared, shared_url};

fn message(key: u128, position: u64) -> Message {
    let key = AggregateId::new(Uuid::from_u128(key));
    let body = Json::encode(&position).unwrap();
    Message::new("gold.won", key, Position::new(position), body)
}

/// `count` messages of `keys` keys, in turn.
fn messages(keys: u128, count: u64) -> Vec<Message> {
    (1..=count).map(|position| message(u128::from(position) % keys, position)).collect()
}

async fn fresh() -> RedisStream {
    let (client, keys) = shared().await;
    RedisStream::new(client, &keys.hash_tags(true), "event:stream")
}

/// RedisSettings that make tests quick.
fn soon() -> GroupSettings {
    GroupSettings::new()
        .block(Duration::from_millis(50))
        .claim_after(Duration::from_millis(300))
        .backoff(Duration::from_millis(5))
        .attempts(3)
}

/// Notes what it is given; says no where it is told to.
#[derive(Clone, Default)]
struct Journal {
    seen: Arc<Mutex<Vec<(AggregateId, u64, u32)>>>,
    refused: Arc<Mutex<BTreeMap<u64, u32>>>,
    at_once: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
}

impl Journal {
    fn refusing(position: u64, times: u32) -> Self {
        let journal = Self::default();
        journal.refused.lock().unwrap().insert(position, times);
        journal
    }

    fn positions(&self) -> Vec<u64> {
        self.seen.lock().unwrap().iter().map(|(_, position, _)| *position).collect()
    }

    fn sorted(&self) -> Vec<u64> {
        let mut positions = self.positions();
        positions.sort_unstable();
        positions
    }

    fn deliveries(&self, position: u64) -> Vec<u32> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|(_, p, _)| *p == position).map(|(.., deliveries)| *deliveries).collect()
    }
}

impl StreamHandler for Journal {
    async fn handle(&self, message: &StreamMessage) -> Result<(), BoxError> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        let position = message.position.get();
        self.seen.lock().unwrap().push((message.key, position, message.deliveries));
        let mut refused = self.refused.lock().unwrap();
        match refused.get_mut(&position) {
            Some(times) if *times > 0 => {
                *times -= 1;
                Err(format!("{position} is refused on purpose").into())
            }
            _ => Ok(()),
        }
    }
}

/// A consumer that runs until it is stopped, or dropped as if its process was killed.
struct Running {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), Error>>,
}

fn run(group: &ConsumerGroup, name: &str, handler: impl StreamHandler) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let (group, name) = (group.clone(), name.to_owned());
    let task =
        tokio::spawn(async move { group.run(name, handler, async { drop(stopped.await) }).await });
    Running { stop: Some(stop), task }
}

/// As [`run`], on a thread of its own: what holds it up holds up nobody else. It cannot be killed.
fn run_apart(group: &ConsumerGroup, name: &str, handler: impl StreamHandler) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let (group, name) = (group.clone(), name.to_owned());
    let task = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(group.run(name, handler, async { drop(stopped.await) }))
    });
    Running { stop: Some(stop), task }
}

impl Running {
    async fn stop(mut self) {
        drop(self.stop.take());
        (&mut self.task).await.unwrap().unwrap();
    }

    /// As if its process was killed.
    async fn kill(mut self) {
        self.task.abort();
        drop((&mut self.task).await);
    }
}

async fn settled(group: &ConsumerGroup) {
    eventually("everything is acknowledged", async || {
        let lag = group.lag().await.unwrap();
        !lag.is_empty() && lag.iter().all(|lag| lag.pending == 0 && lag.unread == Some(0))
    })
    .await;
}

#[tokio::test]
async fn what_is_delivered_again_is_in_the_stream_once() {
    let stream = fresh().await;
    let sink = stream.sink();
    let all = messages(3, 450);
    sink.deliver(&all[..300]).await.unwrap();
    // a publisher that is not sure of its last batch, and one that woke up late
    sink.deliver(&all[100..300]).await.unwrap();
    stream.sink().deliver(&all[..50]).await.unwrap();
    sink.deliver(&all[250..]).await.unwrap();
    assert_eq!(stream.len().await.unwrap(), 450);
    let (group, journal) = (stream.group("ouvriers").settings(soon()), Journal::default());
    let running = run(&group, "un", journal.clone());
    settled(&group).await;
    running.stop().await;
    assert_eq!(journal.sorted(), (1..=450).collect::<Vec<_>>());
}

#[tokio::test]
async fn positions_beyond_what_a_float_holds_are_told_apart() {
    let stream = fresh().await;
    let sink = stream.sink();
    let high = i64::MAX as u64 - 1;
    sink.deliver(&[message(1, 99), message(1, high)]).await.unwrap();
    sink.deliver(&[message(1, high), message(1, high + 1)]).await.unwrap();
    assert_eq!(stream.len().await.unwrap(), 3);
}

#[tokio::test]
async fn messages_of_a_key_stay_in_order_in_any_number_of_parts() {
    for parts in [1, 4] {
        let stream = fresh().await.in_parts(parts);
        stream.sink().deliver(&messages(17, 600)).await.unwrap();
        let group = stream.group("ouvriers").settings(soon().concurrency(5));
        let journal = Journal::refusing(35, 2);
        let running = run(&group, "un", journal.clone());
        settled(&group).await;
        running.stop().await;
        let mut by_key: BTreeMap<AggregateId, Vec<u64>> = BTreeMap::new();
        for (key, position, _) in journal.seen.lock().unwrap().iter() {
            by_key.entry(*key).or_default().push(*position);
        }
        assert_eq!(by_key.len(), 17);
        for positions in by_key.values() {
            assert!(positions.is_sorted(), "also where one is tried again: {positions:?}");
        }
        assert_eq!(journal.deliveries(35), [1, 2, 3]);
        let most = journal.most_at_once.load(Ordering::SeqCst);
        assert!((2..=5 * usize::from(parts)).contains(&most), "{most} at once");
    }
}

#[tokio::test]
async fn groups_are_independent_and_consumers_of_one_share() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(50, 300)).await.unwrap();
    let (workers, mails) = (stream.group("ouvriers"), stream.group("courriers"));
    let (workers, mails) = (workers.settings(soon().batch(5)), mails.settings(soon()));
    let journals = [Journal::default(), Journal::default(), Journal::default()];
    let running = [
        run(&workers, "un", journals[0].clone()),
        run(&workers, "deux", journals[1].clone()),
        run(&mails, "un", journals[2].clone()),
    ];
    settled(&workers).await;
    settled(&mails).await;
    for running in running {
        running.stop().await;
    }
    let mut shared = journals[0].positions();
    shared.extend(journals[1].positions());
    shared.sort_unstable();
    assert_eq!(shared, (1..=300).collect::<Vec<_>>());
    assert_eq!(journals[2].sorted(), (1..=300).collect::<Vec<_>>());
    // who has left with nothing in hand is forgotten
    assert!(workers.lag().await.unwrap().iter().all(|lag| lag.consumers == 0));
}

/// Never finishes.
struct Stuck(Arc<AtomicUsize>);

impl StreamHandler for Stuck {
    async fn handle(&self, _message: &StreamMessage) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[tokio::test]
async fn what_a_killed_consumer_had_in_hand_is_taken_over() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(10, 40)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon());
    let begun = Arc::new(AtomicUsize::new(0));
    let victim = run(&group, "victime", Stuck(begun.clone()));
    eventually("it is at work", async || begun.load(Ordering::SeqCst) >= 3).await;
    let journal = Journal::default();
    let other = run(&group, "relève", journal.clone());
    // a consumer that lives keeps what it has, however long it takes
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(journal.positions().is_empty(), "{:?}", journal.positions());
    victim.kill().await;
    settled(&group).await;
    assert_eq!(journal.sorted(), (1..=40).collect::<Vec<_>>());
    assert_eq!(journal.deliveries(1), [2], "the second time");
    other.stop().await;
}

#[tokio::test]
async fn what_was_handled_and_not_acknowledged_comes_again() {
    let (redis, handled) = (own().await, Arc::new(AtomicUsize::new(0)));
    let stream = RedisStream::new(connect(redis.url()).await, &KeySpace::new(), "event:stream");
    stream.sink().deliver(&messages(1, 1)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon());
    // XACK is refused: as if the consumer died right after its work
    raw(redis.url(), "ACL SETUSER default -xack");
    let victim = run(&group, "victime", Handled(handled.clone()));
    eventually("handled", async || handled.load(Ordering::SeqCst) == 1).await;
    victim.kill().await;
    raw(redis.url(), "ACL SETUSER default +xack");
    let journal = Journal::default();
    let other = run(&group, "relève", journal.clone());
    settled(&group).await;
    assert_eq!(journal.deliveries(1), [2]);
    other.stop().await;
}

struct Handled(Arc<AtomicUsize>);

impl StreamHandler for Handled {
    async fn handle(&self, _message: &StreamMessage) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn a_message_that_keeps_failing_is_buried_and_others_go_on() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(5, 30)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon());
    let journal = Journal::refusing(7, u32::MAX);
    let running = run(&group, "un", journal.clone());
    settled(&group).await;
    running.stop().await;
    assert_eq!(journal.deliveries(7), [1, 2, 3]);
    assert_eq!(journal.positions().len(), 32);
    let letters = group.dead_letters(10).await.unwrap();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.deliveries, &*letter.error), (3, "7 is refused on purpose"));
    assert_eq!(letter.message.as_ref().unwrap().position.get(), 7);
    assert_eq!(letter.message.as_ref().unwrap().body.as_str(), "7");
    assert!(group.forget_dead_letter(letter).await.unwrap());
    assert!(!group.forget_dead_letter(letter).await.unwrap());
    assert!(group.dead_letters(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_that_kills_its_consumers_is_buried() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(1, 1)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon());
    for round in 1..=3 {
        let begun = Arc::new(AtomicUsize::new(0));
        let victim = run(&group, &format!("victime {round}"), Stuck(begun.clone()));
        eventually("it is at work", async || begun.load(Ordering::SeqCst) == 1).await;
        victim.kill().await;
    }
    let journal = Journal::default();
    let last = run(&group, "dernier", journal.clone());
    settled(&group).await;
    last.stop().await;
    assert!(journal.positions().is_empty());
    let letters = group.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].deliveries, 3);
    assert!(letters[0].error.contains("did not finish"), "{}", letters[0].error);
}

/// Blocks its thread for longer than consumers may be silent, goes on for a while, and fails the first two times.
struct Blocking(Journal);

impl StreamHandler for Blocking {
    async fn handle(&self, message: &StreamMessage) -> Result<(), BoxError> {
        std::thread::sleep(soon().claim_after * 2);
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.0.handle(message).await
    }
}

/// Else it would use up attempts that nobody has made, and could bury what it is at.
#[tokio::test]
async fn a_consumer_that_was_held_up_does_not_take_over_from_itself() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(3, 3)).await.unwrap();
    let (group, journal) = (stream.group("ouvriers").settings(soon()), Journal::default());
    for position in 1..=3 {
        journal.refused.lock().unwrap().insert(position, 2);
    }
    let running = run_apart(&group, "un", Blocking(journal.clone()));
    settled(&group).await;
    running.stop().await;
    for position in 1..=3 {
        assert_eq!(journal.deliveries(position), [1, 2, 3], "of {position}");
    }
    assert!(group.dead_letters(10).await.unwrap().is_empty());
}

/// Panics at 1, and takes too long at 2.
struct Clumsy(Journal);

impl StreamHandler for Clumsy {
    async fn handle(&self, message: &StreamMessage) -> Result<(), BoxError> {
        self.0.handle(message).await?;
        match message.position.get() {
            1 => panic!("a panic on purpose"),
            2 => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_panic_or_a_hang_counts_as_a_failure() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(3, 9)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon().time_limit(Duration::from_millis(400)));
    let journal = Journal::default();
    // a panic takes its time to tell where it came from
    let running = run_apart(&group, "un", Clumsy(journal.clone()));
    settled(&group).await;
    running.stop().await;
    let mut errors: Vec<String> =
        group.dead_letters(10).await.unwrap().into_iter().map(|letter| letter.error).collect();
    errors.sort();
    assert!(errors[0].contains("a panic on purpose"), "{errors:?}");
    assert!(errors[1].contains("longer than its time limit"), "{errors:?}");
    assert_eq!(journal.sorted()[6..], [3, 4, 5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn an_entry_that_is_no_message_is_buried() {
    let (client, keys) = shared().await;
    let stream = RedisStream::new(client, &keys, "event:stream");
    let key = format!("{}event:stream", keys.prefix());
    raw(shared_url().await, &format!(r#"XADD {key} * a "\xff\xfe" b 2"#));
    stream.sink().deliver(&messages(1, 2)).await.unwrap();
    let (group, journal) = (stream.group("ouvriers").settings(soon()), Journal::default());
    let running = run(&group, "un", journal.clone());
    settled(&group).await;
    running.stop().await;
    assert_eq!(journal.positions(), [1, 2]);
    let letters = group.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].message.is_none() && letters[0].error.contains("topic"), "{letters:?}");
}

/// Opens when it is told to.
#[derive(Clone, Default)]
struct Door {
    open: Arc<AtomicBool>,
    begun: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
}

impl StreamHandler for Door {
    async fn handle(&self, _message: &StreamMessage) -> Result<(), BoxError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        while !self.open.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn who_stops_finishes_what_it_is_at_and_gives_the_rest_back_at_once() {
    let stream = fresh().await;
    stream.sink().deliver(&messages(20, 40)).await.unwrap();
    // nobody is waited for: what comes soon was given back
    let patient = soon().claim_after(Duration::from_secs(600)).concurrency(2);
    let group = stream.group("ouvriers").settings(patient);
    let door = Door::default();
    let mut first = run(&group, "un", door.clone());
    eventually("at work", async || door.begun.load(Ordering::SeqCst) == 2).await;
    drop(first.stop.take());
    door.open.store(true, Ordering::SeqCst);
    (&mut first.task).await.unwrap().unwrap();
    let (begun, done) = (door.begun.load(Ordering::SeqCst), door.done.load(Ordering::SeqCst));
    assert_eq!(begun, done);
    assert!(done < 40);
    let journal = Journal::default();
    let second = run(&group, "deux", journal.clone());
    settled(&group).await;
    second.stop().await;
    assert_eq!(journal.positions().len(), 40 - done);
}

#[tokio::test]
async fn a_redis_that_goes_away_is_waited_for_and_its_groups_are_made_again() {
    let redis = own().await;
    let stream = RedisStream::new(connect(redis.url()).await, &KeySpace::new(), "event:stream");
    let (group, journal) = (stream.group("ouvriers").settings(soon()), Journal::default());
    stream.sink().deliver(&messages(3, 5)).await.unwrap();
    let running = run(&group, "un", journal.clone());
    settled(&group).await;
    redis.kill9().await.unwrap();
    redis.restart().await.unwrap();
    let later: Vec<Message> = (6..=9).map(|position| message(1, position)).collect();
    let sink = stream.sink();
    eventually("delivered", async || sink.deliver(&later).await.is_ok()).await;
    settled(&group).await;
    raw(redis.url(), "FLUSHALL");
    sink.deliver(&[message(1, 10)]).await.unwrap();
    settled(&group).await;
    running.stop().await;
    assert_eq!(journal.sorted(), (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_that_a_group_needs_is_trimmed_before_the_limit() {
    let stream = fresh().await;
    let keep = Retention::EVERYTHING;
    stream.sink().with(keep).deliver(&messages(10, 1000)).await.unwrap();
    let at_once = Retention::EVERYTHING.age(Duration::ZERO);
    let (group, begun) = (stream.group("lents").settings(soon()), Arc::new(AtomicUsize::new(0)));
    let victim = run(&group, "un", Stuck(begun.clone()));
    eventually("the first ones are in hand", async || begun.load(Ordering::SeqCst) > 0).await;
    let trimmed = stream.trim(at_once).await.unwrap();
    assert_eq!((trimmed.entries, trimmed.unread), (0, false), "the first one is needed");
    victim.kill().await;
    let running = run(&group, "deux", Journal::default());
    settled(&group).await;
    running.stop().await;
    let trimmed = stream.trim(at_once).await.unwrap();
    assert!(trimmed.entries >= 800 && !trimmed.unread, "{trimmed:?}");
}

#[tokio::test]
async fn the_limit_holds_no_matter_who_needs_what() {
    let stream = fresh().await;
    let group = stream.group("lents").settings(soon());
    let running = run(&group, "un", Journal::default());
    stream.sink().deliver(&messages(10, 1000)).await.unwrap();
    settled(&group).await;
    running.stop().await;
    let limit = Retention::EVERYTHING.limit(300);
    let trimmed = stream.trim(limit).await.unwrap();
    assert!(trimmed.entries >= 600 && !trimmed.unread, "all of it was read: {trimmed:?}");
    let more: Vec<Message> = (1001..=2000).map(|position| message(1, position)).collect();
    stream.sink().deliver(&more).await.unwrap();
    let trimmed = stream.trim(limit).await.unwrap();
    assert!(trimmed.entries > 0 && trimmed.unread, "{trimmed:?}");
    assert!(stream.len().await.unwrap() <= 400);
}

/// In, by several parts, and out; with one that fails, and one that was killed.
async fn a_stream_is_worked_off(place: Place) {
    let stream = RedisStream::new(place.client.clone(), &place.keys, "event:stream").in_parts(3);
    let sink = stream.sink();
    sink.deliver(&messages(40, 300)).await.unwrap();
    sink.deliver(&messages(40, 300)).await.unwrap();
    let group = stream.group("ouvriers").settings(soon());
    let begun = Arc::new(AtomicUsize::new(0));
    let victim = run(&group, "victime", Stuck(begun.clone()));
    eventually("it is at work", async || begun.load(Ordering::SeqCst) >= 3).await;
    victim.kill().await;
    let journal = Journal::refusing(70, u32::MAX);
    let running = run(&group, "relève", journal.clone());
    settled(&group).await;
    running.stop().await;
    let mut seen = journal.sorted();
    seen.dedup();
    assert_eq!(seen, (1..=300).collect::<Vec<_>>());
    let letters = group.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(group.forget_dead_letter(&letters[0]).await.unwrap());
    let trimmed = stream.trim(Retention::EVERYTHING.age(Duration::ZERO)).await.unwrap();
    assert!(!trimmed.unread);
}

on_every_topology! {
    a_stream_is_worked_off,
}

#[tokio::test]
async fn a_key_of_another_kind_is_a_typed_error() {
    let (client, keys) = shared().await;
    let stream = RedisStream::new(client, &keys, "event:stream");
    raw(shared_url().await, &format!("SET {}event:stream 1", keys.prefix()));
    let error = stream.sink().deliver(&messages(1, 1)).await.unwrap_err();
    let found = Error::find_in(&*error);
    assert!(matches!(found, Some(Error::WrongType { .. })), "{error}");
    let group = stream.group("ouvriers").settings(soon());
    let error = group.run("un", Journal::default(), std::future::pending()).await.unwrap_err();
    assert!(matches!(error, Error::WrongType { .. }), "{error}");
}

#[tokio::test]
async fn a_group_that_begins_with_new_messages_misses_none_after_a_flush() {
    let redis = own().await;
    let stream = RedisStream::new(connect(redis.url()).await, &KeySpace::new(), "event:stream");
    stream.sink().deliver(&messages(3, 5)).await.unwrap();
    let group = stream.group("g").settings(soon().from_start(false));
    let journal = Journal::default();
    let consumer = run(&group, "c", journal.clone());
    eventually("it has begun", async || !group.lag().await.unwrap().is_empty()).await;
    stream.sink().deliver(&[message(1, 6)]).await.unwrap();
    eventually("the new one", async || journal.positions() == [6]).await;
    // flushed and filled again before anybody can look
    let key = AggregateId::new(Uuid::from_u128(1));
    let add = |position: u64| {
        format!("XADD event:stream * topic t key {key} position {position} body {position}\r\n")
    };
    let step = format!("MULTI\r\nFLUSHALL\r\n{}{}EXEC", add(7), add(8));
    assert_eq!(raw(redis.url(), &step), "+OK");
    eventually("those after the flush", async || journal.sorted() == [6, 7, 8]).await;
    consumer.stop().await;
}
