//! The words of the world.

use crate::values::mots;

mots! {
    /// A season.
    Saison {
        /// Spring.
        Printemps = "PRINTEMPS",
        /// Summer.
        Ete = "ETE",
        /// Autumn.
        Automne = "AUTOMNE",
        /// Winter.
        Hiver = "HIVER",
    }

    /// The kind of a world event.
    TypeEvenement {
        /// Monsters to be beaten.
        Invasion = "INVASION",
        /// A boss to be beaten together.
        Chasse = "CHASSE",
        /// Items to be brought.
        Collecte = "COLLECTE",
        /// A feast.
        Festival = "FESTIVAL",
    }

    /// How a world event ended.
    ResultatEvenement {
        /// Everything that was required is done.
        Reussi = "REUSSI",
        /// Its time was over first.
        TempsEcoule = "TEMPS_ECOULE",
        /// An operator ended it.
        Annule = "ANNULE",
    }

    /// What an operator can make dearer, cheaper, rarer or more frequent.
    Facteur {
        /// What characters ask for their goods.
        PrixAchatPnj = "PRIX_ACHAT_PNJ",
        /// What characters pay for goods.
        PrixVentePnj = "PRIX_VENTE_PNJ",
        /// The gold that combats and quests grant.
        Recompenses = "RECOMPENSES",
        /// What a repair costs.
        Reparations = "REPARATIONS",
    }

    /// A ranking that the world shows.
    TypeClassement {
        /// Players by level.
        Niveau = "NIVEAU",
        /// Players by their matches.
        Arene = "ARENE",
        /// Guilds.
        Guilde = "GUILDE",
    }
}
