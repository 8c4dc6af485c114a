//! The tables say what the events say, and the queries answer from them.

mod combat;
mod economie;
pub(crate) mod fixtures;
mod item;
mod joueur;
