//! The words of players.

use crate::values::mots;

mots! {
    /// A class.
    Classe {
        /// Strong and tough.
        Guerrier = "GUERRIER",
        /// Lives by mana.
        Mage = "MAGE",
        /// Strikes from afar.
        Archer = "ARCHER",
        /// Quick.
        Voleur = "VOLEUR",
        /// Heals.
        Clerc = "CLERC",
    }

    /// Why experience was gained.
    RaisonExperience {
        /// A combat.
        Combat = "COMBAT",
        /// A quest.
        Quete = "QUETE",
        /// An event of the world.
        Evenement = "EVENEMENT",
        /// A discovery.
        Decouverte = "DECOUVERTE",
    }

    /// Why stats changed.
    RaisonStats {
        /// Another class.
        Classe = "CLASSE",
        /// Something was put on, taken off, improved or worn out.
        Equipement = "EQUIPEMENT",
        /// An operator.
        Operateur = "OPERATEUR",
    }

    /// How a combat ended for a player.
    IssueCombat {
        /// His side won.
        Victoire = "VICTOIRE",
        /// His side lost.
        Defaite = "DEFAITE",
        /// He fled.
        Fuite = "FUITE",
        /// Nobody won.
        SansVainqueur = "SANS_VAINQUEUR",
    }
}
