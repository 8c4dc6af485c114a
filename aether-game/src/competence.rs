//! Skills: their definitions and what players have learned.
