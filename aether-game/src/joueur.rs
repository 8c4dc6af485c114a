//! Players: their gold, level, stats, open orders and the combat they are in.
