//! The words of the market.

use crate::values::mots;

mots! {
    /// Which side of a book an order is on.
    TypeOrdre {
        /// Goods for gold.
        Vente = "VENTE",
        /// Gold for goods.
        Achat = "ACHAT",
    }

    /// Why an order was closed before all of it was traded.
    RaisonAnnulation {
        /// Its player withdrew it.
        Joueur = "JOUEUR",
        /// Its time was over.
        Expiration = "EXPIRATION",
        /// An operator withdrew it.
        Operateur = "OPERATEUR",
    }

    /// How an order stands, as tables show it.
    StatutOrdre {
        /// Open, and nothing of it was traded.
        Actif = "ACTIF",
        /// Open, and a part of it was traded.
        PartiellementExecute = "PARTIELLEMENT_EXECUTE",
        /// All of it was traded.
        Complete = "COMPLETE",
        /// Withdrawn.
        Annule = "ANNULE",
        /// Its time was over.
        Expire = "EXPIRE",
    }

    /// What a parcel holds.
    TypeContenu {
        /// Gold.
        Or = "OR",
        /// Pieces of the item that the book trades.
        Item = "ITEM",
    }

    /// What a parcel comes from.
    RaisonColis {
        /// A seller's proceeds.
        Produit = "PRODUIT",
        /// What a buyer paid less than he had offered.
        Difference = "DIFFERENCE",
        /// What a buyer bought.
        Achat = "ACHAT",
        /// The rest of an order that was closed.
        Restitution = "RESTITUTION",
    }
}

impl TypeOrdre {
    /// The side that an order trades with.
    #[must_use]
    pub const fn autre(self) -> Self {
        match self {
            Self::Vente => Self::Achat,
            Self::Achat => Self::Vente,
        }
    }
}
