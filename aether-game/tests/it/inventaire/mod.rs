//! Rules of bags.
