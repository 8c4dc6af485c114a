//! Rules of quests.
