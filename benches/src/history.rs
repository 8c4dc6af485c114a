//! What clients of a log did, what they were told, and whether the log agrees.
//!
//! A run writes a history: one [`Line`] for everything a client did or saw. Afterwards a [`Checker`] goes through the
//! log once, in order of position, and holds both against each other. Its rules are [`Rule`]s. The history can be kept
//! in a file and checked again later, by the program `history`.

mod book;
mod check;
mod line;
mod table;

pub use book::Book;
pub use check::{Account, Checker, Row, Rule};
pub use line::{Expected, Line, Wants, WriteInDoubt, checksum, fold};
pub use table::check_table;
