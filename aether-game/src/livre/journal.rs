//! The ledger from the log.

use aether_core::backend::EventStore;
use aether_core::log::Read;
use aether_core::{EventSet, Filter, Position, Recorded, RecordedEvent, Result};

use super::Livre;
use crate::economie::{Economie, EconomieEvent};
use crate::inventaire::{Inventaire, InventaireEvent};
use crate::joueur::{Joueur, JoueurEvent};

/// The events that are entries of the ledger.
#[derive(Debug, Clone, EventSet)]
pub enum EvenementDuLivre {
    /// Of a purse.
    #[event(of = Joueur)]
    Bourse(JoueurEvent),
    /// Of a bag.
    #[event(of = Inventaire)]
    Sac(InventaireEvent),
    /// Of a book.
    #[event(of = Economie)]
    Carnet(EconomieEvent),
}

impl Livre {
    /// Folds the log up to a position, or to its end ([`Position::END`]). Costs one pass over the events of purses, bags and books, and keeps a few
    /// sums for each item.
    ///
    /// Within an append something may be on its way: a position in the middle of one does not balance.
    ///
    /// # Errors
    ///
    /// What the store says, and [`Undecodable`](aether_core::Error::Undecodable) events.
    pub async fn du_journal(store: &dyn EventStore, until: Position) -> Result<Self> {
        let mut livre = Self::default();
        let filter = Filter::events::<EvenementDuLivre>();
        let mut read = Read::all().until(until).limit(Read::MAX_LIMIT).filter(filter);
        loop {
            let page = store.read(read.clone()).await?;
            for recorded in &page.events {
                livre.lit(recorded)?;
            }
            if page.caught_up || page.position >= until {
                return Ok(livre);
            }
            read = read.after(page.position);
        }
    }

    /// Enters a stored event; others than those of purses, bags and books are passed over.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](aether_core::Error::Undecodable).
    pub fn lit(&mut self, recorded: &RecordedEvent) -> Result<()> {
        if let Some(recorded) = Recorded::<EvenementDuLivre>::read(recorded.clone())? {
            self.inscrit(&recorded.event);
        }
        Ok(())
    }

    /// Enters an event.
    pub fn inscrit(&mut self, event: &EvenementDuLivre) {
        match event {
            EvenementDuLivre::Bourse(event) => self.bourse(event),
            EvenementDuLivre::Sac(event) => self.sac(event),
            EvenementDuLivre::Carnet(event) => self.carnet(event),
        }
    }
}
