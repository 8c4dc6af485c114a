//! Leaderboards that a projection fills: exactly once, refilled after a flush, rebuilt while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aether_core::backend::{
    Checkpoint, Checkpoints as _, EventStore as _, ReadModels as _, Reason, Step,
};
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::memory::MemoryStore;
use aether_core::projection::{ProjectionSettings, Shard};
use aether_core::uuid::Uuid;
use aether_core::{AnyEvent, BoxError, Engine, Json, Node, Position, Projection, Recorded};
use aether_realtime::leaderboard::{
    Board, Change, Leaderboard, LeaderboardError, Leaderboards as _, SeasonStart,
};
use aether_redis::{KeySpace, RedisClient, RedisLeaderboards, RedisReadModels, RedisTx};

use crate::probe::{connect, own, raw};

const WINS: Board = Board::from_static("wins").window(4);

/// One point per event of type `Won`; `Season` starts the season that follows.
struct Wins {
    /// Fails at this event type, if any.
    fails_at: &'static str,
}

impl Projection<RedisTx> for Wins {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "wins"
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        for event in events {
            if event.event_type == self.fails_at {
                return Err("it does not like this one".into());
            }
            let mut board = tx.leaderboard(&WINS);
            match event.event_type.as_str() {
                "Season" => {
                    let season = event.version.get() + 1;
                    board.start_season(SeasonStart::new(season, event));
                }
                _ => board.write(Change::add(event.aggregate_id, 1, event).named("Aria")),
            }
        }
        Ok(())
    }
}

const FINE: Wins = Wins { fails_at: "" };

async fn append(
    store: &MemoryStore,
    event_type: &'static str,
    who: u128,
    count: usize,
) -> Position {
    let event = || {
        let id = Uuid::now_v7().into();
        NewEvent::from_json(event_type, Json::empty(), id, aether_core::chrono::Utc::now())
    };
    let stream = StreamId::new("Player", Uuid::from_u128(who));
    let events = (0..count).map(|_| event()).collect();
    let appended = store.append(Append::to(stream, ExpectedVersion::Any, events)).await.unwrap();
    *appended.writes[0].positions.last().unwrap()
}

async fn won(store: &MemoryStore, who: u128, count: usize) -> Position {
    append(store, "Won", who, count).await
}

fn start(store: &MemoryStore, client: &RedisClient, wins: Wins) -> Node {
    let models = RedisReadModels::new(client.clone(), KeySpace::new());
    let settings = ProjectionSettings::default().batch_size(20);
    Node::builder(&Engine::new(store.clone()))
        .projection(models, wins.with(settings))
        .start()
        .unwrap()
}

fn boards(client: &RedisClient) -> RedisLeaderboards {
    RedisLeaderboards::new(client.clone(), KeySpace::new())
}

async fn scores(board: &Arc<dyn Leaderboard>) -> Vec<(u128, i64)> {
    let top = board.top(100).await.unwrap();
    top.iter().map(|it| (it.member.as_u128(), it.score)).collect()
}

#[tokio::test]
async fn a_flushed_board_is_empty_and_filled_again_from_the_log() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let node = start(&store, &client, FINE);
    won(&store, 1, 30).await;
    append(&store, "Season", 9, 1).await;
    won(&store, 1, 50).await;
    node.wait_for_all(won(&store, 2, 70).await).await.unwrap();
    assert_eq!(scores(&board).await, [(2, 70), (1, 50)]);
    raw(redis.url(), "FLUSHALL");
    assert_eq!((scores(&board).await, board.season().await.unwrap()), (vec![], 1));
    node.wait_for_all(won(&store, 2, 1).await).await.unwrap();
    assert_eq!(scores(&board).await, [(2, 71), (1, 50)]);
    // the season before is back too
    let past = board.past(1).await.unwrap().unwrap();
    assert_eq!(past.score(Uuid::from_u128(1)).await.unwrap(), Some(30));
    node.stop().await.unwrap();
}

fn at(position: u64) -> Position {
    Position::new(position)
}

/// Commits one point for player 1 at each of the positions after `from` up to `to`.
async fn commit_wins(
    models: &RedisReadModels,
    shard: &Shard,
    from: Checkpoint,
    to: u64,
) -> aether_core::Result<Checkpoint> {
    let mut tx = models.begin().await.unwrap();
    for sequence in from.position.get() + 1..=to {
        tx.leaderboard(&WINS).write(Change::add(Uuid::from_u128(1), 1, sequence));
    }
    models.commit(tx, shard, Step::new(from, at(to))).await
}

#[tokio::test]
async fn a_batch_that_comes_again_in_other_parts_counts_once() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let models = RedisReadModels::new(client.clone(), KeySpace::new());
    let shard = Shard::whole("wins");
    let start = models.claim(&shard, 1).await.unwrap().checkpoint;
    commit_wins(&models, &shard, start, 600).await.unwrap();
    // killed before the checkpoint moved: the next runner cuts its batches elsewhere
    raw(redis.url(), "HSET checkpoint:wins position 0");
    let mut reached = models.claim(&shard, 2).await.unwrap().checkpoint;
    assert_eq!(reached.position, Position::START);
    for to in [7, 8, 300, 599, 700] {
        reached = commit_wins(&models, &shard, reached, to).await.unwrap();
    }
    assert_eq!(scores(&board).await, [(1, 700)]);
}

/// A runner that was held up sends its batch to a Redis that has been flushed. What it brings is the end of
/// a history whose beginning is yet to come.
#[tokio::test]
async fn late_increments_on_an_empty_board_do_not_shut_out_those_before_them() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let models = RedisReadModels::new(client.clone(), KeySpace::new());
    let (late, refill) = (Shard::whole("late"), Shard::whole("wins"));
    let start = models.claim(&late, 1).await.unwrap().checkpoint;
    let empty = models.begin().await.unwrap();
    let step = Step::new(start, at(480));
    let held_up = models.commit(empty, &late, step).await.unwrap();
    commit_wins(&models, &late, held_up, 900).await.unwrap();
    let mut reached = models.claim(&refill, 1).await.unwrap().checkpoint;
    for to in [10, 200, 470, 500, 800, 1000] {
        reached = commit_wins(&models, &refill, reached, to).await.unwrap();
    }
    assert_eq!(scores(&board).await, [(1, 1000)]);
}

#[tokio::test]
async fn a_board_is_rebuilt_while_it_is_written_to() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let node = start(&store, &client, FINE);
    for who in 1..=20 {
        won(&store, who, 100).await;
    }
    node.wait_for_all(won(&store, 1, 1).await).await.unwrap();
    // somebody has meddled: too many points, and a member that never was
    let bogus =
        [Change::add(Uuid::from_u128(1), 5000, 1999), Change::set(Uuid::from_u128(99), 1, 2)];
    raw(redis.url(), &format!("ZADD leaderboard:wins 9 {}:ghost", Uuid::from_u128(77)));
    board.write(&bogus[1..]).await.unwrap();
    assert_eq!(board.count().await.unwrap(), 22);
    let done = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, done) = (store.clone(), done.clone());
        async move {
            let mut last = Position::START;
            while !done.load(Ordering::Relaxed) {
                last = won(&store, 2, 1).await;
                tokio::task::yield_now().await;
            }
            last
        }
    });
    let through = boards(&client).rebuild_from(&store, &WINS, FINE).await.unwrap();
    assert!(through.get() > 2000);
    done.store(true, Ordering::Relaxed);
    let last = writer.await.unwrap();
    node.wait_for_all(last).await.unwrap();
    let (first, count) = (scores(&board).await[0], board.count().await.unwrap());
    assert_eq!((count, board.score(Uuid::from_u128(1)).await.unwrap()), (20, Some(101)));
    // 2001 events before the writer began, all others are points of player 2
    assert_eq!(first, (2, 100 + i64::try_from(last.get()).unwrap() - 2001));
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_rebuild_ends_at_an_event_that_it_cannot_apply() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let node = start(&store, &client, FINE);
    won(&store, 1, 3).await;
    append(&store, "Etrange", 2, 1).await;
    node.wait_for_all(won(&store, 2, 2).await).await.unwrap();
    let picky = Wins { fails_at: "Etrange" };
    let error = boards(&client).rebuild_from(&store, &WINS, picky).await.unwrap_err();
    let told = Reason(&error).to_string();
    assert!(told.contains("does not like"), "{told}");
    assert_eq!(scores(&board).await, [(2, 3), (1, 3)]);
    assert_eq!(raw(redis.url(), "EXISTS leaderboard:wins:rebuild"), ":0");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn what_the_live_projection_has_parked_may_be_missing_in_the_rebuild() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let board = boards(&client).open(&WINS);
    let node = start(&store, &client, Wins { fails_at: "Etrange" });
    won(&store, 1, 3).await;
    append(&store, "Etrange", 2, 1).await;
    won(&store, 2, 2).await;
    node.wait_for_all(won(&store, 1, 1).await).await.unwrap();
    assert_eq!(scores(&board).await, [(1, 4)]);
    raw(redis.url(), "DEL leaderboard:wins");
    let picky = Wins { fails_at: "Etrange" };
    boards(&client).rebuild_from(&store, &WINS, picky).await.unwrap();
    assert_eq!(scores(&board).await, [(1, 4)]);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn of_two_rebuilds_the_later_one_wins() {
    /// Begins another rebuild in the middle of the first.
    struct Meddling(RedisClient, AtomicBool);

    impl Projection<RedisTx> for Meddling {
        type Events = AnyEvent;

        fn name(&self) -> &'static str {
            "wins"
        }

        async fn project(
            &self,
            events: &[Recorded<AnyEvent>],
            tx: &mut RedisTx,
        ) -> Result<(), BoxError> {
            if !self.1.swap(true, Ordering::Relaxed) {
                boards(&self.0).open(&WINS).rebuild().await?;
            }
            FINE.project(events, tx).await
        }
    }

    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    won(&store, 1, 3).await;
    let meddling = Meddling(client.clone(), AtomicBool::new(false));
    let error = boards(&client).rebuild_from(&store, &WINS, meddling).await.unwrap_err();
    assert!(matches!(error, LeaderboardError::RebuildSuperseded { .. }), "{error}");
    assert_eq!(boards(&client).open(&WINS).count().await.unwrap(), 0);
}
