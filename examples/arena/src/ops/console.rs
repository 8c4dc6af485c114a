//! What operators did in the console: an aggregate of the server. What is decided is stored before it is carried out.

use aether_core::uuid::Uuid;
use aether_core::{Aggregate, Event, Facts, Shape, id};
use serde::{Deserialize, Serialize};

use crate::compte::CompteRefus;

id! {
    /// Identifies the console: there is one.
    pub(crate) struct ConsoleId of Console;
}

impl ConsoleId {
    /// The one.
    pub(crate) const UNIQUE: Self = Self::new(Uuid::NAMESPACE_OID);
}

/// The console has no state: it only remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub(crate) struct Console {}

/// What happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
pub(crate) enum ConsoleEvent {
    /// An operator decided to do something.
    ActeDecide {
        /// What: `PAUSE`, `REPRISE`, `REESSAYER`, `ECARTER`.
        acte: String,
        /// With what.
        sujet: String,
        /// Why.
        raison: String,
        /// Whose decision it was: an account.
        acteur: String,
    },
}

/// What is noted.
#[derive(Debug, Clone)]
pub(crate) struct Noter {
    pub(crate) acte: String,
    pub(crate) sujet: String,
    pub(crate) raison: String,
    pub(crate) acteur: String,
}

impl Aggregate for Console {
    const TYPE: &'static str = "Console";
    type Command = Noter;
    type Event = ConsoleEvent;
    type Error = CompteRefus;

    fn decide(&self, command: &Noter, _: &Facts) -> Result<Vec<ConsoleEvent>, CompteRefus> {
        let Noter { acte, sujet, raison, acteur } = command.clone();
        if raison.trim().is_empty() {
            return Err(CompteRefus::SansRaison);
        }
        Ok(vec![ConsoleEvent::ActeDecide { acte, sujet, raison, acteur }])
    }

    fn apply(&mut self, _: &ConsoleEvent) {}
}
