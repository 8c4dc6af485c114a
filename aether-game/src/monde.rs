//! The world, of which there is one: its clock, zones, bosses, events and resources.
//!
//! Its stream is [`MondeId::UNIQUE`](crate::values::MondeId::UNIQUE). Timers move the clock, let bosses appear and resources grow, and end
//! events; the end of a combat beats a boss; players discover zones and gather; processes bring events forward, in batches; operators
//! lay out resources, end events and change factors. One stream takes tens of commands a second: what is frequent comes in batches.
//!
//! ```mermaid
//! stateDiagram-v2
//!     state "boss is there" as la
//!     state "boss rests" as repos
//!     state "event is on" as cours
//!     [*] --> la: FaireApparaitreBoss / BossApparu
//!     la --> repos: VaincreBoss / BossVaincu (once per appearance)
//!     repos --> la: FaireApparaitreBoss / BossApparu (when it has rested)
//!     [*] --> cours: DeclencherEvenement / EvenementMondialDeclenche
//!     cours --> cours: Progresser / EvenementMondialProgresse
//!     cours --> [*]: Progresser, ExpirerEvenement, AnnulerEvenement / EvenementMondialTermine
//! ```
//!
//! **Timers** can come late or twice: the clock and the resources follow from real time ([`Moment`]), a boss that is there does not
//! appear, an event that has ended does not end. After an outage each catches up in one step.
//!
//! **Progress** is never above what is required. What a player did counts in full for that player, also where it was more than was left.

mod apply;
mod commands;
mod decide;
mod events;
mod formes;
mod horloge;
mod mots;
mod refus;
mod state;

pub use commands::{DeclencherEvenement, MondeCommand, NouveauGisement, NouvelleLigne};
pub use events::MondeEvent;
pub use formes::{
    Contribution, Croissance, EvenementDeclenche, Gisement, ItemAccorde, LigneClassement,
    Participation, Recolte, RecompenseEvenement,
};
pub use horloge::Moment;
pub use mots::{Facteur, ResultatEvenement, Saison, TypeClassement, TypeEvenement};
pub use refus::MondeRefus;
pub use state::{Boss, Evenement, Monde, Zone};
