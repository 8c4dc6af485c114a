//! Processes: what they hear and send, and that nothing is lost or doubled by them, whatever crashes.

mod combat_lifecycle;
mod deux_noeuds;
mod evenement_mondial;
mod pannes;
mod progression_quete;
mod restauration;
mod scenes;
mod transaction_marche;
mod troupe;
