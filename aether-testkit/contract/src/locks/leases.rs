//! Leases run out, are renewed, and holders know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aether_realtime::lock::{LockGuard, Locker};
use aether_testkit::clock::ManualClock;
use aether_testkit::eventually;
use chrono::Utc;
use uuid::Uuid;

use super::{LONG, PATIENCE, Place, Unsteady, lock_for, locker, name};

/// Short enough to be waited for, long enough for a slow machine.
const LEASE: Duration = Duration::from_millis(1500);

async fn unsteady(backend: &Place) -> (Unsteady, Locker) {
    let unsteady = Unsteady::new(backend.connect().await);
    (unsteady.clone(), Locker::new(unsteady))
}

async fn take(locker: &Locker, lease: Duration) -> LockGuard {
    let taken = locker.try_lock(&lock_for(lease)).await;
    taken.expect("it can be asked").expect("it is free")
}

/// By the backend's own clock, without anybody's doing.
pub async fn a_lease_that_ends_frees_the_lock(backend: Arc<Place>) {
    let locks = backend.connect().await;
    let (a, b, asked_at) = (Uuid::new_v4(), Uuid::new_v4(), Instant::now());
    let first =
        locks.acquire(&name(), a, LEASE).await.expect("it can be asked").expect("it is free");
    let next = eventually("the lease has ended", async || {
        locks.acquire(&name(), b, LONG).await.expect("it can be asked")
    })
    .await;
    // clocks do not run at the same pace
    assert!(asked_at.elapsed() > LEASE.mul_f64(0.95), "too early: {:?}", asked_at.elapsed());
    assert!(next > first);
    assert!(
        !locks.renew(&name(), a, LEASE).await.expect("it can be asked"),
        "what is over is over"
    );
    assert!(!locks.release(&name(), a).await.expect("it can be asked"));
}

/// For as long as the guard lives.
pub async fn renewal_keeps_a_lock_beyond_its_lease(backend: Arc<Place>) {
    let (here, other) = (locker(&*backend).await, backend.connect().await);
    let guard = take(&here, LEASE).await;
    let begun = Instant::now();
    eventually("two leases have passed", async || {
        let taken = other.acquire(&name(), Uuid::new_v4(), LEASE).await.expect("it can be asked");
        assert!(taken.is_none(), "taken after {:?}", begun.elapsed());
        assert!(guard.is_held());
        (begun.elapsed() > LEASE * 2).then_some(())
    })
    .await;
    guard.release().await.expect("it was held to the end");
}

/// As long as there is time.
pub async fn a_failed_renewal_is_tried_again(backend: Arc<Place>) {
    let (unsteady, locker) = unsteady(&*backend).await;
    let guard = take(&locker, LEASE).await;
    let begun = Instant::now();
    unsteady.fail_renewals(true);
    eventually("renewals fail", async || (unsteady.failed_renewals() > 1).then_some(())).await;
    unsteady.fail_renewals(false);
    eventually("two leases have passed", async || {
        assert!(guard.is_held(), "after {:?}", begun.elapsed());
        (begun.elapsed() > LEASE * 2).then_some(())
    })
    .await;
    guard.release().await.expect("it was held to the end");
}

/// Before anybody else can have the lock.
pub async fn a_holder_without_renewals_is_told_by_the_end_of_its_lease(backend: Arc<Place>) {
    let (unsteady, locker) = unsteady(&*backend).await;
    let other = backend.connect().await;
    unsteady.fail_renewals(true);
    let guard = take(&locker, LEASE).await;
    let told = tokio::spawn(guard.lost());
    eventually("the lock is free", async || {
        let taken = other.acquire(&name(), Uuid::new_v4(), LONG).await.expect("it can be asked");
        taken.map(|_| assert!(!guard.is_held(), "it was free while its holder believed in it"))
    })
    .await;
    told.await.expect("the task ended well");
    let error = guard.release().await.expect_err("it was lost");
    assert!(error.is_lost() && !error.is_transient(), "{error}");
}

/// Those who wait for the loss are told, though nobody looks at the clock.
pub async fn a_renewal_without_an_answer_is_a_loss_by_the_end_of_the_lease(backend: Arc<Place>) {
    let (unsteady, locker) = unsteady(&*backend).await;
    unsteady.withhold_renewals();
    let guard = take(&locker, LEASE).await;
    let told = tokio::time::timeout(PATIENCE, guard.lost()).await;
    told.expect("it was lost");
    assert!(!guard.is_held());
    assert!(guard.release().await.expect_err("it was lost").is_lost());
}

/// It looks at its own clock, and needs no task to tell it.
pub async fn a_holder_that_stood_still_knows_at_once(backend: Arc<Place>) {
    let clock = ManualClock::at(Utc::now());
    let locker = locker(&*backend).await.clock(clock.clone());
    let guard = take(&locker, LONG).await;
    clock.set_back(Duration::from_hours(1));
    assert!(guard.is_held(), "a clock that is set back takes nothing away");
    clock.advance(Duration::from_hours(2));
    assert!(!guard.is_held());
    assert!(guard.run(async {}).await.expect_err("it was lost").is_lost());
    guard.lost().await;
    assert!(guard.release().await.expect_err("it was lost").is_lost());
}

/// The old holder hears of it at its next renewal, and its end does not touch the new one.
pub async fn a_lock_that_went_to_another_is_noticed_and_left_alone(backend: Arc<Place>) {
    let (unsteady, locker) = unsteady(&*backend).await;
    let (clock, mut passed) = (ManualClock::at(Utc::now()), Duration::ZERO);
    let locker = locker.clock(clock.clone());
    let (other, new_owner) = (backend.connect().await, Uuid::new_v4());
    let guard = take(&locker, LONG).await;
    // as if the backend had lost its data
    let old_owner = unsteady.owner().await;
    assert!(other.release(&name(), old_owner).await.expect("it can be asked"));
    let token = other.acquire(&name(), new_owner, LONG).await.expect("it can be asked");
    assert!(token.expect("it is free") > guard.fence().token);
    eventually("the old holder hears of it", async || {
        clock.advance(Duration::from_secs(5));
        passed += Duration::from_secs(5);
        (!guard.is_held()).then_some(())
    })
    .await;
    assert!(passed < LONG / 2, "not by the end of its lease: {passed:?}");
    assert!(guard.release().await.expect_err("it was lost").is_lost());
    let released = other.release(&name(), new_owner).await.expect("it can be asked");
    assert!(released, "still the new owner's");
}

/// What was under way is dropped.
pub async fn work_is_cancelled_when_the_lock_is_lost(backend: Arc<Place>) {
    struct Cancelled(Arc<AtomicBool>);
    impl Drop for Cancelled {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (unsteady, locker) = unsteady(&*backend).await;
    unsteady.fail_renewals(true);
    let guard = take(&locker, LEASE).await;
    let cancelled = Arc::new(AtomicBool::new(false));
    let mark = Cancelled(cancelled.clone());
    let work = guard.run(async move {
        let _mark = mark;
        std::future::pending::<()>().await;
    });
    assert!(work.await.expect_err("it was lost").is_lost());
    assert!(cancelled.load(Ordering::Relaxed));
}

/// The lock was held from the beginning to the end.
pub async fn work_gives_its_result_while_the_lock_is_held(backend: Arc<Place>) {
    let locker = locker(&*backend).await;
    let guard = take(&locker, LONG).await;
    assert_eq!(guard.run(async { 12 }).await.expect("it can be asked"), 12);
    assert!(guard.is_held());
    guard.release().await.expect("it was held to the end");
}
