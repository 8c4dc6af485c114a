//! What takes several steps: combats, trades, quests and events of the world.
//!
//! | process | one per | does |
//! |---|---|---|
//! | [`CombatLifecycle`] | combat | ends turns and combats whose time is over; lets the players leave, with what they won |
//! | [`TransactionMarche`] | trade, and order | hands over what a trade owes; closes an order whose time is over |
//! | [`ProgressionQuete`] | player | counts what the player does for his quests, finishes, pays, and lets them fail in time |
//! | [`EvenementMondial`] | event, boss, and one that counts | counts what players do, ends events, rewards participants, lets bosses come back |
//!
//! **A step is one append.** It reads what is so now, and attempts a unit of that. Where a rule refuses, something has changed meanwhile,
//! and it reads again. A step that finds nothing left to do is done: so it may come late, or twice, or beside a player who does the same.
//!
//! **Nothing is kept back.** What does not fit into a bag or a purse waits in a parcel. Items that the catalogue has no more are not
//! granted.
//!
//! **Timers** are durable: each fires once after an outage, in the order of their time. One that rings before its time, since the clock
//! of a node lags, is set again.

use std::time::Duration;

pub mod combat_lifecycle;
mod etape;
pub mod evenement_mondial;
mod octroi;
pub mod progression_quete;
pub mod transaction_marche;

pub use combat_lifecycle::CombatLifecycle;
pub use evenement_mondial::EvenementMondial;
pub use progression_quete::ProgressionQuete;
pub use transaction_marche::TransactionMarche;

/// After how long a timer rings again that came before its time.
const SURSIS: Duration = Duration::from_secs(1);
