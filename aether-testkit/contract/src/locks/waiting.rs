//! Waiting for a lock, and what is left of waits and attempts that came to nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_realtime::lock::{LockError, LockGuard, Locker, Locks};
use aether_testkit::eventually;
use futures::FutureExt as _;
use uuid::Uuid;

use super::{LONG, PATIENCE, Place, Unsteady, lock_for, locker, name};

/// Takes the lock as soon as it can be had, long before its lease ends.
async fn freed(locks: &Arc<dyn Locks>) {
    eventually("the lock is free", async || {
        locks.acquire(&name(), Uuid::new_v4(), LONG).await.expect("it can be asked")
    })
    .await;
}

async fn take(locker: &Locker) -> LockGuard {
    locker.try_lock(&lock_for(LONG)).await.expect("it can be asked").expect("it is free")
}

/// Of a holder in the same process, and of one in another.
pub async fn a_waiter_gets_the_lock_after_its_release(backend: Arc<Place>) {
    let (here, there) = (locker(&*backend).await, locker(&*backend).await);
    for waiting in [&here, &there] {
        let guard = take(&here).await;
        let (lock, waiting) = (lock_for(LONG), waiting.clone());
        let mut waiter = Box::pin(async move { waiting.lock(&lock, PATIENCE).await });
        assert!((&mut waiter).now_or_never().is_none(), "it waits");
        let before = guard.fence().token;
        guard.release().await.expect("it was held to the end");
        let guard = waiter.await.expect("it can be asked");
        assert!(guard.is_held() && guard.fence().token > before);
        guard.release().await.expect("it was held to the end");
    }
}

/// When its lease ends.
pub async fn a_waiter_gets_the_lock_of_a_dead_holder(backend: Arc<Place>) {
    let (locks, locker) = (backend.connect().await, locker(&*backend).await);
    let lease = Duration::from_millis(300);
    let dead = locks
        .acquire(&name(), Uuid::new_v4(), lease)
        .await
        .expect("it can be asked")
        .expect("it is free");
    let guard = locker.lock(&lock_for(LONG), PATIENCE).await.expect("it is free in the end");
    assert!(guard.is_held() && guard.fence().token > dead);
}

/// With a typed error, behind a holder in this process and behind one in another.
pub async fn a_wait_ends_at_its_deadline(backend: Arc<Place>) {
    let (here, there) = (locker(&*backend).await, locker(&*backend).await);
    let guard = take(&here).await;
    let patience = Duration::from_millis(200);
    for locker in [&here, &there] {
        let begun = Instant::now();
        let error = locker.lock(&lock_for(LONG), patience).await.expect_err("it is held");
        assert!(error.is_timed_out() && error.is_transient(), "{error}");
        match error {
            LockError::TimedOut { name, waited } => {
                assert_eq!(name, *guard.name());
                assert!(waited >= patience, "{waited:?}");
            }
            other => panic!("{other}"),
        }
        assert!(begun.elapsed() >= patience && begun.elapsed() < PATIENCE);
    }
    assert!(guard.is_held());
    guard.release().await.expect("it was held to the end");
    take(&there).await.release().await.expect("it was held to the end");
}

/// First come, first served.
pub async fn waiters_of_one_process_are_served_in_their_order(backend: Arc<Place>) {
    let locker = locker(&*backend).await;
    let guard = take(&locker).await;
    let mut waiters: Vec<_> = (0..10)
        .map(|_| {
            let locker = locker.clone();
            Box::pin(async move {
                let guard =
                    locker.lock(&lock_for(LONG), PATIENCE).await.expect("it is free in the end");
                let token = guard.fence().token;
                guard.release().await.expect("it was held to the end");
                token
            })
        })
        .collect();
    for waiter in &mut waiters {
        assert!(waiter.as_mut().now_or_never().is_none(), "it stands in line");
    }
    let tasks: Vec<_> = waiters.into_iter().rev().map(tokio::spawn).collect();
    guard.release().await.expect("it was held to the end");
    let mut tokens = Vec::new();
    for task in tasks.into_iter().rev() {
        tokens.push(task.await.expect("the task ended well"));
    }
    assert!(tokens.is_sorted_by(|a, b| a < b), "{tokens:?}");
}

/// In the background, and also when the task that held it panics.
pub async fn a_dropped_guard_frees_the_lock(backend: Arc<Place>) {
    let (locks, locker) = (backend.connect().await, locker(&*backend).await);
    let guard = take(&locker).await;
    let told = tokio::spawn(guard.lost());
    drop(guard);
    told.await.expect("the task ended well");
    let guard = locker.lock(&lock_for(LONG), PATIENCE).await.expect("it is free in the end");
    let holder = tokio::spawn(async move {
        let _guard = guard;
        std::panic::resume_unwind(Box::new("the holder"));
    });
    assert!(holder.await.expect_err("it was ended").is_panic());
    freed(&locks).await;
}

/// Also when the backend had given the lock already.
pub async fn a_dropped_wait_leaves_nothing_behind(backend: Arc<Place>) {
    let unsteady = Unsteady::new(backend.connect().await);
    unsteady.withhold_acquisitions();
    let locker = Locker::new(unsteady.clone());
    let wait = tokio::spawn(async move { locker.lock(&lock_for(LONG), PATIENCE).await });
    unsteady.owner().await;
    wait.abort();
    assert!(wait.await.expect_err("it was ended").is_cancelled());
    freed(&backend.connect().await).await;
}

/// The lock was taken, and its taker does not know.
pub async fn a_lost_answer_locks_nobody_out(backend: Arc<Place>) {
    let unsteady = Unsteady::new(backend.connect().await);
    let locker = Locker::new(unsteady.clone());
    unsteady.lose_acquisitions(2);
    let guard = locker.lock(&lock_for(LONG), PATIENCE).await.expect("it is free in the end");
    assert!(guard.is_held());
    guard.release().await.expect("it was held to the end");
    freed(&backend.connect().await).await;
}

/// An attempt that failed says so, and the lock does not stay taken.
pub async fn a_failed_attempt_gives_back_what_it_may_have_taken(backend: Arc<Place>) {
    let unsteady = Unsteady::new(backend.connect().await);
    let locker = Locker::new(unsteady.clone());
    unsteady.lose_acquisitions(1);
    let error = locker.try_lock(&lock_for(LONG)).await.expect_err("the answer was lost");
    assert!(error.is_transient() && !error.is_timed_out(), "{error}");
    let locks = backend.connect().await;
    freed(&locks).await;
}

/// A release whose answer is lost counts as done.
pub async fn a_lost_release_is_made_again(backend: Arc<Place>) {
    let unsteady = Unsteady::new(backend.connect().await);
    let locker = Locker::new(unsteady.clone());
    unsteady.lose_releases(1);
    take(&locker).await.release().await.expect("it was held to the end");
    freed(&backend.connect().await).await;
}
