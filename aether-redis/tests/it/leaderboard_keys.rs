//! What leaderboards look like in Redis, and what becomes of them when somebody else was there.

use aether_core::uuid::Uuid;
use aether_realtime::leaderboard::{
    Board, Change, LeaderboardError, Leaderboards as _, SeasonStart, Sequence, Ties,
};
use aether_redis::{Error, RedisLeaderboards};

use crate::probe::{connect, own, raw, shared, shared_url};

const LEVEL: Board = Board::from_static("level");

fn player(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

fn is_wrong_type(error: &LeaderboardError, key: &str) -> bool {
    matches!(Error::find_in(error), Some(Error::WrongType { key: found, .. }) if found == key)
}

#[tokio::test]
async fn the_ranking_is_a_plain_sorted_set_of_id_and_name() {
    let (client, keys) = shared().await;
    let boards = RedisLeaderboards::new(client.clone(), keys.clone());
    let board = boards.open(&LEVEL);
    let changes = [
        Change::set(player(1), 3_000_450, 10).named("Aria"),
        Change::set(player(2), 12_000_007, 11).named("Bors"),
        Change::rename(player(1), "Bela", 12),
    ];
    board.write(&changes).await.unwrap();
    let ranking = keys.leaderboard("level").ranking();
    assert_eq!(ranking.as_str(), format!("{}leaderboard:level", keys.prefix()));
    let expected = [
        (format!("{}:Bors", player(2)), 12_000_007.0),
        (format!("{}:Bela", player(1)), 3_000_450.0),
    ];
    assert_eq!(client.sorted_set(&ranking, 10).await.unwrap(), expected);
    assert_eq!(client.time_to_live(&ranking).await.unwrap(), None);
    // the season that has ended keeps its form
    board.start_season(SeasonStart::new(2, 20)).await.unwrap();
    let past = keys.leaderboard("level").season_ranking(1);
    assert_eq!(client.sorted_set(&past, 10).await.unwrap(), expected);
}

#[tokio::test]
async fn a_wrong_type_under_any_key_is_a_typed_error_and_nothing_is_written() {
    let (client, keys) = shared().await;
    let url = shared_url().await;
    let boards = RedisLeaderboards::new(client.clone(), keys.clone());
    for (name, under) in [("a", ""), ("b", ":members"), ("c", ":state")] {
        let board = boards.open(&Board::from_static(name));
        let key = format!("{}leaderboard:{name}{under}", keys.prefix());
        raw(url, &format!("SET {key} x"));
        let error = board.write(&[Change::set(player(1), 5, 1)]).await.unwrap_err();
        assert!(is_wrong_type(&error, &key), "{error:?}");
        assert!(!error.is_transient());
        let error = board.start_season(SeasonStart::new(2, 1)).await.unwrap_err();
        assert!(is_wrong_type(&error, &key), "{error:?}");
        let rebuild = board.rebuild().await.unwrap();
        rebuild.write(&[Change::set(player(1), 5, 1)]).await.unwrap();
        let error = rebuild.switch(Sequence::new(1)).await.unwrap_err();
        assert!(is_wrong_type(&error, &key), "{error:?}");
        assert_eq!(raw(url, &format!("STRLEN {key}")), ":1", "left as it was");
        raw(url, &format!("DEL {key}"));
        assert_eq!(board.count().await.unwrap(), 0, "nothing was written");
        assert_eq!(board.standing(player(1)).await.unwrap(), None);
        board.write(&[Change::set(player(1), 5, 1)]).await.unwrap();
        assert_eq!(board.rank(player(1)).await.unwrap(), Some(1));
    }
    raw(url, &format!("SET {}leaderboard:d x", keys.prefix()));
    let board = boards.open(&Board::from_static("d"));
    let ranking = keys.leaderboard("d").ranking();
    for error in [board.top(3).await.unwrap_err(), board.count().await.unwrap_err()] {
        assert!(is_wrong_type(&error, ranking.as_str()), "{error:?}");
    }
}

#[tokio::test]
async fn a_member_that_somebody_else_has_put_there_is_a_typed_error() {
    let (client, keys) = shared().await;
    let url = shared_url().await;
    for (name, ties) in [("a", Ties::HigherIdFirst), ("b", Ties::EarlierFirst)] {
        let board = Board::from_static(name).ties(ties);
        let board = RedisLeaderboards::new(client.clone(), keys.clone()).open(&board);
        let ranking = keys.leaderboard(name).ranking();
        for stranger in ["x", "ééééééééééééééééééééééééééééééé", "99999999999999999999:x"]
        {
            raw(url, &format!("ZADD {ranking} 1 {stranger}"));
            let error = board.top(3).await.unwrap_err();
            let found = Error::find_in(&error);
            assert!(matches!(found, Some(Error::UnexpectedReply { .. })), "{error:?}");
            raw(url, &format!("DEL {ranking}"));
        }
    }
}

#[tokio::test]
async fn a_redis_that_is_away_is_a_transient_error() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let board = RedisLeaderboards::new(client, aether_redis::KeySpace::new()).open(&LEVEL);
    board.write(&[Change::set(player(1), 5, 1)]).await.unwrap();
    redis.kill9().await.unwrap();
    let change = [Change::set(player(1), 5, 1)];
    for error in [board.top(3).await.unwrap_err(), board.write(&change).await.unwrap_err()] {
        assert!(error.is_transient(), "{error:?}");
    }
}
