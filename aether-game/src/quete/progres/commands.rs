//! What can be asked of a player's progress in a quest.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::quete::fiche::FicheQuete;
use crate::quete::ids::{CibleId, FaitId};
use crate::quete::mots::{RaisonEchec, TypeObjectif};
use crate::quete::refus::QueteRefus;
use crate::quete::state::Quete;
use crate::values::{ItemId, JoueurId, Niveau, ObjectifId, Quantite, QueteId, TransactionId};

/// A command to a player's progress in a quest.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgresCommand {
    /// Accept the quest.
    Accepter(Box<Accepter>),
    /// Count something that happened. It does nothing when it serves no open objective, or was counted before: so it may
    /// come late or twice.
    Progresser {
        /// The attempt.
        tentative: u32,
        /// What happened.
        fait: Fait,
    },
    /// Hand items in. It counts whole or is refused, so that the bag in the same append never loses items for nothing.
    Livrer(Livraison),
    /// Finish it, when every objective is complete. It may come after the time for it, in which they were completed.
    Terminer {
        /// The attempt.
        tentative: u32,
    },
    /// Pay what is due. It is refused when nothing is.
    Recompenser {
        /// The attempt.
        tentative: u32,
        /// What names the payment in purse and bag as well.
        transaction: TransactionId,
    },
    /// Note that its time is over: what a timer sends. It does nothing once the attempt has ended, or is complete. What was done in
    /// time may still count after that, until [`Echouer`](Self::Echouer).
    Expirer {
        /// The attempt.
        tentative: u32,
    },
    /// Let it fail. For [`RaisonEchec::Expiration`] its end must have been [noted](Self::Expirer); what is complete by then does not fail.
    Echouer {
        /// The attempt.
        tentative: u32,
        /// Why.
        raison: RaisonEchec,
    },
    /// Give it up.
    Abandonner {
        /// The attempt.
        tentative: u32,
    },
    /// Show it among the quests that the player follows, or no longer.
    Suivre {
        /// Whether.
        suivie: bool,
    },
}

/// What a quest is accepted with.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepter {
    /// Who accepts.
    pub joueur_id: JoueurId,
    /// The level of the player.
    pub niveau: Niveau,
    /// Quests that the player has finished. Finished is finished: they can be read before.
    pub quetes_terminees: BTreeSet<QueteId>,
    /// What already was so and counts, at most [`ACQUIS_MAX`](Self::ACQUIS_MAX) facts.
    pub acquis: Vec<Fait>,
    pub(super) fiche: Arc<FicheQuete>,
}

impl Accepter {
    /// Most facts that count on acceptance.
    pub const ACQUIS_MAX: usize = 100;

    /// A player of this level accepts a quest.
    ///
    /// # Errors
    ///
    /// [`QueteRefus::Inconnue`]: the quest does not exist.
    pub fn new(quete: &Quete, joueur_id: JoueurId, niveau: Niveau) -> Result<Self, QueteRefus> {
        let fiche = quete.fiche().ok_or(QueteRefus::Inconnue)?.clone();
        let quetes_terminees = BTreeSet::new();
        Ok(Self { joueur_id, niveau, quetes_terminees, acquis: Vec::new(), fiche })
    }

    /// The quest.
    #[must_use]
    pub fn fiche(&self) -> &FicheQuete {
        &self.fiche
    }
}

/// Items that are handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Livraison {
    /// The attempt.
    pub tentative: u32,
    /// The objective.
    pub objectif_id: ObjectifId,
    /// The item that leaves the bag.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
    /// The delivery: one delivery counts for one quest.
    pub transaction: TransactionId,
}

/// Something that happened and may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fait {
    /// Its id, the same however often it is reported: that of the event, for instance.
    pub fait_id: FaitId,
    /// What was done.
    pub type_objectif: TypeObjectif,
    /// To what or whom.
    pub cible: CibleId,
    /// How often.
    pub quantite: Quantite,
    /// When: it counts if that was before the time of the quest was over, however late it is reported.
    pub survenu_a: DateTime<Utc>,
}
