//! Promises about who stands where.

use std::sync::Arc;

use aether_realtime::leaderboard::{Board, Change, LeaderboardError, Leaderboards, Ties};

use super::{all, arena, order, player};

/// Higher scores first; ranks are 1, 2, 3 …
pub async fn the_highest_score_is_first_and_ranks_start_at_one(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let scores = [(1, 1200), (2, -30), (3, 1990), (4, 0)];
    let changes = scores.map(|(id, score)| Change::set(player(id), score, 10).named("Aria"));
    assert_eq!(board.write(&changes).await.expect("written").applied, 4);
    assert_eq!(order(&*board).await, [(3, 1990), (1, 1200), (4, 0), (2, -30)]);
    let ranks: Vec<_> = all(&*board).await.iter().map(|it| it.rank).collect();
    assert_eq!(ranks, [1, 2, 3, 4]);
    assert_eq!(board.rank(player(1)).await.expect("read"), Some(2));
    assert_eq!(board.score(player(2)).await.expect("read"), Some(-30));
    assert_eq!(board.count().await.expect("read"), 4);
    let top = board.top(1).await.expect("read");
    assert_eq!((top.len(), top[0].name.as_str()), (1, "Aria"));
}

/// The higher id first, no matter who came first and whatever they are called.
pub async fn ties_stand_by_id(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().ties(Ties::HigherIdFirst));
    for (id, sequence, name) in [(2, 5, "z"), (9, 6, "a"), (10, 4, "")] {
        let change = Change::set(player(id), 7, sequence).named(name);
        board.write(&[change]).await.expect("written");
    }
    assert_eq!(order(&*board).await, [(10, 7), (9, 7), (2, 7)]);
    for (id, rank) in [(10, 1), (9, 2), (2, 3)] {
        assert_eq!(board.rank(player(id)).await.expect("read"), Some(rank));
    }
}

/// Who reached the score first, by sequence, however many digits it has.
pub async fn ties_stand_by_who_was_earlier(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().ties(Ties::EarlierFirst));
    let late = u64::MAX - 1;
    let changes = [
        Change::set(player(1), 7, late).named("late"),
        Change::set(player(2), 7, 10).named("ten"),
        Change::set(player(3), 7, 9).named("nine"),
        Change::set(player(4), 7, 9).named("nine too"),
        Change::set(player(5), 6, 8),
    ];
    board.write(&changes).await.expect("written");
    assert_eq!(order(&*board).await, [(4, 7), (3, 7), (2, 7), (1, 7), (5, 6)]);
    // the last one gets there too, and stands behind those who were there
    board.write(&[Change::add(player(5), 1, 20)]).await.expect("written");
    assert_eq!(order(&*board).await, [(4, 7), (3, 7), (2, 7), (5, 7), (1, 7)]);
    // another name is not another score
    board.write(&[Change::rename(player(4), "new", 21)]).await.expect("written");
    assert_eq!(board.rank(player(4)).await.expect("read"), Some(1));
    let names: Vec<_> = all(&*board).await.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["new", "nine", "ten", "", "late"]);
}

/// Pages of any size make the same whole.
pub async fn pages_have_no_gaps_and_no_doubles(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let changes: Vec<_> =
        (1..=57_u32).map(|id| Change::set(player(id.into()), (id % 5).into(), id as u64)).collect();
    board.write(&changes).await.expect("written");
    let whole = all(&*board).await;
    assert_eq!(whole.len(), 57);
    for size in [1, 7, 56, 57, 58] {
        let mut pages = Vec::new();
        for start in (0..70).step_by(size) {
            pages.extend(board.page(start, size as u32).await.expect("read"));
        }
        assert_eq!(pages, whole, "in pages of {size}");
    }
    assert_eq!(board.page(3, 0).await.expect("read"), []);
    assert_eq!(board.page(u64::MAX, 10).await.expect("read"), []);
    for standing in &whole {
        assert_eq!(board.standing(standing.member).await.expect("read").as_ref(), Some(standing));
    }
}

/// Fewer at both ends, and always with me.
pub async fn around_me_ends_where_the_board_ends(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let changes: Vec<_> =
        (1..=10_u32).map(|id| Change::set(player(id.into()), id.into(), 1)).collect();
    board.write(&changes).await.expect("written");
    for (id, ranks) in [(10, 1..=3), (9, 1..=4), (5, 4..=8), (2, 7..=10), (1, 8..=10)] {
        let around = board.around(player(id), 2).await.expect("read");
        let found: Vec<_> = around.iter().map(|it| it.rank).collect();
        assert_eq!(found, ranks.collect::<Vec<_>>(), "around {id}");
        assert!(around.iter().any(|it| it.member == player(id)));
    }
    assert_eq!(board.around(player(5), 0).await.expect("read").len(), 1);
    assert_eq!(board.around(player(5), 100).await.expect("read").len(), 10);
}

/// Nothing, rather than a last place or an error.
pub async fn a_member_that_is_not_ranked_has_no_place(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    for _ in 0..2 {
        assert_eq!(board.standing(player(1)).await.expect("read"), None);
        assert_eq!(board.rank(player(1)).await.expect("read"), None);
        assert_eq!(board.score(player(1)).await.expect("read"), None);
        assert_eq!(board.around(player(1), 3).await.expect("read"), []);
        board.write(&[Change::set(player(2), 5, 1)]).await.expect("written");
    }
    // known by name only
    board.write(&[Change::rename(player(1), "Aria", 2)]).await.expect("written");
    assert_eq!(board.standing(player(1)).await.expect("read"), None);
    assert_eq!(order(&*board).await, [(2, 5)]);
}

/// Up to ±(2⁵³ − 1), neighbours are told apart.
pub async fn every_score_in_range_is_exact(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let max = Change::SCORE_MAX;
    let scores = [(4, max), (3, max - 1), (2, 1 - max), (1, -max)];
    let changes = scores.map(|(id, score)| Change::set(player(id), score, 1));
    board.write(&changes).await.expect("written");
    assert_eq!(order(&*board).await, scores);
    board.write(&[Change::add(player(2), 2 * (max / 2), 2)]).await.expect("written");
    assert_eq!(board.score(player(2)).await.expect("read"), Some(0));
}

/// More than the limit is an error, not a shorter answer.
pub async fn a_read_of_too_many_is_refused(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().page_limit(5));
    board.write(&[Change::set(player(1), 5, 1)]).await.expect("written");
    assert_eq!(board.top(5).await.expect("read").len(), 1);
    assert_eq!(board.around(player(1), 2).await.expect("read").len(), 1);
    for refused in [board.top(6).await, board.page(9, 7).await, board.around(player(1), 3).await] {
        let error = refused.expect_err("too many");
        assert!(matches!(error, LeaderboardError::TooMany { limit: 5, .. }), "{error}");
        assert!(error.is_invalid() && !error.is_transient());
    }
}

/// One board's members and seasons are its own.
pub async fn boards_do_not_meet(boards: Arc<dyn Leaderboards>) {
    let (one, other) = (boards.open(&arena()), boards.open(&Board::from_static("arena.2")));
    one.write(&[Change::set(player(1), 5, 1)]).await.expect("written");
    assert_eq!(other.count().await.expect("read"), 0);
    other.write(&[Change::set(player(1), 7, 1)]).await.expect("written");
    assert_eq!(order(&*one).await, [(1, 5)]);
    // a second handle is the same board
    assert_eq!(order(&*boards.open(&arena())).await, [(1, 5)]);
}
