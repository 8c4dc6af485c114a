//! The cache in Redis beyond the contract: what else may lie under its keys, sizes, lifetimes.

use std::sync::Arc;
use std::time::Duration;

use aether_contract::caches::Source;
use aether_core::chrono::Utc;
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, Codec as _, Invalidation, JsonCodec, Sourced, Stored,
};
use aether_redis::{KeySpace, RedisCache};

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

/// What guards everything about the player, and its name.
fn stored(keys: &KeySpace) -> [String; 2] {
    let seal = keys.entity("player", 42).key("cache").to_string();
    [format!("{seal}:name"), seal]
}

#[tokio::test]
async fn something_else_under_a_key_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let names = names(RedisCache::new(client, keys.clone()));
    let source = Source::of("ada");
    let mut loads = 0;
    for key in stored(&keys) {
        for command in [
            "SET {} text",
            "SET {} \"\"",
            "SET {} AC",
            "SET {} AS",
            "SETRANGE {} 300 x",
            "SADD {} member",
            "LPUSH {} element",
            "ZADD {} 1 member",
            "HSET {} e:name x",
        ] {
            raw(shared_url().await, &format!("DEL {key}"));
            raw(shared_url().await, &command.replace("{}", &key));
            for _ in 0..3 {
                assert_eq!(fetch(&names, &source).await, "ada");
            }
            loads += 1;
            assert_eq!(source.loads(), loads, "{command} {key}");
        }
    }
    assert_eq!(names.stats().cache_errors, 0);
}

#[tokio::test]
async fn a_damaged_entry_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let names = names(RedisCache::new(client, keys.clone()));
    let source = Source::of("ada");
    assert_eq!(fetch(&names, &source).await, "ada");
    let [entry, seal] = stored(&keys);
    // the magic, the mark, flags, schema, value; the magic, the era
    let damages = [
        (&entry, 0),
        (&entry, 5),
        (&entry, 51),
        (&entry, 52),
        (&entry, 78),
        (&seal, 0),
        (&seal, 13),
    ];
    for (round, (key, at)) in damages.into_iter().enumerate() {
        raw(shared_url().await, &format!("SETRANGE {key} {at} \"~~\""));
        for _ in 0..3 {
            assert_eq!(fetch(&names, &source).await, "ada");
        }
        assert_eq!(source.loads(), round as u64 + 2, "{key} {at}");
    }
}

#[tokio::test]
async fn something_else_under_a_key_can_be_invalidated() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let whole = Invalidation::entity("player", 42);
    let entry = Invalidation::entry("player", 42, "name");
    for (target, key) in [(entry, 0), (whole, 1)] {
        for target in [target.clone(), target.at(7)] {
            let key = &stored(&keys)[key];
            raw(shared_url().await, &format!("SADD {key} member"));
            cache.invalidate(&[target]).await.unwrap();
            assert_ne!(raw(shared_url().await, &format!("TYPE {key}")), "+set");
        }
    }
}

#[tokio::test]
async fn without_its_seal_an_entry_is_not_there_and_cannot_be_filled() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let put = async |lease| cache.put(&name(), &entry("ada", 60), lease, &CODEC).await.unwrap();
    let there = async || cache.get(&name(), &CODEC).await.unwrap().entry.is_some();
    let leased = cache.lease(&name(), None, &CODEC).await.unwrap();
    assert_eq!(put(Some(leased.lease)).await, Stored::Kept);
    assert!(there().await);
    let [_, seal] = stored(&keys);
    // evicted
    raw(shared_url().await, &format!("DEL {seal}"));
    assert!(!there().await);
    assert_eq!(put(Some(leased.lease)).await, Stored::Outdated);
    // another seal does not bring it back
    let other = CacheKey::new("player:42", 6, "bag");
    cache.put(&other, &entry("bag", 60), None, &CODEC).await.unwrap();
    assert!(!there().await);
    assert_eq!(put(Some(leased.lease)).await, Stored::Outdated);
    assert_eq!(put(None).await, Stored::Kept);
    assert!(there().await);
}

/// A source may start its versions again, after a restore.
#[tokio::test]
async fn lower_versions_are_taken_again_after_a_time_and_bring_nothing_back() {
    let (client, keys) = shared().await;
    let short = Duration::from_millis(50);
    let cache = RedisCache::new(client, keys.clone()).remember_invalidations(short);
    let other = CacheKey::new("player:42", 6, "bag");
    let there = async |key| cache.get(key, &CODEC).await.unwrap().entry.is_some();
    let at = |version| CacheEntry { version, ..entry("ada", 60) };
    cache.put(&other, &at(5), None, &CODEC).await.unwrap();
    cache.invalidate(&[Invalidation::entity("player", 42).at(9)]).await.unwrap();
    assert!(!there(&other).await);
    let own = name();
    let put = async || cache.put(&own, &at(2), None, &CODEC).await.unwrap() == Stored::Kept;
    assert!(!put().await, "remembered");
    crate::probe::eventually("it is forgotten", put).await;
    assert!(there(&own).await);
    assert!(!there(&other).await, "what was invalidated stays so");
    // the other way round: the newest invalidation is of a lower version
    cache.put(&other, &at(12), None, &CODEC).await.unwrap();
    cache.invalidate(&[Invalidation::entity("player", 42).at(20)]).await.unwrap();
    let [_, seal] = stored(&keys);
    raw(shared_url().await, &format!("SETRANGE {seal} 27 \"{}\"", "\\x00".repeat(8)));
    cache.invalidate(&[Invalidation::entity("player", 42).at(10)]).await.unwrap();
    assert_eq!(cache.put(&own, &at(11), None, &CODEC).await.unwrap(), Stored::Kept);
    assert!(!there(&other).await, "what was invalidated stays so");
}

#[tokio::test]
async fn another_schema_is_a_miss_and_is_replaced() {
    let (client, keys) = shared().await;
    let cache: Arc<dyn Cache> = Arc::new(RedisCache::new(client, keys));
    let source = Source::of("ada");
    let old = CacheAside::builder(cache.clone(), "player", "name").codec(CODEC).build();
    let new =
        CacheAside::builder(cache, "player", "name").codec(JsonCodec::<String>::new(1)).build();
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
    let [key, _] = stored(&keys);
    let text = "a profile, mostly of the same words. ".repeat(1000);
    cache.put(&name(), &entry(&text, 60), None, &CODEC).await.unwrap();
    let length = raw(shared_url().await, &format!("STRLEN {key}"));
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
    let exists = format!("EXISTS {}", stored(&keys).join(" "));
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
async fn every_entry_ends_at_its_own_time_and_the_seal_with_the_last_one() {
    let (client, keys) = shared().await;
    let cache = RedisCache::new(client, keys.clone());
    let [entry_key, seal] = stored(&keys);
    let other = CacheKey::new("player:42", 6, "bag");
    cache.put(&other, &entry("bag", 600), None, &CODEC).await.unwrap();
    cache.put(&name(), &entry("ada", 100), None, &CODEC).await.unwrap();
    cache.lease(&name(), None, &CODEC).await.unwrap();
    cache.invalidate(&[Invalidation::entity("player", 42).at(1)]).await.unwrap();
    cache.invalidate(&[Invalidation::entry("player", 42, "name").at(1)]).await.unwrap();
    for (key, seconds) in [(&entry_key, 100), (&seal, 600)] {
        let left = raw(shared_url().await, &format!("PTTL {key}"));
        let left: u64 = left.trim_start_matches(':').parse().unwrap();
        assert!(((seconds - 60) * 1000..=seconds * 1000).contains(&left), "{key}: {left}");
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
    // it cannot be filled, and need not be
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
    let number: aether_realtime::cache::CachedValue = Arc::new(7_u32);
    assert!(CODEC.encode(&number).is_err());
}
