//! What the game promises, against real servers.

mod live;
