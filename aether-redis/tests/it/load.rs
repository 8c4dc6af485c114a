//! Writers and readers that go on whatever happens to Redis, and what they saw.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aether_redis::{Entity, GuardedWrite, KeySpace, RedisClient, Stamp};
use tokio::task::JoinHandle;

use crate::probe::{eventually, stamp};

/// One writer and one reader for each of some entities.
pub(crate) struct Load {
    client: RedisClient,
    ended: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    writers: Vec<JoinHandle<u64>>,
    readers: Vec<JoinHandle<u32>>,
    entities: Vec<Entity>,
}

/// What came of it.
pub(crate) struct Report {
    /// How often each reader saw a value older than one it had seen.
    pub(crate) steps_back: Vec<u32>,
    /// All writes that were acknowledged.
    pub(crate) acknowledged: u64,
}

fn turn(entity: &Entity, stamp: Stamp) -> GuardedWrite {
    let number = stamp.sequence.to_string();
    GuardedWrite::put(entity, stamp)
        .lifetime(Duration::from_secs(3600))
        .hash(entity.key("state"), [("tour", number.clone())])
        .list_push(entity.key("log"), number, 3)
}

/// Sends a write until it is acknowledged. What fails must be worth trying again.
async fn insist(client: &RedisClient, write: &GuardedWrite) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match client.write([write.clone()]).await {
            Ok(_) => return,
            Err(error) => {
                assert!(error.is_transient(), "{error}");
                assert!(Instant::now() < deadline, "not within thirty seconds: {error}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

async fn read(client: &RedisClient, entity: &Entity) -> Option<u64> {
    match client.hash(&entity.key("state")).await {
        Ok(state) => state.get("tour").map(|tour| tour.parse().unwrap()),
        Err(error) => {
            assert!(error.is_transient(), "{error}");
            tokio::time::sleep(Duration::from_millis(5)).await;
            None
        }
    }
}

impl Load {
    pub(crate) fn start(client: &RedisClient, keys: &KeySpace, entities: u32) -> Self {
        Self::on(client, (0..entities).map(|id| keys.entity("combat", id)).collect())
    }

    pub(crate) fn on(client: &RedisClient, entities: Vec<Entity>) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(AtomicU64::new(0));
        let writer = |entity: &Entity| {
            let (client, entity, ended) = (client.clone(), entity.clone(), Arc::clone(&ended));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let mut sequence = 0;
                while !ended.load(Ordering::Relaxed) {
                    sequence += 1;
                    insist(&client, &turn(&entity, stamp(sequence))).await;
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                sequence
            })
        };
        let reader = |entity: &Entity| {
            let (client, entity, ended) = (client.clone(), entity.clone(), Arc::clone(&ended));
            tokio::spawn(async move {
                let (mut highest, mut steps_back) = (0, 0);
                while !ended.load(Ordering::Relaxed) {
                    if let Some(seen) = read(&client, &entity).await {
                        steps_back += u32::from(seen < highest);
                        highest = seen;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                steps_back
            })
        };
        let (writers, readers) =
            (entities.iter().map(writer).collect(), entities.iter().map(reader).collect());
        Self { client: client.clone(), ended, acknowledged, writers, readers, entities }
    }

    /// Waits until this many more writes were acknowledged.
    pub(crate) async fn progress(&self, writes: u64) {
        let before = self.acknowledged.load(Ordering::Relaxed);
        eventually("the writers get on", async || {
            self.acknowledged.load(Ordering::Relaxed) >= before + writes
        })
        .await;
    }

    /// Ends it, and checks that every entity is as its writer left it.
    pub(crate) async fn end(self) -> Report {
        self.ended.store(true, Ordering::Relaxed);
        let mut steps_back = Vec::new();
        for reader in self.readers {
            steps_back.push(reader.await.unwrap());
        }
        for (writer, entity) in self.writers.into_iter().zip(&self.entities) {
            let last = writer.await.unwrap();
            // one more: what was acknowledged just before a failover may be lost
            insist(&self.client, &turn(entity, stamp(last + 1))).await;
            let sequence = self.client.sequence(entity).await.unwrap();
            assert_eq!(sequence, Some(last + 1), "{entity}");
            assert_eq!(read(&self.client, entity).await, Some(last + 1), "{entity}");
        }
        Report { steps_back, acknowledged: self.acknowledged.load(Ordering::Relaxed) }
    }
}

impl Report {
    /// Nobody saw a value older than one before.
    pub(crate) fn assert_only_forwards(&self) {
        assert!(self.steps_back.iter().all(|steps| *steps == 0), "{:?}", self.steps_back);
        assert!(self.acknowledged > 0);
    }

    /// As far as replication is asynchronous: what a failover lost, it lost once.
    pub(crate) fn assert_back_once_at_most(&self) {
        assert!(self.steps_back.iter().all(|steps| *steps <= 1), "{:?}", self.steps_back);
        assert!(self.acknowledged > 0);
    }
}
