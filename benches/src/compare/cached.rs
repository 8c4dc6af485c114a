//! The works on caches: hits in process, in Redis and with one in front of the other, misses with their fill, and
//! 200 callers on a cold key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aether_realtime::cache::{Cache, CacheAside, MemoryCache, Sourced};
use aether_redis::{RedisCache, TieredCache};
use anyhow::{Context as _, Result, ensure};
use fred::clients::Pool;
use fred::interfaces::KeysInterface as _;
use fred::types::Expiration;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPool;

use super::Bench;
use super::load::Client;
use super::realtime::Realtime;
use super::row::Row;

/// How many players there are.
const PLAYERS: u64 = 1000;
/// How many callers want the same cold key.
const CALLERS: usize = 200;

/// What is cached: some 300 bytes of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Profile {
    player_id: u64,
    name: String,
    class: String,
    level: u32,
    hp: u32,
    hp_max: u32,
    gold: u64,
    motto: String,
}

impl Profile {
    fn of(id: u64) -> Self {
        Self {
            player_id: id,
            name: format!("Player {id}"),
            class: "WARRIOR".to_owned(),
            level: 42,
            hp: 310,
            hp_max: 420,
            gold: 1_000_000 + id,
            motto: "More haste, less speed: who walks with care walks far, too. ".repeat(2),
        }
    }

    fn key(prefix: &str, id: u64) -> String {
        format!("{prefix}by_hand:{id}")
    }
}

fn aside(cache: Arc<dyn Cache>) -> CacheAside<Profile> {
    CacheAside::builder(cache, "player", "profile").time_to_live(Duration::from_secs(600)).build()
}

/// Reads one player after another through a cache.
struct Reader {
    profiles: CacheAside<Profile>,
    next: u64,
}

impl Reader {
    async fn all(profiles: &CacheAside<Profile>, count: usize) -> Result<Vec<Self>> {
        for id in 0..PLAYERS {
            profiles.fetch(id, move || async move { known(id) }).await?;
        }
        let start = |reader| PLAYERS * reader as u64 / count as u64;
        Ok((0..count).map(|it| Self { profiles: profiles.clone(), next: start(it) }).collect())
    }
}

fn known(id: u64) -> Result<Sourced<Profile>, std::convert::Infallible> {
    Ok(Sourced::from(Some(Profile::of(id))).at(1))
}

impl Client for Reader {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next;
        self.next = (id + 1) % PLAYERS;
        let profile = self.profiles.fetch(id, move || async move { known(id) }).await?;
        ensure!(profile.is_some_and(|profile| profile.player_id == id), "another player");
        Ok(1)
    }
}

/// The same, from a map with nothing around it.
struct MapReader {
    map: moka::future::Cache<u64, Arc<Profile>>,
    next: u64,
}

impl Client for MapReader {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next;
        self.next = (id + 1) % PLAYERS;
        let profile = self.map.get(&id).await;
        ensure!(profile.is_some_and(|profile| profile.player_id == id), "another player");
        Ok(1)
    }
}

/// The same, with one GET, and without a look at what it says.
struct BareReader {
    redis: Pool,
    prefix: String,
    next: u64,
}

impl Client for BareReader {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next;
        self.next = (id + 1) % PLAYERS;
        let json: Option<String> = self.redis.get(Profile::key(&self.prefix, id)).await?;
        ensure!(json.is_some_and(|json| json.len() > 100), "no player");
        Ok(1)
    }
}

pub(super) async fn in_process(bench: &Bench, row: &mut Row) -> Result<()> {
    let profiles = aside(Arc::new(MemoryCache::new(10_000)));
    let readers = Reader::all(&profiles, bench.concurrency).await?;
    let map = moka::future::Cache::new(10_000);
    for id in 0..PLAYERS {
        map.insert(id, Arc::new(Profile::of(id))).await;
    }
    let all = 0..bench.concurrency as u64;
    let by_hand: Vec<_> =
        all.map(|next| MapReader { map: map.clone(), next: next % PLAYERS }).collect();
    bench.in_turns(row, readers, by_hand).await
}

pub(super) async fn in_redis(bench: &Bench, row: &mut Row) -> Result<()> {
    let side = Realtime::open().await?;
    let cache = RedisCache::new(side.client.clone(), side.keys.clone());
    let readers = Reader::all(&aside(Arc::new(cache)), bench.concurrency).await?;
    let prefix = side.keys.prefix().to_owned();
    for id in 0..PLAYERS {
        let json = serde_json::to_string(&Profile::of(id))?;
        let _: () = side.bare.set(Profile::key(&prefix, id), json, None, None, false).await?;
    }
    let bare = |next| BareReader { redis: side.bare.clone(), prefix: prefix.clone(), next };
    let by_hand: Vec<_> = (0..bench.concurrency as u64).map(bare).collect();
    bench.in_turns(row, readers, by_hand).await?;
    side.close().await
}

/// The other side is Aether's cache in Redis alone.
pub(super) async fn tiered(bench: &Bench, row: &mut Row) -> Result<()> {
    let side = Realtime::open().await?;
    let far = RedisCache::new(side.client.clone(), side.keys.clone());
    let near = Arc::new(TieredCache::builder(far.clone()).start());
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while !near.is_tracking() {
        ensure!(std::time::Instant::now() < deadline, "invalidations are not heard");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let tiered = Reader::all(&aside(near), bench.concurrency).await?;
    let alone = Reader::all(&aside(Arc::new(far)), bench.concurrency).await?;
    bench.in_turns(row, tiered, alone).await?;
    side.close().await
}

/// The source: a table.
async fn table(pool: &PgPool, rows: u64) -> Result<()> {
    sqlx::raw_sql("CREATE TABLE profiles (id BIGINT PRIMARY KEY, position BIGINT, profile TEXT)")
        .execute(pool)
        .await?;
    let profile = serde_json::to_string(&Profile::of(0))?;
    sqlx::query("INSERT INTO profiles SELECT id, id, $2 FROM generate_series(0, $1) AS id")
        .bind(rows.cast_signed())
        .bind(profile)
        .execute(pool)
        .await?;
    Ok(())
}

async fn row_of(pool: &PgPool, id: u64) -> Result<(Profile, i64)> {
    let (position, json): (i64, String) =
        sqlx::query_as("SELECT position, profile FROM profiles WHERE id = $1")
            .bind(id.cast_signed())
            .fetch_one(pool)
            .await?;
    Ok((Profile { player_id: id, ..serde_json::from_str(&json)? }, position))
}

/// Every step a player that nobody has asked for.
struct Misser {
    profiles: CacheAside<Profile>,
    pool: PgPool,
    next: Arc<AtomicU64>,
}

impl Client for Misser {
    async fn step(&mut self) -> Result<u64> {
        let (id, pool) = (self.next.fetch_add(1, Ordering::Relaxed), self.pool.clone());
        let load = move || async move {
            let (profile, position) = row_of(&pool, id).await?;
            anyhow::Ok(Sourced::from(Some(profile)).at(position.cast_unsigned()))
        };
        let profile = self.profiles.fetch(id, load).await?;
        ensure!(profile.is_some_and(|profile| profile.player_id == id), "another player");
        Ok(1)
    }
}

/// The same by hand: GET, SELECT, SET with an end.
struct BareMisser {
    redis: Pool,
    prefix: String,
    pool: PgPool,
    next: Arc<AtomicU64>,
}

impl Client for BareMisser {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let key = Profile::key(&self.prefix, id);
        let json: Option<String> = self.redis.get(&key).await?;
        ensure!(json.is_none(), "not a miss");
        let (profile, _) = row_of(&self.pool, id).await?;
        let json = serde_json::to_string(&profile)?;
        let _: () = self.redis.set(key, json, Some(Expiration::EX(600)), None, false).await?;
        Ok(1)
    }
}

pub(super) async fn missed(bench: &Bench, row: &mut Row) -> Result<()> {
    const ROWS: u64 = 1_000_000;
    let side = Realtime::open().await?;
    let pool = bench.pool();
    table(pool, ROWS).await?;
    super::checkpoint(pool).await?;
    let profiles = aside(Arc::new(RedisCache::new(side.client.clone(), side.keys.clone())));
    let next = Arc::new(AtomicU64::new(0));
    let misser = |_| Misser { profiles: profiles.clone(), pool: pool.clone(), next: next.clone() };
    let missers: Vec<_> = (0..bench.concurrency).map(misser).collect();
    let bare_next = Arc::new(AtomicU64::new(0));
    let bare = |_| BareMisser {
        redis: side.bare.clone(),
        prefix: side.keys.prefix().to_owned(),
        pool: pool.clone(),
        next: bare_next.clone(),
    };
    let by_hand: Vec<_> = (0..bench.concurrency).map(bare).collect();
    bench.in_turns(row, missers, by_hand).await?;
    side.close().await
}

/// Every step many callers for one player that nobody has asked for, and a source that takes 5 ms.
struct Crowd {
    profiles: CacheAside<Profile>,
    pool: PgPool,
    next: u64,
}

async fn slow_row(pool: &PgPool, id: u64) -> Result<Profile> {
    sqlx::query("SELECT pg_sleep(0.005)").execute(pool).await?;
    Ok(Profile::of(id))
}

impl Client for Crowd {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next;
        self.next += 1;
        let loads = Arc::<AtomicU64>::default();
        let callers = (0..CALLERS).map(|_| {
            let (profiles, pool) = (self.profiles.clone(), self.pool.clone());
            let loads = loads.clone();
            let load = move || async move {
                loads.fetch_add(1, Ordering::Relaxed);
                slow_row(&pool, id).await.map(Some)
            };
            tokio::spawn(async move { profiles.fetch(id, load).await })
        });
        for profile in try_join_all(callers).await? {
            profile?.context("no player")?;
        }
        let loads = loads.load(Ordering::Relaxed);
        ensure!(loads == 1, "{loads} loads for {CALLERS} callers");
        Ok(1)
    }
}

/// The same by hand: all of them miss, and all of them ask.
struct BareCrowd {
    redis: Pool,
    prefix: String,
    pool: PgPool,
    next: u64,
}

impl Client for BareCrowd {
    async fn step(&mut self) -> Result<u64> {
        let id = self.next;
        self.next += 1;
        let callers = (0..CALLERS).map(|_| {
            let (redis, pool) = (self.redis.clone(), self.pool.clone());
            let key = Profile::key(&self.prefix, id);
            tokio::spawn(async move {
                let json: Option<String> = redis.get(&key).await?;
                if json.is_none() {
                    let json = serde_json::to_string(&slow_row(&pool, id).await?)?;
                    let _: () =
                        redis.set(key, json, Some(Expiration::EX(600)), None, false).await?;
                }
                anyhow::Ok(())
            })
        });
        for caller in try_join_all(callers).await? {
            caller?;
        }
        Ok(1)
    }
}

/// A step of Aether's side fails if there was more than one load.
pub(super) async fn stampede(bench: &Bench, row: &mut Row) -> Result<()> {
    let side = Realtime::open().await?;
    let profiles = aside(Arc::new(RedisCache::new(side.client.clone(), side.keys.clone())));
    let pool = bench.pool().clone();
    let crowds = vec![Crowd { profiles, pool: pool.clone(), next: 0 }];
    let prefix = side.keys.prefix().to_owned();
    let by_hand = vec![BareCrowd { redis: side.bare.clone(), prefix, pool, next: 0 }];
    bench.in_turns(row, crowds, by_hand).await?;
    side.close().await
}
