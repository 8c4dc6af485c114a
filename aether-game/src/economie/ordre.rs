//! An order, and where it stands in its book.

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::TypeOrdre;
use super::registre::Inscrit;
use crate::values::{CarnetId, ColisId, ItemId, JoueurId, Or, OrdreId, Prix, Quantite};

/// An open order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Ordre {
    /// Its id.
    pub ordre_id: OrdreId,
    /// Its side.
    pub type_ordre: TypeOrdre,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// The name that is shown with it.
    pub pseudo: String,
    /// The least that a seller takes, or the most that a buyer pays, for a piece.
    pub prix: Prix,
    /// How many pieces it was for.
    pub quantite: Quantite,
    /// How many of them are not traded yet.
    pub reste: Quantite,
    /// Its number among all orders of the book: a lower one is older.
    pub rang: u64,
    /// From when on it is not traded any more.
    pub expire_a: DateTime<Utc>,
}

impl Ordre {
    /// Whether it meets an order of the other side at this price.
    #[must_use]
    pub fn croise(&self, prix: Prix) -> bool {
        match self.type_ordre {
            TypeOrdre::Vente => self.prix <= prix,
            TypeOrdre::Achat => self.prix >= prix,
        }
    }

    /// The parcel in which its rest waits, if it is closed and does not fit.
    #[must_use]
    pub fn colis_de_restitution(&self, item_id: ItemId) -> ColisId {
        let nom = [&b"restitution"[..], &self.rang.to_be_bytes()].concat();
        ColisId::v5(CarnetId::de_l_item(item_id), nom)
    }

    /// The gold that is set aside for what is not traded yet: none for a seller.
    #[must_use]
    pub fn or_reserve(&self) -> Or {
        match self.type_ordre {
            TypeOrdre::Vente => Or::ZERO,
            // the whole order was a sum that a purse can hold when it was placed
            TypeOrdre::Achat => self.prix.fois(self.reste).unwrap_or(Or::MAX),
        }
    }

    /// The pieces that are set aside for what is not traded yet: none for a buyer.
    #[must_use]
    pub fn items_reserves(&self) -> u16 {
        match self.type_ordre {
            TypeOrdre::Vente => self.reste.get(),
            TypeOrdre::Achat => 0,
        }
    }
}

/// The best price first, then the oldest: sellers in order of price, buyers against it.
impl Inscrit for Ordre {
    type Cle = (TypeOrdre, i64, u64);

    fn cle(&self) -> Self::Cle {
        let prix = i64::from(self.prix.get());
        let signe = match self.type_ordre {
            TypeOrdre::Vente => prix,
            TypeOrdre::Achat => -prix,
        };
        (self.type_ordre, signe, self.rang)
    }
}
