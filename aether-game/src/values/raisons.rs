//! Why gold and items come and go: closed lists, so that a ledger can be folded from events alone.

use super::mots::mots;

/// What a reason does to the sum of everything in the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flux {
    /// It was created.
    Source,
    /// It was destroyed.
    Puits,
    /// It is elsewhere now: in another bag, an order, a parcel, worn.
    Mouvement,
}

mots! {
    /// Why gold comes or goes.
    RaisonOr {
        /// What a new player starts with.
        Creation = "CREATION",
        /// Won in a combat.
        RecompenseCombat = "RECOMPENSE_COMBAT",
        /// Granted by a quest.
        RecompenseQuete = "RECOMPENSE_QUETE",
        /// Granted by an event of the world.
        RecompenseEvenement = "RECOMPENSE_EVENEMENT",
        /// Paid by a character for goods.
        VentePnj = "VENTE_PNJ",
        /// Given by an operator.
        OperateurCredit = "OPERATEUR_CREDIT",
        /// Paid to a character for goods.
        AchatPnj = "ACHAT_PNJ",
        /// Paid for a repair.
        Reparation = "REPARATION",
        /// Paid for an improvement of equipment.
        Amelioration = "AMELIORATION",
        /// Paid for an enchantment.
        Enchantement = "ENCHANTEMENT",
        /// Paid for a larger bag.
        ExtensionInventaire = "EXTENSION_INVENTAIRE",
        /// Paid to learn or improve a skill.
        Apprentissage = "APPRENTISSAGE",
        /// Paid to change the class.
        ChangementClasse = "CHANGEMENT_CLASSE",
        /// The market's share of a sale.
        TaxeMarche = "TAXE_MARCHE",
        /// Taken by an operator.
        OperateurDebit = "OPERATEUR_DEBIT",
        /// Set aside for an order to buy.
        OrdreAchat = "ORDRE_ACHAT",
        /// Given back from an order to buy.
        RestitutionOrdre = "RESTITUTION_ORDRE",
        /// A seller's proceeds.
        VenteMarche = "VENTE_MARCHE",
        /// Collected from a parcel.
        Colis = "COLIS",
        /// Given or received in a direct exchange.
        Echange = "ECHANGE",
    }

    /// Why an item comes or goes.
    RaisonItem {
        /// What a new player starts with.
        Dotation = "DOTATION",
        /// Won in a combat.
        ButinCombat = "BUTIN_COMBAT",
        /// Granted by a quest.
        RecompenseQuete = "RECOMPENSE_QUETE",
        /// Granted by an event of the world.
        RecompenseEvenement = "RECOMPENSE_EVENEMENT",
        /// Bought from a character.
        AchatPnj = "ACHAT_PNJ",
        /// Gathered in a zone.
        Recolte = "RECOLTE",
        /// Made of other items.
        Fabrication = "FABRICATION",
        /// Given by an operator.
        OperateurAjout = "OPERATEUR_AJOUT",
        /// Used up.
        Consommation = "CONSOMMATION",
        /// Used up in a combat.
        ConsommationCombat = "CONSOMMATION_COMBAT",
        /// Sold to a character.
        VentePnj = "VENTE_PNJ",
        /// Thrown away.
        Destruction = "DESTRUCTION",
        /// Used up to make something else.
        Ingredient = "INGREDIENT",
        /// Handed in for a quest.
        RemiseQuete = "REMISE_QUETE",
        /// Taken by an operator.
        OperateurRetrait = "OPERATEUR_RETRAIT",
        /// Set aside for an order to sell.
        OrdreVente = "ORDRE_VENTE",
        /// Given back from an order to sell.
        RestitutionOrdre = "RESTITUTION_ORDRE",
        /// Bought on the market.
        AchatMarche = "ACHAT_MARCHE",
        /// Collected from a parcel.
        Colis = "COLIS",
        /// Given or received in a direct exchange.
        Echange = "ECHANGE",
        /// Set aside for a combat.
        MiseDeCoteCombat = "MISE_DE_COTE_COMBAT",
        /// Given back after a combat.
        RetourCombat = "RETOUR_COMBAT",
        /// Put on.
        Equipe = "EQUIPE",
        /// Taken off.
        Desequipe = "DESEQUIPE",
    }
}

impl RaisonOr {
    /// What it does to the gold of the game.
    #[must_use]
    pub const fn flux(self) -> Flux {
        match self {
            Self::Creation
            | Self::RecompenseCombat
            | Self::RecompenseQuete
            | Self::RecompenseEvenement
            | Self::VentePnj
            | Self::OperateurCredit => Flux::Source,
            Self::AchatPnj
            | Self::Reparation
            | Self::Amelioration
            | Self::Enchantement
            | Self::ExtensionInventaire
            | Self::Apprentissage
            | Self::ChangementClasse
            | Self::TaxeMarche
            | Self::OperateurDebit => Flux::Puits,
            Self::OrdreAchat
            | Self::RestitutionOrdre
            | Self::VenteMarche
            | Self::Colis
            | Self::Echange => Flux::Mouvement,
        }
    }
}

impl RaisonItem {
    /// What it does to the number of this item in the game.
    #[must_use]
    pub const fn flux(self) -> Flux {
        match self {
            Self::Dotation
            | Self::ButinCombat
            | Self::RecompenseQuete
            | Self::RecompenseEvenement
            | Self::AchatPnj
            | Self::Recolte
            | Self::Fabrication
            | Self::OperateurAjout => Flux::Source,
            Self::Consommation
            | Self::ConsommationCombat
            | Self::VentePnj
            | Self::Destruction
            | Self::Ingredient
            | Self::RemiseQuete
            | Self::OperateurRetrait => Flux::Puits,
            Self::OrdreVente
            | Self::RestitutionOrdre
            | Self::AchatMarche
            | Self::Colis
            | Self::Echange
            | Self::MiseDeCoteCombat
            | Self::RetourCombat
            | Self::Equipe
            | Self::Desequipe => Flux::Mouvement,
        }
    }
}
