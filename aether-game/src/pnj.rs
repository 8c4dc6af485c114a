//! Characters that players meet.
