//! Promises about changes that come twice, late and in any order.

use std::sync::Arc;

use aether_core::time::{Random as _, SeededRandom};
use aether_realtime::leaderboard::{BoardWritten, Change, LeaderboardError, Leaderboards, Ties};

use super::{Model, all, arena, order, player};

/// Also in one call, and also when it is the same one again.
pub async fn an_older_score_never_replaces_a_newer_one(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let (old, new) = (Change::set(player(1), 5, 9), Change::set(player(1), 3, 10));
    let written = board.write(&[new.clone(), old.clone()]).await.expect("written");
    assert_eq!(written, BoardWritten { applied: 1, stale: 1, late: 0 });
    let written = board.write(&[old, new]).await.expect("written");
    assert_eq!(written, BoardWritten { applied: 0, stale: 2, late: 0 });
    assert_eq!(order(&*board).await, [(1, 3)]);
}

/// One by one, and within a call.
pub async fn an_increment_counts_once_however_often_it_comes(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let win = Change::add(player(1), 16, 10).named("Aria");
    for _ in 0..3 {
        board.write(&[win.clone(), win.clone()]).await.expect("written");
    }
    board.write(&[Change::add(player(1), -6, 11), win]).await.expect("written");
    assert_eq!(order(&*board).await, [(1, 10)]);
}

/// As many as the window has room for may overtake an increment.
pub async fn increments_in_any_order_add_up(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().window(8));
    for sequence in [5, 3, 9, 100_000_000_000_000_000_u64, 1, 7, 3, 5, 20, 2] {
        let points = i64::try_from(sequence % 1000).unwrap_or(0);
        board.write(&[Change::add(player(1), points, sequence)]).await.expect("written");
    }
    assert_eq!(order(&*board).await, [(1, 5 + 3 + 9 + 1 + 7 + 20 + 2)]);
}

/// A score is as of its sequence: older increments are in it, newer ones come on top.
pub async fn a_late_score_keeps_the_increments_behind_it(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let add = |points, sequence| Change::add(player(1), points, sequence);
    board.write(&[add(1, 10), add(2, 20), add(4, 30)]).await.expect("written");
    board.write(&[Change::set(player(1), 100, 15)]).await.expect("written");
    assert_eq!(order(&*board).await, [(1, 106)]);
    // too old for the score that is known now
    let written = board.write(&[add(1, 10), add(8, 14), add(16, 16)]).await.expect("written");
    assert_eq!(written, BoardWritten { applied: 1, stale: 2, late: 0 });
    assert_eq!(order(&*board).await, [(1, 122)]);
}

/// In order, any number of repetitions is recognised, far beyond the window.
pub async fn a_long_history_sent_again_changes_nothing(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().window(2));
    let history: Vec<_> = (1..=700).map(|n| Change::add(player(1), 1, n)).collect();
    for _ in 0..3 {
        board.write(&history).await.expect("written");
        board.write(&history[650..]).await.expect("written");
    }
    assert_eq!(order(&*board).await, [(1, 700)]);
}

/// One member is one entry, whatever it was called.
pub async fn a_new_name_leaves_no_ghost(boards: Arc<dyn Leaderboards>) {
    for ties in [Ties::HigherIdFirst, Ties::EarlierFirst] {
        let name = if ties == Ties::HigherIdFirst { "by-id" } else { "by-time" };
        let board = aether_realtime::leaderboard::Board::from_static(name).ties(ties);
        let board = boards.open(&board);
        board.write(&[Change::set(player(1), 5, 1).named("Aria")]).await.expect("written");
        board.write(&[Change::rename(player(1), "Bela", 2)]).await.expect("written");
        board.write(&[Change::set(player(1), 8, 3).named("Cora")]).await.expect("written");
        board
            .write(&[Change::add(player(1), 1, 4), Change::rename(player(1), "Dora", 5)])
            .await
            .expect("written");
        let found = all(&*board).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].name.as_str(), found[0].score), ("Dora", 9));
        assert_eq!(board.standing(player(1)).await.expect("read").as_ref(), found.first());
    }
}

/// Names have their own order: an old score can be news, and its name not.
pub async fn an_older_name_never_comes_back(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    board.write(&[Change::rename(player(1), "new", 20)]).await.expect("written");
    board.write(&[Change::set(player(1), 5, 10).named("old")]).await.expect("written");
    let standing = board.standing(player(1)).await.expect("read").expect("ranked");
    assert_eq!((standing.name.as_str(), standing.score), ("new", 5));
    // and the other way round: a stale score can bring a name that nobody knew
    board.write(&[Change::set(player(2), 7, 20)]).await.expect("written");
    board.write(&[Change::set(player(2), 6, 10).named("two")]).await.expect("written");
    let standing = board.standing(player(2)).await.expect("read").expect("ranked");
    assert_eq!((standing.name.as_str(), standing.score), ("two", 7));
}

/// A name is any text.
pub async fn a_name_with_colons_and_newlines_is_kept(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().ties(Ties::EarlierFirst));
    let names = ["a:b:c", "", ":", "two\nlines\r\n", "éà€😀", "1+2,3-4", "%d%s"];
    for (id, name) in (1..).zip(names) {
        board.write(&[Change::set(player(id), 5, 1).named(name)]).await.expect("written");
        board.write(&[Change::add(player(id), 1, 2)]).await.expect("written");
        let standing = board.standing(player(id)).await.expect("read").expect("ranked");
        assert_eq!((standing.name.as_str(), standing.score), (name, 6));
    }
    assert_eq!(all(&*board).await.len(), names.len());
}

/// What is late does not bring it back, and what is newer does, from 0 and without its name.
pub async fn a_removed_member_stays_away_until_something_newer(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let there = Change::set(player(1), 5, 10).named("Aria");
    board.write(&[there.clone(), Change::remove(player(1), 20)]).await.expect("written");
    board.write(&[there, Change::add(player(1), 3, 15)]).await.expect("written");
    assert_eq!(order(&*board).await, []);
    assert_eq!(board.rank(player(1)).await.expect("read"), None);
    board.write(&[Change::add(player(1), 3, 25)]).await.expect("written");
    let standing = board.standing(player(1)).await.expect("read").expect("ranked");
    assert_eq!((standing.name.as_str(), standing.score), ("", 3));
    // removed before it was there
    board.write(&[Change::remove(player(2), 9), Change::set(player(2), 1, 8)]).await.expect("ok");
    assert_eq!(board.rank(player(2)).await.expect("read"), None);
}

/// A typed error, and nothing of the call is written.
pub async fn what_cannot_be_held_is_refused_whole(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let max = Change::SCORE_MAX;
    board.write(&[Change::set(player(1), max, 1)]).await.expect("written");
    let bad = [
        Change::set(player(3), max + 1, 5),
        Change::set(player(3), i64::MIN, 5),
        Change::add(player(1), 1, 5),
        Change::add(player(1), max, 5),
    ];
    for bad in bad {
        let error = board.write(&[Change::set(player(2), 5, 4), bad]).await.expect_err("too far");
        assert!(matches!(error, LeaderboardError::ScoreOutOfRange { .. }), "{error}");
        assert!(error.is_invalid());
    }
    let long = Change::rename(player(1), "x".repeat(Change::NAME_MAX + 1), 6);
    let error = board.write(&[Change::set(player(2), 5, 4), long]).await.expect_err("too long");
    assert!(matches!(error, LeaderboardError::BadName { .. }), "{error}");
    assert_eq!(order(&*board).await, [(1, max)]);
    board.write(&[]).await.expect("nothing to do");
}

/// More than fit into one step.
pub async fn many_members_change_in_one_call(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let changes: Vec<_> = (1..=1000_u32)
        .map(|id| Change::set(player(id.into()), id.into(), id as u64).named(format!("p{id}")))
        .collect();
    assert_eq!(board.write(&changes).await.expect("written").applied, 1000);
    let found = board.page(0, 1000).await.expect("read");
    assert_eq!((found.len(), found[0].score, found[999].score), (1000, 1000, 1));
    assert_eq!(board.write(&changes).await.expect("written").stale, 1000);
}

/// Random histories, cut and mixed at random, each part sent twice: the board is what the model says.
pub async fn any_history_ends_as_if_in_order(boards: Arc<dyn Leaderboards>) {
    for (seed, ties) in (0..6).zip([Ties::HigherIdFirst, Ties::EarlierFirst].into_iter().cycle()) {
        let random = SeededRandom::new(seed);
        let name = format!("board-{seed}");
        let definition = aether_realtime::leaderboard::Board::new(name).expect("a good name");
        let definition = definition.ties(ties).window(1000);
        let board = boards.open(&definition);
        let mut history = Model::any_history(&random, 300);
        for at in (1..history.len()).rev() {
            history.swap(at, (random.next() % (at as u128 + 1)) as usize);
        }
        let mut model = Model::new();
        for part in history.chunks(17) {
            model.write(part);
            board.write(part).await.expect("written");
            board.write(part).await.expect("written");
            assert_eq!(all(&*board).await, model.standings(&definition), "seed {seed}");
        }
    }
}
