//! Promises about the end of a season and the start of the next.

use std::num::NonZeroU32;
use std::sync::Arc;

use aether_realtime::leaderboard::{
    Board, BoardWritten, CarryOver, Change, Leaderboard, LeaderboardError, Leaderboards,
    SeasonStart, Ties,
};

use super::{all, arena, order, player};

async fn played(boards: &Arc<dyn Leaderboards>, board: &Board) -> Arc<dyn Leaderboard> {
    let board = boards.open(board);
    let changes = [
        Change::set(player(1), 1400, 10).named("Aria"),
        Change::set(player(2), 900, 11).named("Bors"),
        Change::add(player(3), -7, 12).named("Cora"),
        Change::set(player(4), 5, 13),
        Change::remove(player(4), 14),
    ];
    board.write(&changes).await.expect("written");
    board
}

/// The final ranking can be read like any other.
pub async fn a_season_starts_empty_and_the_old_ranking_stays(boards: Arc<dyn Leaderboards>) {
    let board = played(&boards, &arena()).await;
    assert_eq!(board.season().await.expect("read"), 1);
    assert!(board.past(1).await.expect("read").is_none());
    let before = all(&*board).await;
    assert!(board.start_season(SeasonStart::new(2, 20)).await.expect("started"));
    assert_eq!(board.season().await.expect("read"), 2);
    assert_eq!((order(&*board).await, board.rank(player(1)).await.expect("read")), (vec![], None));
    assert_eq!(board.past_seasons().await.expect("read"), [1]);
    let past = board.past(1).await.expect("read").expect("kept");
    assert_eq!(past.top(10).await.expect("read"), before);
    assert_eq!(past.count().await.expect("read"), 3);
    assert_eq!(past.rank(player(2)).await.expect("read"), Some(2));
    assert_eq!(past.around(player(3), 1).await.expect("read").len(), 2);
    // the new season goes its own way
    board.write(&[Change::set(player(2), 1, 21)]).await.expect("written");
    assert_eq!(order(&*board).await, [(2, 1)]);
    assert_eq!(past.score(player(2)).await.expect("read"), Some(900));
}

/// Sent again, or late, it does nothing.
pub async fn a_season_starts_once(boards: Arc<dyn Leaderboards>) {
    let board = played(&boards, &arena()).await;
    let start = SeasonStart::new(2, 20);
    assert!(board.start_season(start).await.expect("started"));
    board.write(&[Change::set(player(1), 8, 21)]).await.expect("written");
    for again in [start, SeasonStart::new(1, 30), SeasonStart::new(2, 31)] {
        assert!(!board.start_season(again).await.expect("left out"));
    }
    assert_eq!(order(&*board).await, [(1, 8)]);
    assert_eq!(board.past_seasons().await.expect("read"), [1]);
}

/// Neither by their sequence nor by the season they name.
pub async fn late_changes_do_not_enter_the_new_season(boards: Arc<dyn Leaderboards>) {
    let board = played(&boards, &arena()).await;
    board.start_season(SeasonStart::new(2, 20)).await.expect("started");
    let changes = [
        Change::add(player(1), 16, 10),
        Change::set(player(1), 1, 20),
        Change::add(player(2), 16, 25).in_season(1),
        Change::add(player(3), 16, 25).in_season(2),
        Change::add(player(3), 1, 26),
    ];
    let written = board.write(&changes).await.expect("written");
    assert_eq!(written, BoardWritten { applied: 2, stale: 0, late: 3 });
    assert_eq!(order(&*board).await, [(3, 17)]);
    let past = board.past(1).await.expect("read").expect("kept");
    assert_eq!(past.score(player(2)).await.expect("read"), Some(900));
}

/// A typed error, and nothing of the call is written.
pub async fn a_change_of_a_season_to_come_is_refused(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena());
    let changes = [Change::set(player(1), 5, 1), Change::add(player(2), 5, 2).in_season(3)];
    let error = board.write(&changes).await.expect_err("refused");
    match &error {
        LeaderboardError::SeasonAhead { season: 3, current: 1, .. } => {}
        other => panic!("{other}"),
    }
    assert_eq!(order(&*board).await, []);
    board.start_season(SeasonStart::new(3, 1)).await.expect("started");
    assert_eq!(board.write(&changes).await.expect("written").applied, 1);
}

/// By a linear rule, rounded down; the removed stay away, names are kept, and late changes stay out.
pub async fn scores_are_carried_over(boards: Arc<dyn Leaderboards>) {
    for ties in [Ties::HigherIdFirst, Ties::EarlierFirst] {
        let name = if ties == Ties::HigherIdFirst { "by-id" } else { "by-time" };
        let board = played(&boards, &Board::from_static(name).ties(ties)).await;
        let half = |offset| CarryOver::Linear {
            numerator: 1,
            denominator: NonZeroU32::new(2).expect("not 0"),
            offset,
        };
        board.start_season(SeasonStart::new(2, 20).carry(half(500))).await.expect("started");
        assert_eq!(order(&*board).await, [(1, 1200), (2, 950), (3, 496)]);
        assert_eq!(all(&*board).await[0].name, "Aria");
        let late = [Change::add(player(3), 99, 12), Change::set(player(4), 5, 13)];
        assert_eq!(board.write(&late).await.expect("written").late, 2);
        board.write(&[Change::add(player(2), 300, 21)]).await.expect("written");
        assert_eq!(order(&*board).await, [(2, 1250), (1, 1200), (3, 496)]);
        let negative = CarryOver::Linear { numerator: -3, denominator: NonZeroU32::MIN, offset: 1 };
        board.start_season(SeasonStart::new(3, 30).carry(negative)).await.expect("started");
        assert_eq!(order(&*board).await, [(3, -1487), (1, -3599), (2, -3749)]);
        let past = board.past(2).await.expect("read").expect("kept");
        assert_eq!(past.score(player(2)).await.expect("read"), Some(1250));
    }
}

/// So does one whose scores would leave the range.
pub async fn a_board_too_large_to_carry_stays_as_it_was(boards: Arc<dyn Leaderboards>) {
    let board = played(&boards, &arena().carry_limit(3)).await;
    let double = CarryOver::Linear { numerator: 2, denominator: NonZeroU32::MIN, offset: 0 };
    let start = SeasonStart::new(2, 20).carry(double);
    let error = board.start_season(start).await.expect_err("refused");
    assert!(matches!(error, LeaderboardError::BoardTooLarge { limit: 3, .. }), "{error}");
    let board = boards.open(&arena());
    board.write(&[Change::set(player(1), Change::SCORE_MAX, 15)]).await.expect("written");
    let error = board.start_season(start).await.expect_err("refused");
    assert!(matches!(error, LeaderboardError::ScoreOutOfRange { .. }), "{error}");
    assert_eq!(board.season().await.expect("read"), 1);
    assert_eq!(order(&*board).await, [(1, Change::SCORE_MAX), (2, 900), (3, -7)]);
    assert!(board.start_season(SeasonStart::new(2, 20)).await.expect("empty is no problem"));
}

/// The oldest ones go.
pub async fn only_the_last_seasons_are_kept(boards: Arc<dyn Leaderboards>) {
    let board = boards.open(&arena().seasons_kept(2));
    for season in [1_u32, 2, 3, 7] {
        let at = u64::from(season) * 10;
        if season > 1 {
            board.start_season(SeasonStart::new(season, at)).await.expect("started");
        }
        board.write(&[Change::set(player(1), season.into(), at + 1)]).await.expect("written");
    }
    assert_eq!(board.past_seasons().await.expect("read"), [2, 3]);
    assert!(board.past(1).await.expect("read").is_none());
    for season in [2_u32, 3] {
        let past = board.past(season).await.expect("read").expect("kept");
        assert_eq!(past.score(player(1)).await.expect("read"), Some(season.into()));
    }
    assert_eq!(order(&*board).await, [(1, 7)]);
    let none = boards.open(&Board::from_static("none").seasons_kept(0));
    none.write(&[Change::set(player(1), 1, 1)]).await.expect("written");
    none.start_season(SeasonStart::new(2, 2)).await.expect("started");
    assert!(none.past_seasons().await.expect("read").is_empty());
}
