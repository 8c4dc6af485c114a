//! The cache in Redis beyond the contract: what else may lie under its keys, sizes, lifetimes.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Cache;
use aether_core::cache::{
    CacheAside, CacheEntry, CacheKey, Codec as _, Invalidation, JsonCodec, Sourced, Stored,
};
use aether_core::chrono::Utc;
use aether_redis::{KeySpace, RedisCache};
use aether_testkit::cache::Source;

use crate::probe::{connect, own, raw, shared, shared_url};

const CODEC: JsonCodec<String> = JsonCodec::new(0);

fn name() -> CacheKey<'static> {
    CacheKey::new("player:42", 6, "name")
}

fn names(cache: RedisCache) -> CacheAside<String> {
    CacheAside::builder(Arc::new(cache), "player", "name").build()
}

async fn fetch(names: &CacheAside<String>, source: &Source) -> String {
    names.fetch(42, source.load()).await.unwrap().unwrap().to_string()
}

fn entry(text: &str, seconds: i64) -> CacheEntry {
    let fresh_until = Utc::now() + aether_core::chrono::TimeDelta::seconds(seconds);
    let value = Some(Arc::new(text.to_owned()) as _);
    CacheEntry { value, version: 1, fresh_until, stale_until: fresh_until }
}

#[tokio::test]
async fn a_wrong_type_under_the_key_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let names = names(RedisCache::new(client, keys.clone()));
    let source = Source::of("ada");
    for (round, command) in
        ["SET {} text", "SADD {} member", "LPUSH {} element", "ZADD {} 1 member"].iter().enumerate()
    {
        let key = keys.entity("player", 42).key("cache");
        raw(shared_url().await, &command.replace("{}", key.as_str()));
        for _ in 0..3 {
            assert_eq!(fetch(&names, &source).await, "ada");
        }
        assert_eq!(source.loads(), round as u64 + 1, "{command}");
        raw(shared_url().await, &format!("DEL {key}"));
    }
    assert_eq!(names.stats().cache_errors, 0);
}

#[tokio::test]
async fn a_wrong_type_under_the_key_can_be_invalidated() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let key = keys.entity("player", 42).key("cache");
    for version in [None, Some(7)] {
        raw(shared_url().await, &format!("SET {key} text"));
        let target = Invalidation::entity("player", 42);
        let target = version.map_or(target.clone(), |version| target.at(version));
        cache.invalidate(&[target]).await.unwrap();
        assert_ne!(raw(shared_url().await, &format!("TYPE {key}")), "+string");
    }
}

#[tokio::test]
async fn a_damaged_or_foreign_entry_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let names = names(RedisCache::new(client, keys.clone()));
    let source = Source::of("ada");
    let key = keys.entity("player", 42).key("cache");
    for (round, damage) in ["", "x", "AC", "{\"json\":1}", &"a".repeat(300)].iter().enumerate() {
        raw(shared_url().await, &format!("HSET {key} e:name \"{}\"", damage.replace('"', "'")));
        for _ in 0..3 {
            assert_eq!(fetch(&names, &source).await, "ada");
        }
        assert_eq!(source.loads(), round as u64 + 1, "{damage}");
    }
}

#[tokio::test]
async fn another_schema_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let cache: Arc<dyn Cache> = Arc::new(RedisCache::new(client, keys));
    let source = Source::of("ada");
    let old = CacheAside::builder_with(cache.clone(), "player", "name", CODEC).build();
    let new =
        CacheAside::builder_with(cache, "player", "name", JsonCodec::<String>::new(1)).build();
    for (names, loads) in [(&old, 1), (&old, 1), (&new, 2), (&new, 2), (&old, 3)] {
        assert_eq!(fetch(names, &source).await, "ada");
        assert_eq!(source.loads(), loads);
    }
}

#[tokio::test]
async fn a_value_that_is_too_large_is_not_cached_and_takes_the_old_one_along() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone()).max_bytes(1000);
    let names = names(cache.clone());
    let source = Source::of("short");
    assert_eq!(fetch(&names, &source).await, "short");
    let long = Sourced::found("x".repeat(1000)).at(5);
    let outcome = names.put(42, long).await.unwrap();
    assert_eq!(outcome, Stored::TooLarge { bytes: 1002, limit: 1000 });
    source.say(&"y".repeat(1000));
    for loads in [2, 3] {
        assert_eq!(fetch(&names, &source).await, "y".repeat(1000));
        assert_eq!((source.loads(), names.stats().oversized), (loads, loads - 1));
    }
    source.say("short again");
    assert_eq!(fetch(&names, &source).await, "short again");
    assert_eq!(fetch(&names, &source).await, "short again");
    assert_eq!(source.loads(), 4);
}

#[tokio::test]
async fn large_values_take_less_room_than_they_have() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let key = keys.entity("player", 42).key("cache");
    let text = "a profile, mostly of the same words. ".repeat(1000);
    cache.put(&name(), &entry(&text, 60), None, &CODEC).await.unwrap();
    let length = raw(shared_url().await, &format!("HSTRLEN {key} e:name"));
    let length: usize = length.trim_start_matches(':').parse().unwrap();
    assert!(length < text.len() / 10, "{length}");
    let found = cache.get(&name(), &CODEC).await.unwrap().entry.unwrap();
    assert_eq!(*found.value.unwrap().downcast::<String>().unwrap(), text);
}

#[tokio::test]
async fn everything_expires() {
    let (client, keys) = shared().await;
    let short = Duration::from_millis(100);
    let cache =
        RedisCache::new(client, keys.clone()).lease_time(short).remember_invalidations(short);
    let key = keys.entity("player", 42).key("cache");
    let exists = format!("EXISTS {key}");
    let gone = async || raw(shared_url().await, &exists) == ":0";
    // a lease alone, an invalidation alone, an entry
    cache.lease(&name(), Some(short), &CODEC).await.unwrap();
    assert!(!gone().await);
    crate::probe::eventually("the lease is gone", gone).await;
    cache.invalidate(&[Invalidation::entity("player", 42).at(7)]).await.unwrap();
    assert!(!gone().await);
    crate::probe::eventually("the invalidation is gone", gone).await;
    cache.put(&name(), &entry("ada", 1), None, &CODEC).await.unwrap();
    assert!(!gone().await);
    crate::probe::eventually("the entry is gone", gone).await;
}

#[tokio::test]
async fn a_short_entry_does_not_shorten_the_life_of_a_long_one() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let key = keys.entity("player", 42).key("cache");
    let other = CacheKey::new("player:42", 6, "bag");
    cache.put(&name(), &entry("ada", 600), None, &CODEC).await.unwrap();
    cache.put(&other, &entry("bag", 10), None, &CODEC).await.unwrap();
    cache.lease(&other, None, &CODEC).await.unwrap();
    cache.invalidate(&[Invalidation::entity("player", 42).at(1)]).await.unwrap();
    let left = raw(shared_url().await, &format!("PTTL {key}"));
    let left: u64 = left.trim_start_matches(':').parse().unwrap();
    assert!((500_000..=600_000).contains(&left), "{left}");
}

#[tokio::test]
async fn an_entity_with_too_many_entries_is_emptied() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone()).fields_per_entity(64);
    let names = names(cache);
    let source = Source::of("ada");
    let key = keys.entity("player", 42).key("cache");
    for part in 0..200 {
        for _ in 0..2 {
            let found = names.fetch_part(42, part, source.load()).await.unwrap().unwrap();
            assert_eq!(*found, "ada");
        }
        let fields = raw(shared_url().await, &format!("HLEN {key}"));
        let fields: u64 = fields.trim_start_matches(':').parse().unwrap();
        assert!(fields <= 70, "{fields}");
    }
}

#[tokio::test]
async fn a_full_redis_still_forgets() {
    let redis = own().await;
    let cache = RedisCache::new(connect(redis.url()).await, KeySpace::new());
    let names = names(cache.clone());
    let source = Source::with(Sourced::found("old".to_owned()).at(5));
    assert_eq!(fetch(&names, &source).await, "old");
    assert_eq!(fetch(&names, &source).await, "old");
    raw(redis.url(), "CONFIG SET maxmemory 1");
    source.set(Sourced::found("new".to_owned()).at(6));
    cache.invalidate(&[Invalidation::entity("player", 42).at(6)]).await.unwrap();
    // it can not be filled, and need not be
    for _ in 0..3 {
        assert_eq!(fetch(&names, &source).await, "new");
    }
    assert_eq!(source.loads(), 4);
    assert!(names.stats().cache_errors > 0);
    raw(redis.url(), "CONFIG SET maxmemory 0");
    assert_eq!(fetch(&names, &source).await, "new");
    assert_eq!(fetch(&names, &source).await, "new");
    assert_eq!(source.loads(), 5);
}

#[test]
fn codecs_refuse_values_of_other_types() {
    let number: aether_core::cache::CachedValue = Arc::new(7_u32);
    assert!(CODEC.encode(&number).is_err());
}
