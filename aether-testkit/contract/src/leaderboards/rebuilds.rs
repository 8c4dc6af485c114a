//! Promises about a second table that takes the board's place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aether_realtime::leaderboard::{
    Change, Leaderboard, LeaderboardError, Leaderboards, SeasonStart, Sequence,
};
use aether_testkit::eventually;

use super::{arena, order, player};

fn superseded(error: &LeaderboardError) -> bool {
    matches!(error, LeaderboardError::RebuildSuperseded { .. })
}

/// Until then, nobody sees anything of it.
pub async fn a_rebuild_is_seen_with_the_switch(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    board.write(&[Change::set(player(1), 5, 1), Change::set(player(9), 1, 2)]).await.expect("ok");
    let rebuild = board.rebuild().await.expect("begun");
    let changes = [Change::set(player(1), 50, 1), Change::set(player(2), 7, 2)];
    assert_eq!(rebuild.write(&changes).await.expect("written").applied, 2);
    assert_eq!(order(&*board).await, [(1, 5), (9, 1)]);
    rebuild.switch(Sequence::new(2)).await.expect("switched");
    assert_eq!(order(&*board).await, [(1, 50), (2, 7)]);
    assert_eq!(board.rank(player(9)).await.expect("read"), None);
    // it is over
    let error = rebuild.write(&[Change::set(player(1), 6, 3)]).await.expect_err("over");
    assert!(superseded(&error), "{error}");
    let error = rebuild.switch(Sequence::new(9)).await.expect_err("over");
    assert!(superseded(&error), "{error}");
    // an empty table is a table
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.switch(Sequence::new(2)).await.expect("switched");
    assert_eq!(order(&*board).await, []);
}

/// Under readers that never pause, over many switches.
pub async fn every_read_is_wholly_old_or_wholly_new(boards: Arc<dyn Leaderboards>) {
    const ROUNDS: u32 = 30;
    let board = boards.open(&arena());
    // in round r everybody's score ends in r, and there are 20 + r of them
    let round = |round: u32| -> Vec<Change> {
        let score = |id: u32| i64::from(id * 100 + round);
        (1..=20 + round).map(|id| Change::set(player(id.into()), score(id), 1)).collect()
    };
    board.write(&round(0)).await.expect("written");
    let (done, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let read = |board: Arc<dyn Leaderboard>, around: bool| {
        let (done, reads) = (done.clone(), reads.clone());
        tokio::spawn(async move {
            while !done.load(Ordering::Relaxed) {
                let seen = match around {
                    true => board.around(player(10), 100).await.expect("read"),
                    false => board.page(0, 1000).await.expect("read"),
                };
                let round = seen[0].score % 100;
                assert!(seen.iter().all(|it| it.score % 100 == round), "mixed: {seen:?}");
                assert_eq!(i64::try_from(seen.len()).expect("small"), 20 + round, "not whole");
                reads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        })
    };
    let readers = [read(board.clone(), false), read(board.clone(), true)];
    for next in 1..=ROUNDS {
        let rebuild = board.rebuild().await.expect("begun");
        for part in round(next).chunks(9) {
            rebuild.write(part).await.expect("written");
        }
        let before = reads.load(Ordering::Relaxed);
        rebuild.switch(Sequence::new(1)).await.expect("switched");
        eventually("the readers go on", async || {
            let failed = readers.iter().any(tokio::task::JoinHandle::is_finished);
            (failed || reads.load(Ordering::Relaxed) > before + 2).then_some(())
        })
        .await;
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("only whole boards");
    }
}

/// The board would lose what it has seen.
pub async fn a_rebuild_that_is_behind_is_not_switched(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    board.write(&[Change::set(player(1), 5, 10)]).await.expect("written");
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.write(&[Change::set(player(1), 6, 9)]).await.expect("written");
    let error = rebuild.switch(Sequence::new(9)).await.expect_err("behind");
    match &error {
        LeaderboardError::RebuildBehind { through, live, .. } => {
            assert_eq!((through.get(), live.get()), (9, 10));
        }
        other => panic!("{other}"),
    }
    assert!(error.is_behind());
    assert_eq!(order(&*board).await, [(1, 5)]);
    rebuild.write(&[Change::set(player(1), 7, 10)]).await.expect("written");
    rebuild.switch(Sequence::new(10)).await.expect("caught up");
    assert_eq!(order(&*board).await, [(1, 7)]);
}

/// The live writer sends what the rebuild had already, and goes on: each counts once.
pub async fn writers_go_on_through_a_switch(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().window(3));
    let wins: Vec<_> = (1..=40).map(|at| Change::add(player(1), 1, at).named("Aria")).collect();
    board.write(&wins[..20]).await.expect("written");
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.write(&wins[..30]).await.expect("written");
    rebuild.switch(Sequence::new(30)).await.expect("ahead is fine");
    assert_eq!(order(&*board).await, [(1, 30)]);
    board.write(&wins[10..]).await.expect("written");
    assert_eq!(order(&*board).await, [(1, 40)]);
}

/// And those who still work on it are told.
pub async fn the_next_rebuild_removes_what_a_crash_has_left(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let crashed = board.rebuild().await.expect("begun");
    crashed.write(&[Change::set(player(1), 99, 1)]).await.expect("written");
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.write(&[Change::set(player(2), 5, 1)]).await.expect("written");
    let late = [
        crashed.write(&[Change::set(player(3), 99, 2)]).await.expect_err("over"),
        crashed.switch(Sequence::new(9)).await.expect_err("over"),
        crashed.start_season(SeasonStart::new(2, 3)).await.expect_err("over"),
    ];
    assert!(late.iter().all(superseded), "{late:?}");
    crashed.abandon().await.expect("nothing to do");
    rebuild.switch(Sequence::new(1)).await.expect("switched");
    assert_eq!(order(&*board).await, [(2, 5)]);
}

/// The new table goes through them as the events say; rankings of past seasons stay.
pub async fn seasons_are_rebuilt(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    board.write(&[Change::set(player(1), 5, 1)]).await.expect("written");
    board.start_season(SeasonStart::new(2, 2)).await.expect("started");
    board.write(&[Change::set(player(1), 3, 3)]).await.expect("written");
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.write(&[Change::set(player(1), 50, 1)]).await.expect("written");
    let error = rebuild.switch(Sequence::new(3)).await.expect_err("one season behind");
    assert!(
        matches!(error, LeaderboardError::SeasonsDiffer { live: 2, rebuilt: 1, .. }),
        "{error}"
    );
    assert!(error.is_behind());
    assert!(rebuild.start_season(SeasonStart::new(2, 2)).await.expect("started"));
    assert!(!rebuild.start_season(SeasonStart::new(2, 2)).await.expect("left out"));
    rebuild.write(&[Change::set(player(1), 30, 3)]).await.expect("written");
    rebuild.switch(Sequence::new(3)).await.expect("switched");
    assert_eq!((order(&*board).await, board.season().await.expect("read")), (vec![(1, 30)], 2));
    let past = board.past(1).await.expect("read").expect("kept");
    assert_eq!(past.score(player(1)).await.expect("read"), Some(5));
    // what is late for the season is late for its rebuilt table too
    assert_eq!(board.write(&[Change::add(player(2), 1, 2)]).await.expect("written").late, 1);
}

/// And can be abandoned twice.
pub async fn an_abandoned_rebuild_changes_nothing(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    board.write(&[Change::set(player(1), 5, 1)]).await.expect("written");
    let rebuild = board.rebuild().await.expect("begun");
    rebuild.write(&[Change::set(player(2), 5, 1)]).await.expect("written");
    rebuild.abandon().await.expect("gone");
    rebuild.abandon().await.expect("still gone");
    let error = rebuild.switch(Sequence::new(9)).await.expect_err("over");
    assert!(superseded(&error), "{error}");
    assert_eq!(order(&*board).await, [(1, 5)]);
}
