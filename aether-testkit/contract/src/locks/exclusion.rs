//! One holder at a time, and tokens that rise.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aether_core::lock::{FencingToken, LockName};
use aether_realtime::lock::Lock;
use uuid::Uuid;

use super::{LONG, PATIENCE, Place, lock_for, locker, name};

const TASKS: u64 = 50;
const ROUNDS: u64 = 4;

/// What loses updates when two are at it.
#[derive(Default)]
struct Chest {
    counter: AtomicU64,
    inside: AtomicUsize,
    tokens: Mutex<Vec<FencingToken>>,
}

impl Chest {
    fn note(&self, token: FencingToken) {
        self.tokens().push(token);
    }

    fn tokens(&self) -> MutexGuard<'_, Vec<FencingToken>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fifty tasks of three processes add to a counter.
pub async fn fifty_tasks_take_turns(backend: Arc<Place>) {
    let chest = Arc::new(Chest::default());
    let lockers = [locker(&*backend).await, locker(&*backend).await, locker(&*backend).await];
    let tasks = (0..TASKS).map(|task| {
        let (chest, locker) = (chest.clone(), lockers[task as usize % 3].clone());
        tokio::spawn(async move {
            for _ in 0..ROUNDS {
                let guard = locker
                    .lock(&lock_for(LONG), PATIENCE * 3)
                    .await
                    .expect("it is free in the end");
                assert_eq!(chest.inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
                let seen = chest.counter.load(Ordering::SeqCst);
                tokio::task::yield_now().await;
                chest.counter.store(seen + 1, Ordering::SeqCst);
                chest.note(guard.fence().token);
                chest.inside.fetch_sub(1, Ordering::SeqCst);
                guard.release().await.expect("it was held to the end");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("the task ended well");
    }
    assert_eq!(chest.counter.load(Ordering::SeqCst), TASKS * ROUNDS);
    let tokens = chest.tokens();
    assert!(tokens.is_sorted_by(|a, b| a < b), "tokens rise: {tokens:?}");
}

/// Whether the holder is in the same process or in another one.
pub async fn a_held_lock_is_refused_at_once(backend: Arc<Place>) {
    let (here, there) = (locker(&*backend).await, locker(&*backend).await);
    let guard = here.try_lock(&lock_for(LONG)).await.expect("it can be asked").expect("it is free");
    assert!(guard.is_held());
    assert!(here.try_lock(&lock_for(LONG)).await.expect("it can be asked").is_none());
    assert!(there.try_lock(&lock_for(LONG)).await.expect("it can be asked").is_none());
    guard.release().await.expect("it was held to the end");
    assert!(there.try_lock(&lock_for(LONG)).await.expect("it can be asked").is_some());
}

/// Other ids, other parts, other kinds; ids with characters that mean something in keys.
pub async fn different_locks_do_not_meet(backend: Arc<Place>) {
    let locker = locker(&*backend).await;
    let names = [
        LockName::new("chest", 7),
        LockName::new("chest", 8),
        LockName::new("chest", 7).part("bolt"),
        LockName::new("chest", 7).part("back"),
        LockName::new("porte", 7),
        LockName::new("chest", "7:bolt"),
        LockName::new("chest", "{7}"),
        LockName::new("chest", "7\0"),
    ];
    let mut guards = Vec::new();
    for name in names {
        let taken = locker.try_lock(&Lock::new(name.clone(), LONG)).await.expect("it can be asked");
        guards.push(taken.unwrap_or_else(|| panic!("{name} met another lock")));
    }
    for guard in guards {
        guard.release().await.expect("it was held to the end");
    }
}

/// A release by anybody else changes nothing.
pub async fn only_the_owner_releases(backend: Arc<Place>) {
    let (locks, [a, b]) = (backend.connect().await, owners());
    assert!(!locks.release(&name(), a).await.expect("it can be asked"), "nobody has it");
    locks.acquire(&name(), a, LONG).await.expect("it can be asked").expect("it is free");
    assert!(!locks.release(&name(), b).await.expect("it can be asked"));
    assert!(
        locks.acquire(&name(), b, LONG).await.expect("it can be asked").is_none(),
        "still held"
    );
    assert!(locks.release(&name(), a).await.expect("it can be asked"));
    assert!(!locks.release(&name(), a).await.expect("it can be asked"), "once");
    assert!(locks.acquire(&name(), b, LONG).await.expect("it can be asked").is_some());
}

/// A renewal by anybody else changes nothing, and nothing is taken by a renewal.
pub async fn only_the_owner_renews(backend: Arc<Place>) {
    let (locks, [a, b]) = (backend.connect().await, owners());
    assert!(!locks.renew(&name(), a, LONG).await.expect("it can be asked"), "nobody has it");
    locks.acquire(&name(), a, LONG).await.expect("it can be asked").expect("it is free");
    assert!(locks.renew(&name(), a, LONG).await.expect("it can be asked"));
    assert!(!locks.renew(&name(), b, LONG).await.expect("it can be asked"));
    assert!(locks.release(&name(), a).await.expect("it can be asked"));
    assert!(!locks.renew(&name(), a, LONG).await.expect("it can be asked"), "given back");
}

/// Also within a microsecond, no matter who acquires.
pub async fn tokens_rise_with_every_acquisition(backend: Arc<Place>) {
    let connections = [backend.connect().await, backend.connect().await];
    let mut last = FencingToken::new(0);
    for (locks, owner) in
        connections.iter().cycle().zip(std::iter::repeat_with(Uuid::new_v4)).take(100)
    {
        let token = locks
            .acquire(&name(), owner, LONG)
            .await
            .expect("it can be asked")
            .expect("it is free");
        assert!(token > last, "{token} after {last}");
        last = token;
        assert!(locks.release(&name(), owner).await.expect("it can be asked"));
    }
    assert!(i64::try_from(last.get()).is_ok(), "a token fits a BIGINT");
}

/// The answer to the first call may have been lost.
pub async fn the_same_owner_may_ask_again(backend: Arc<Place>) {
    let (locks, [a, b]) = (backend.connect().await, owners());
    let first =
        locks.acquire(&name(), a, LONG).await.expect("it can be asked").expect("it is free");
    let again =
        locks.acquire(&name(), a, LONG).await.expect("it can be asked").expect("it is free");
    assert!(again >= first);
    assert!(locks.acquire(&name(), b, LONG).await.expect("it can be asked").is_none());
    assert!(locks.release(&name(), a).await.expect("it can be asked"), "one release is enough");
    let next = locks.acquire(&name(), b, LONG).await.expect("it can be asked").expect("it is free");
    assert!(next > again);
}

fn owners() -> [Uuid; 2] {
    [Uuid::new_v4(), Uuid::new_v4()]
}
