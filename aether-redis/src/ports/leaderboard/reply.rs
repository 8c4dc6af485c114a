//! What the scripts answer.

use aether_realtime::leaderboard::{Board, LeaderboardError, Result};
use fred::types::Value;

use crate::error::Error;

impl From<Error> for LeaderboardError {
    fn from(error: Error) -> Self {
        Self::Store(error.into())
    }
}

pub(super) fn unexpected(board: &Board) -> LeaderboardError {
    Error::UnexpectedReply { reason: format!("about the leaderboard {}", board.name()) }.into()
}

/// The words of an answer, unless it is a refusal that all scripts have in common.
pub(super) fn words(board: &Board, reply: Value) -> Result<Vec<String>> {
    let words: Vec<String> = reply.convert().map_err(|_| unexpected(board))?;
    let name = || board.name().to_owned();
    let words_of: Vec<&str> = words.iter().map(String::as_str).collect();
    Err(match words_of[..] {
        ["wrongtype", key, expected] => {
            let expected = if expected == "hash" { "hash" } else { "sorted set" };
            Error::WrongType { key: key.to_owned(), expected }.into()
        }
        ["superseded"] => LeaderboardError::RebuildSuperseded { board: name() },
        ["ahead", season, current] => {
            let (season, current) = (number(board, season)?, number(board, current)?);
            LeaderboardError::SeasonAhead { board: name(), season, current }
        }
        ["range", member] => {
            let member = member.parse().map_err(|_| unexpected(board))?;
            LeaderboardError::ScoreOutOfRange { member }
        }
        ["large", members] => {
            let (members, limit) = (number(board, members)?, board.carry_limit);
            LeaderboardError::BoardTooLarge { board: name(), members, limit }
        }
        ["broken", member] => {
            let reason = format!("the record of {member} on the leaderboard {}", board.name());
            Error::UnexpectedReply { reason }.into()
        }
        _ => return Ok(words),
    })
}

pub(super) fn number<N: std::str::FromStr>(board: &Board, text: &str) -> Result<N> {
    text.parse().map_err(|_| unexpected(board))
}
