//! The cache in process beyond the contract: its bounds, and what programs do wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aether_core::Result;
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, CacheLease, Codec, Invalidation, JsonCodec, Leased,
    Lookup, MemoryCache, Stored,
};
use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore};

async fn number(cache: &CacheAside<u64>, id: u64) -> u64 {
    *cache
        .fetch(id, move || async move { Ok::<_, std::io::Error>(Some(id)) })
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn a_full_cache_evicts_and_answers_rightly() {
    let memory = MemoryCache::new(100);
    let numbers = CacheAside::<u64>::builder(Arc::new(memory.clone()), "n", "n").build();
    for round in 0..3 {
        for id in 0..2000 {
            assert_eq!(number(&numbers, id).await, id, "round {round}");
        }
    }
    assert!(memory.weight() <= 100, "{}", memory.weight());
    assert!(numbers.stats().loads > 2000);
}

#[tokio::test]
async fn values_weigh_what_the_codec_says() {
    let memory = MemoryCache::new(10_000);
    let codec = JsonCodec::<String>::new(0).weigher(|text| u32::try_from(text.len()).unwrap());
    let texts = CacheAside::builder(Arc::new(memory.clone()), "t", "t").codec(codec).build();
    for id in 0..100 {
        let load = || async { Ok::<_, std::io::Error>(Some("x".repeat(1000))) };
        texts.fetch(id, load).await.unwrap();
        assert!(memory.weight() <= 10_000, "{}", memory.weight());
    }
    assert!(memory.weight() > 1000, "{}", memory.weight());
}

#[tokio::test]
async fn the_same_name_for_two_types_is_a_miss_and_no_panic() {
    let memory = Arc::new(MemoryCache::new(100));
    let numbers = CacheAside::<u64>::builder(memory.clone(), "x", "x").build();
    let texts = CacheAside::<String>::builder(memory, "x", "x").build();
    assert_eq!(number(&numbers, 1).await, 1);
    let text = texts.fetch(1, || async { Ok::<_, std::io::Error>(Some("a".to_owned())) }).await;
    assert_eq!(*text.unwrap().unwrap(), "a");
    assert_eq!(number(&numbers, 1).await, 1);
}

#[tokio::test]
async fn an_entity_that_has_run_out_takes_no_room() {
    let memory = MemoryCache::new(100);
    let cache: Arc<dyn Cache> = Arc::new(memory.clone());
    let short = Duration::from_millis(20);
    let numbers = CacheAside::<u64>::builder(cache.clone(), "n", "n")
        .time_to_live(short)
        .stale_on_error(Duration::ZERO)
        .build();
    number(&numbers, 1).await;
    assert!(memory.weight() > 0);
    aether_testkit::eventually("it is gone", async || (memory.weight() == 0).then_some(())).await;
    // an invalidation without a version leaves nothing behind either
    cache.invalidate(&[Invalidation::entity("n", 1)]).await.unwrap();
    assert_eq!(memory.weight(), 0);
}

#[tokio::test]
async fn nothing_that_was_loaded_before_a_clear_is_kept() {
    let memory = MemoryCache::new(100);
    let key = CacheKey::new("n:1", 1, "n");
    let numbers = CacheAside::<u64>::builder(Arc::new(memory.clone()), "n", "n").build();
    let clearing = memory.clone();
    let load = move || async move {
        clearing.clear();
        Ok::<_, std::io::Error>(Some(1))
    };
    numbers.fetch(1, load).await.unwrap();
    assert!(memory.peek(&key).is_none());
    assert_eq!(numbers.stats().outdated_fills, 1);
}

#[tokio::test]
async fn a_hit_takes_microseconds_at_most() {
    let numbers = CacheAside::<u64>::builder(Arc::new(MemoryCache::new(1000)), "n", "n").build();
    number(&numbers, 1).await;
    let started = Instant::now();
    for _ in 0..10_000 {
        number(&numbers, 1).await;
    }
    let each = started.elapsed() / 10_000;
    assert!(each < Duration::from_micros(100), "{each:?}");
    assert_eq!(numbers.stats().loads, 1);
}

/// A cache whose answers to `lease` are slow, and in which somebody else has filled meanwhile.
#[derive(Debug)]
struct SlowToLease {
    memory: MemoryCache,
    filled: AtomicBool,
    asked: Notify,
    answers: Semaphore,
}

#[async_trait]
impl Cache for SlowToLease {
    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> Result<Lookup> {
        self.memory.get(key, codec).await
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> Result<Leased> {
        if !self.filled.swap(true, Ordering::SeqCst) {
            let elsewhere = CacheAside::<u64>::builder(Arc::new(self.memory.clone()), "n", "n");
            elsewhere.build().put(1, Some(1)).await?;
        }
        let leased = self.memory.lease(key, lead_for, codec).await;
        self.asked.notify_one();
        self.answers.acquire().await.unwrap().forget();
        leased
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored> {
        self.memory.put(key, entry, lease, codec).await
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()> {
        self.memory.release(key, lease).await
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> Result<()> {
        self.memory.invalidate(targets).await
    }
}

#[tokio::test]
async fn what_was_found_before_an_invalidation_is_not_for_those_who_came_after_it() {
    let slow = Arc::new(SlowToLease {
        memory: MemoryCache::new(100),
        filled: AtomicBool::new(false),
        asked: Notify::new(),
        answers: Semaphore::new(0),
    });
    let numbers = CacheAside::<u64>::builder(slow.clone(), "n", "n").build();
    let source = Arc::new(AtomicU64::new(1));
    let fetch = || {
        let (numbers, source) = (numbers.clone(), source.clone());
        let load =
            move || async move { Ok::<_, std::io::Error>(Some(source.load(Ordering::SeqCst))) };
        tokio::spawn(async move { *numbers.fetch(1, load).await.unwrap().unwrap() })
    };
    let early = fetch();
    slow.asked.notified().await;
    source.store(2, Ordering::SeqCst);
    numbers.forget(1).await.unwrap();
    let late = fetch();
    let on_board = async || (numbers.stats().coalesced == 1).then_some(());
    aether_testkit::eventually("it is on board", on_board).await;
    slow.answers.add_permits(10);
    assert_eq!(early.await.unwrap(), 1, "as it was when it asked");
    assert_eq!(late.await.unwrap(), 2);
}
