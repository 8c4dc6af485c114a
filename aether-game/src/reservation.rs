//! Names that are taken: a stream per folded name ([`ReservationId::du_nom`]), so that a name is given once.
//!
//! A name may be reserved while somebody signs up; after 30 days without a player it is free again. The player and the name are one
//! append, see [`joueur::creer`](crate::joueur::creer). The name of a player stays taken.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Libre
//!     Libre --> Reserve: Reserver, Attribuer / NomReserve
//!     Reserve --> Libre: Renoncer, Expirer, Reserver, Attribuer / NomLibere (the last two when its time is over)
//!     Reserve --> Attribue: Attribuer / NomAttribue
//! ```
//!
//! [`ReservationId::du_nom`]: crate::values::ReservationId::du_nom

mod apply;
mod commands;
mod decide;
mod events;
mod refus;
mod state;

pub use commands::ReservationCommand;
pub use events::{RaisonLiberation, ReservationEvent};
pub use refus::ReservationRefus;
pub use state::{Reservation, Tenue};
