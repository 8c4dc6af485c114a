//! The aggregate of these tests: a purse that cannot owe anything.

use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub(crate) struct Bourse {
    pub(crate) or: u32,
}

pub(crate) enum Ordre {
    Gagner(u32),
    Payer(u32),
    /// Pays whatever there is: nothing to do when it is empty.
    Vider,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(crate) enum BourseEvent {
    OrGagne { montant: u32 },
    OrPaye { montant: u32 },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are {a} gold pieces, {faut} are asked for; earn more")]
pub(crate) struct PasAssez {
    pub(crate) a: u32,
    pub(crate) faut: u32,
}

impl Aggregate for Bourse {
    const TYPE: &'static str = "Bourse";
    type Command = Ordre;
    type Event = BourseEvent;
    type Error = PasAssez;

    fn decide(&self, ordre: &Ordre, _: &Facts) -> Result<Vec<BourseEvent>, PasAssez> {
        match *ordre {
            Ordre::Gagner(montant) => Ok(vec![BourseEvent::OrGagne { montant }]),
            Ordre::Payer(faut) if faut > self.or => Err(PasAssez { a: self.or, faut }),
            Ordre::Payer(montant) => Ok(vec![BourseEvent::OrPaye { montant }]),
            Ordre::Vider if self.or == 0 => Ok(vec![]),
            Ordre::Vider => Ok(vec![BourseEvent::OrPaye { montant: self.or }]),
        }
    }

    fn apply(&mut self, event: &BourseEvent) {
        match event {
            BourseEvent::OrGagne { montant } => self.or += montant,
            BourseEvent::OrPaye { montant } => self.or -= montant,
        }
    }
}

/// An id that nobody has used.
pub(crate) fn purse() -> AggregateId {
    AggregateId::new(Uuid::now_v7())
}
