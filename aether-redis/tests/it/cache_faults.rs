//! Redis away, killed, flushed, full, slow: answers stay right, and nothing old is left behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_contract::caches::{Gate, Source};
use aether_core::chrono::TimeDelta;
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, Invalidation, JsonCodec, Sourced,
};
use aether_redis::{Circuit, KeySpace, RedisCache, RedisClient, TieredCache};
use aether_servers::{Redis, RedisCluster, RedisOptions};
use tokio::task::JoinHandle;

use crate::probe::{connect, eventually, own, quick, raw};

/// Redis alone, and with copies in process.
async fn both(url: &str) -> [Arc<dyn Cache>; 2] {
    let redis = RedisCache::new(connect(url).await, KeySpace::new());
    let tiered = tiered(url).await;
    [Arc::new(redis), tiered]
}

async fn tiered(url: &str) -> Arc<TieredCache> {
    let keys = KeySpace::with_prefix("tiered:").unwrap();
    let cache = TieredCache::builder(RedisCache::new(connect(url).await, keys)).start();
    eventually("it listens", async || cache.is_tracking()).await;
    Arc::new(cache)
}

fn names(cache: &Arc<dyn Cache>) -> CacheAside<String> {
    CacheAside::builder(cache.clone(), "player", "name").build()
}

async fn fetch(names: &CacheAside<String>, source: &Source) -> String {
    names.fetch(42, source.load()).await.unwrap().unwrap().to_string()
}

fn row(text: &str, version: u64) -> Sourced<String> {
    Sourced::found(text.to_owned()).at(version)
}

/// A load that has read "old" and is held before it fills.
async fn held(names: &CacheAside<String>, source: &Source) -> (JoinHandle<String>, Gate) {
    let gate = source.hold();
    let filler = {
        let (names, source) = (names.clone(), source.clone());
        tokio::spawn(async move { fetch(&names, &source).await })
    };
    eventually("it has read", async || source.loads() == 1).await;
    source.pass();
    (filler, gate)
}

#[tokio::test]
async fn without_redis_the_source_answers_and_the_cache_comes_back_by_itself() {
    let redis = own().await;
    redis.kill9().await.unwrap();
    let client = RedisClient::connect(redis.url()).with(quick().lazy(true)).await.unwrap();
    let cache = TieredCache::builder(RedisCache::new(client.clone(), KeySpace::new())).start();
    let cache: Arc<dyn Cache> = Arc::new(cache);
    let (names, source) = (names(&cache), Source::of("ada"));
    for loads in 1..=20 {
        assert_eq!(fetch(&names, &source).await, "ada");
        assert_eq!(source.loads(), loads);
    }
    assert!(names.stats().cache_errors >= 20);
    // where there is no connection nobody has to wait for one, and none that comes back is waited for
    assert_eq!(client.health().circuit, Circuit::Closed);
    assert!(cache.invalidate(&[names.invalidation(42)]).await.unwrap_err().is_transient());
    redis.restart().await.unwrap();
    eventually("hits again", async || {
        fetch(&names, &source).await;
        names.stats().hits > 0
    })
    .await;
}

#[tokio::test]
async fn callers_without_redis_still_share_a_load() {
    let redis = own().await;
    let tiered = tiered(redis.url()).await;
    redis.kill9().await.unwrap();
    eventually("the loss is noticed", async || !tiered.is_tracking()).await;
    let cache: Arc<dyn Cache> = tiered;
    let (names, source) = (names(&cache), Source::of("ada"));
    let (filler, gate) = held(&names, &source).await;
    let callers: Vec<_> = (0..200)
        .map(|_| {
            let (names, source) = (names.clone(), source.clone());
            tokio::spawn(async move { fetch(&names, &source).await })
        })
        .collect();
    eventually("all wait", async || names.stats().coalesced == 200).await;
    gate.open();
    for caller in callers.into_iter().chain([filler]) {
        assert_eq!(caller.await.unwrap(), "ada");
    }
    assert_eq!(source.loads(), 1);
}

#[tokio::test]
async fn without_redis_nobody_joins_a_load_from_before_an_invalidation() {
    let redis = own().await;
    for cache in both(redis.url()).await {
        let (names, source) = (names(&cache), Source::of("old"));
        redis.kill9().await.unwrap();
        let (filler, gate) = held(&names, &source).await;
        source.say("new");
        // it fails, and this process knows of it all the same
        assert!(cache.invalidate(&[names.invalidation(42)]).await.is_err());
        assert_eq!(fetch(&names, &source).await, "new");
        gate.open();
        assert_eq!(filler.await.unwrap(), "old");
        redis.restart().await.unwrap();
    }
}

#[tokio::test]
async fn a_redis_killed_during_a_load_keeps_nothing_of_it() {
    let redis = own().await;
    for cache in both(redis.url()).await {
        let (names, source) = (names(&cache), Source::of("old"));
        let (filler, gate) = held(&names, &source).await;
        redis.kill9().await.unwrap();
        // the event comes while there is nobody to tell
        source.say("new");
        assert!(cache.invalidate(&[Invalidation::entity("player", 42)]).await.is_err());
        redis.restart().await.unwrap();
        eventually("Redis is back", async || {
            cache.invalidate(&[]).await.is_ok() && {
                cache.invalidate(&[Invalidation::entity("other", 1)]).await.is_ok()
            }
        })
        .await;
        gate.open();
        assert_eq!(filler.await.unwrap(), "old");
        for _ in 0..5 {
            assert_eq!(fetch(&names, &source).await, "new");
        }
    }
}

#[tokio::test]
async fn a_flush_during_a_load_keeps_nothing_of_it() {
    let redis = own().await;
    for cache in both(redis.url()).await {
        for version in [None, Some(6)] {
            let source = Source::with(row("old", 5));
            let names = names(&cache);
            let (filler, gate) = held(&names, &source).await;
            let target = Invalidation::entity("player", 42);
            let target = version.map_or(target.clone(), |version| target.at(version));
            cache.invalidate(&[target]).await.unwrap();
            // with the memory of the invalidation
            raw(redis.url(), "FLUSHALL");
            source.set(row("new", 6));
            gate.open();
            assert_eq!(filler.await.unwrap(), "old");
            for _ in 0..3 {
                assert_eq!(fetch(&names, &source).await, "new");
            }
            cache.invalidate(&[Invalidation::entity("player", 42)]).await.unwrap();
            raw(redis.url(), "FLUSHALL");
        }
    }
}

#[tokio::test]
async fn a_flushed_redis_is_filled_again() {
    let redis = own().await;
    let [cache, _] = both(redis.url()).await;
    let (names, source) = (names(&cache), Source::of("ada"));
    for loads in 1..=3 {
        for _ in 0..3 {
            assert_eq!(fetch(&names, &source).await, "ada");
        }
        assert_eq!(source.loads(), loads);
        raw(redis.url(), "FLUSHALL");
    }
}

#[tokio::test]
async fn a_redis_that_stands_still_costs_a_little_patience_and_no_answer() {
    let redis = own().await;
    for cache in both(redis.url()).await {
        let patience = Duration::from_millis(50);
        let names = CacheAside::<String>::builder(cache.clone(), "player", "name")
            .patience(patience)
            .build();
        let source = Source::with(row("old", 5));
        assert_eq!(fetch(&names, &source).await, "old");
        redis.pause().await.unwrap();
        source.set(row("new", 6));
        let target = [Invalidation::entity("player", 42).at(6)];
        assert!(cache.invalidate(&target).await.unwrap_err().is_transient());
        let started = Instant::now();
        assert_eq!(fetch(&names, &source).await, "new");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert!(names.stats().cache_errors > 0);
        redis.resume().await.unwrap();
        // as a projection does: the same again, until it is done
        eventually("invalidated", async || cache.invalidate(&target).await.is_ok()).await;
        for _ in 0..3 {
            assert_eq!(fetch(&names, &source).await, "new");
        }
        eventually("hits again", async || {
            assert_eq!(fetch(&names, &source).await, "new");
            names.stats().hits > 0
        })
        .await;
    }
}

#[tokio::test]
async fn copies_are_served_no_longer_than_the_silence_without_a_sign_of_life() {
    let redis = own().await;
    let cache = tiered(redis.url()).await;
    let names = names(&(cache.clone() as Arc<dyn Cache>));
    let source = Source::of("old");
    assert_eq!(fetch(&names, &source).await, "old");
    redis.pause().await.unwrap();
    source.say("new");
    // no message can come
    eventually("it is not trusted any more", async || !cache.is_tracking()).await;
    assert_eq!(fetch(&names, &source).await, "new");
    redis.resume().await.unwrap();
    eventually("it listens again", async || cache.is_tracking()).await;
}

#[tokio::test]
async fn copies_are_dropped_when_the_listening_connection_is_lost() {
    let redis = own().await;
    let (here, there) = (tiered(redis.url()).await, tiered(redis.url()).await);
    let (reader, writer) =
        (names(&(here.clone() as Arc<dyn Cache>)), names(&(there.clone() as Arc<dyn Cache>)));
    let source = Source::of("0");
    for round in 1..=5 {
        fetch(&reader, &source).await;
        fetch(&reader, &source).await;
        raw(redis.url(), "CLIENT KILL TYPE pubsub");
        source.say(&round.to_string());
        writer.forget(42).await.unwrap();
        // the message was lost with the connection
        eventually("the copy is gone", async || fetch(&reader, &source).await == round.to_string())
            .await;
        eventually("it listens again", async || here.is_tracking()).await;
        assert_eq!(fetch(&reader, &source).await, round.to_string());
    }
}

#[tokio::test]
async fn a_flush_leaves_copies_that_are_still_invalidated() {
    let redis = own().await;
    let (here, there) = (tiered(redis.url()).await, tiered(redis.url()).await);
    let (reader, writer) =
        (names(&(here.clone() as Arc<dyn Cache>)), names(&(there.clone() as Arc<dyn Cache>)));
    let source = Source::of("old");
    fetch(&reader, &source).await;
    raw(redis.url(), "FLUSHALL");
    assert_eq!(fetch(&reader, &source).await, "old");
    assert_eq!(source.loads(), 1, "it is still right, and still there");
    source.say("new");
    writer.forget(42).await.unwrap();
    eventually("the copy is gone", async || fetch(&reader, &source).await == "new").await;
}

#[tokio::test]
async fn a_redis_that_evicts_forgets_and_never_lies() {
    let options = RedisOptions::default()
        .own()
        .setting("maxmemory", "3mb")
        .setting("maxmemory-policy", "allkeys-lru");
    let redis = Redis::start(options).await.unwrap();
    let cache =
        RedisCache::new(connect(redis.url()).await, KeySpace::new()).compress_above(1 << 20);
    let cache: Arc<dyn Cache> = Arc::new(cache);
    let texts = CacheAside::<String>::builder(cache.clone(), "text", "text").build();
    let fetch = async |id: u32, version: u64| {
        let text = format!("{id}/{version}/{}", "x".repeat(4000));
        let load = move || async move { Ok::<_, std::io::Error>((text, version)) };
        let found = texts.fetch(id, load).await.unwrap().unwrap();
        let mut parts = found.split('/');
        assert_eq!(parts.next(), Some(&*id.to_string()));
        parts.next().unwrap().parse::<u64>().unwrap()
    };
    for round in 1..=3 {
        for id in 0..1000 {
            assert!(fetch(id, round).await <= round);
            // what is asked for again and again stays
            assert_eq!(fetch(1000 + id % 5, 1).await, 1);
        }
        for id in 0..1000 {
            cache.invalidate(&[Invalidation::entity("text", id).at(round + 1)]).await.unwrap();
            assert_eq!(fetch(id, round + 1).await, round + 1);
        }
    }
    let info = redis_info(redis.url(), "evicted_keys");
    assert!(info > 0, "nothing was evicted: the test tests nothing");
    assert!(texts.stats().hits > 1000, "{:?}", texts.stats());
}

#[tokio::test]
async fn a_node_of_a_cluster_that_stands_still_is_no_matter_for_the_entries_of_others() {
    let redis = RedisCluster::start(RedisOptions::default().own()).await.unwrap();
    let cache = RedisCache::new(connect(redis.url()).await, KeySpace::new().hash_tags(true));
    let groups: Vec<String> = (0..60).map(|id| format!("n:{id}")).collect();
    let keys = groups.iter().map(|group| CacheKey::new(group, 1, "n"));
    let codec = JsonCodec::<u64>::new(0);
    let now = aether_core::chrono::Utc::now();
    let (fresh_until, stale_until) = (now + TimeDelta::minutes(1), now + TimeDelta::minutes(1));
    let entry = CacheEntry { value: Some(Arc::new(7_u64)), version: 1, fresh_until, stale_until };
    for key in keys.clone() {
        cache.put(&key, &entry, None, &codec).await.unwrap();
    }
    let look_up = async || {
        let found = futures::future::join_all(keys.clone().map(async |key| {
            let found = cache.get(&key, &codec).await.ok()?;
            found.entry
        }));
        found.await.into_iter().flatten().count()
    };
    assert_eq!(look_up().await, 60);
    let node = redis.url_of(0).unwrap();
    raw(node.trim_start_matches("redis-cluster://"), "CLIENT PAUSE 60000 ALL");
    let found = look_up().await;
    assert!((25..60).contains(&found), "those of two nodes out of three: {found}");
}

fn redis_info(url: &str, field: &str) -> u64 {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
    stream.write_all(b"INFO stats\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let line = answer.lines().find_map(|line| line.strip_prefix(&format!("{field}:"))).unwrap();
    line.trim().parse().unwrap()
}
