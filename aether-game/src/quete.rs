//! Quests: their definitions and the players' progress.
