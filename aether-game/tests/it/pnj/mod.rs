//! Rules of characters.
