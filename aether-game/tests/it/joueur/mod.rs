//! Rules of players.
