//! What can be asked of a piece of equipment.

use super::vocabulaire::Enchantement;
use crate::item::FicheItem;
use crate::values::{CombatId, JoueurId, Or, Quantite, RaisonItem, TransactionId};

/// A command to a piece of equipment. Each names the player whose piece it has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum EquipementCommand {
    /// It is worn for the first time, and is a piece of its own from now on.
    Creer {
        /// Whose it is.
        joueur_id: JoueurId,
        /// The sheet of its item.
        fiche: Box<FicheItem>,
    },
    /// It wears. What is more than it has left is not lost.
    Perdre {
        /// Whose it is.
        joueur_id: JoueurId,
        /// How many points of durability.
        points: Quantite,
        /// Whether it is worn out by that: then the same unit takes it off.
        usee: bool,
        /// The combat in which it wears.
        combat_id: Option<CombatId>,
    },
    /// It is repaired.
    Reparer {
        /// Whose it is.
        joueur_id: JoueurId,
        /// How many points of durability.
        points: Quantite,
        /// What the same unit takes for it: [`Equipement::cout_reparation`](super::Equipement::cout_reparation).
        cout: Or,
    },
    /// It is improved by one level. It must not be worn meanwhile.
    Ameliorer {
        /// Whose it is.
        joueur_id: JoueurId,
        /// What the same unit takes for it: [`Equipement::cout_amelioration`](super::Equipement::cout_amelioration).
        cout: Or,
    },
    /// It is enchanted. A stronger enchantment takes the place of a weaker one of its kind. It must not be worn meanwhile.
    Enchanter {
        /// Whose it is.
        joueur_id: JoueurId,
        /// With what.
        enchantement: Enchantement,
    },
    /// It changes hands.
    Ceder {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Whose it is afterwards.
        a: JoueurId,
        /// The exchange.
        transaction_id: TransactionId,
    },
    /// It is gone, together with what lay in the bag.
    Detruire {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Why: one of the reasons by which items leave the game.
        raison: RaisonItem,
    },
}

impl EquipementCommand {
    /// The player whose piece it has to be.
    #[must_use]
    pub const fn joueur_id(&self) -> JoueurId {
        match self {
            Self::Creer { joueur_id, .. }
            | Self::Perdre { joueur_id, .. }
            | Self::Reparer { joueur_id, .. }
            | Self::Ameliorer { joueur_id, .. }
            | Self::Enchanter { joueur_id, .. }
            | Self::Ceder { joueur_id, .. }
            | Self::Detruire { joueur_id, .. } => *joueur_id,
        }
    }
}
