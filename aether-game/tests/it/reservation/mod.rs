//! Rules of names.
