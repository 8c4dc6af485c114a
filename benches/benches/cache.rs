//! What a hit costs: in process, in Redis, and in process in front of Redis.

use std::sync::Arc;
use std::time::Duration;

use aether_realtime::cache::{Cache, CacheAside, MemoryCache};
use aether_redis::{KeySpace, RedisCache, RedisClient, TieredCache};
use aether_servers::{Redis, RedisOptions};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

async fn hit(names: &CacheAside<String>) -> Option<Arc<String>> {
    names
        .fetch(42, || async { Ok::<_, std::io::Error>(Some("ada".repeat(100))) })
        .await
        .expect("the source answers")
}

fn bench(criterion: &mut Criterion, name: &str, runtime: &Runtime, cache: Arc<dyn Cache>) {
    let names = CacheAside::<String>::builder(cache, "player", "name")
        .time_to_live(Duration::from_secs(3600))
        .build();
    runtime.block_on(hit(&names));
    criterion.bench_function(name, |bencher| bencher.to_async(runtime).iter(|| hit(&names)));
    let stats = names.stats();
    assert!(stats.misses < 10, "{name} missed: {stats:?}");
}

fn hits(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    bench(criterion, "cache hit in process", &runtime, Arc::new(MemoryCache::new(10_000)));
    let redis = runtime.block_on(Redis::start(RedisOptions::default())).expect("a Redis");
    let keys = KeySpace::with_prefix(redis.prefix()).expect("a prefix without braces");
    let client =
        runtime.block_on(RedisClient::connect(redis.url()).into_future()).expect("a connection");
    let far = RedisCache::new(client, keys);
    bench(criterion, "cache hit in Redis", &runtime, Arc::new(far.clone()));
    let tiered = runtime.block_on(async {
        let tiered = TieredCache::builder(far).start();
        while !tiered.is_tracking() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tiered
    });
    bench(criterion, "cache hit in process, Redis behind", &runtime, Arc::new(tiered));
    runtime.block_on(redis.stop()).expect("it stops");
}

criterion_group!(benches, hits);
criterion_main!(benches);
