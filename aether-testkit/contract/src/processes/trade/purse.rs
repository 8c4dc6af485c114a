//! A purse: gold that is free, and gold that is set aside.

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};

/// A purse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Bourse {
    /// Gold that can be spent.
    pub libre: u32,
    /// Gold that is set aside.
    pub reserve: u32,
    /// It takes no more than this in all, if it is limited.
    pub plafond: Option<u32>,
}

/// What can be asked of a purse.
#[derive(Debug, Clone)]
pub enum BourseCommand {
    /// Gold from nowhere: how tests begin.
    Deposer(u32),
    /// Limits it.
    Plafonner(u32),
    /// Sets gold aside.
    Reserver(u32),
    /// Frees gold that was set aside.
    Rendre(u32),
    /// Pays from what was set aside.
    Verser(u32),
    /// Takes in gold.
    Recevoir(u32),
}

/// What happens to a purse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum BourseEvent {
    OrDepose { montant: u32 },
    PlafondFixe { plafond: u32 },
    OrReserve { montant: u32 },
    OrRendu { montant: u32 },
    OrVerse { montant: u32 },
    OrRecu { montant: u32 },
}

/// Why a purse refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BourseRefus {
    /// There is not enough gold.
    #[error("there are {a} gold pieces, {faut} are asked for")]
    PasAssez {
        /// What there is.
        a: u32,
        /// What is asked for.
        faut: u32,
    },
    /// It takes no more.
    #[error("the purse takes no more than {plafond} gold pieces")]
    Pleine {
        /// The limit.
        plafond: u32,
    },
}

impl Aggregate for Bourse {
    const TYPE: &'static str = "Bourse";
    type Command = BourseCommand;
    type Event = BourseEvent;
    type Error = BourseRefus;

    fn decide(&self, command: &BourseCommand, _: &Facts) -> Result<Vec<BourseEvent>, BourseRefus> {
        let demande = |a: u32, faut: u32| {
            if faut > a { Err(BourseRefus::PasAssez { a, faut }) } else { Ok(faut) }
        };
        Ok(vec![match *command {
            BourseCommand::Deposer(montant) => BourseEvent::OrDepose { montant },
            BourseCommand::Plafonner(plafond) => BourseEvent::PlafondFixe { plafond },
            BourseCommand::Reserver(faut) => {
                BourseEvent::OrReserve { montant: demande(self.libre, faut)? }
            }
            BourseCommand::Rendre(faut) => {
                BourseEvent::OrRendu { montant: demande(self.reserve, faut)? }
            }
            BourseCommand::Verser(faut) => {
                BourseEvent::OrVerse { montant: demande(self.reserve, faut)? }
            }
            BourseCommand::Recevoir(montant) => match self.plafond {
                Some(plafond) if self.libre + self.reserve + montant > plafond => {
                    return Err(BourseRefus::Pleine { plafond });
                }
                _ => BourseEvent::OrRecu { montant },
            },
        }])
    }

    fn apply(&mut self, event: &BourseEvent) {
        match event {
            BourseEvent::OrDepose { montant } | BourseEvent::OrRecu { montant } => {
                self.libre += montant;
            }
            BourseEvent::PlafondFixe { plafond } => self.plafond = Some(*plafond),
            BourseEvent::OrReserve { montant } => {
                self.libre -= montant;
                self.reserve += montant;
            }
            BourseEvent::OrRendu { montant } => {
                self.reserve -= montant;
                self.libre += montant;
            }
            BourseEvent::OrVerse { montant } => self.reserve -= montant,
        }
    }
}
