//! What can be asked of a player.

use super::mots::{Classe, IssueCombat, RaisonExperience};
use super::stats::Stats;
use crate::values::{
    CombatId, CompetenceId, Experience, Intervention, Montant, NomUtilisateur, OrdreId, Pseudo,
    RaisonOr, TransactionId,
};

/// A command to a player.
#[derive(Debug, Clone, PartialEq)]
pub enum JoueurCommand {
    /// Begin. Only in one unit with the reservation of the name, see [`creer`](super::creer).
    Creer(Box<NouveauJoueur>),
    /// Note that the player signed in.
    Connecter,
    /// Gain experience, and the levels that it brings.
    GagnerExperience {
        /// How much; nothing happens for 0.
        montant: Experience,
        /// Why.
        raison: RaisonExperience,
    },
    /// Change the class, for [`Joueur::prix_changement_classe`](super::Joueur::prix_changement_classe).
    ChangerClasse {
        /// Into which.
        classe: Classe,
        /// The payment's id.
        transaction: TransactionId,
    },
    /// Spend skill points: the leg of learning or improving a skill.
    DepenserPoints {
        /// How many, from 1.
        nombre: u32,
        /// On which skill.
        competence: CompetenceId,
    },
    /// Replace what equipment adds: the leg of putting on, taking off, improving or wearing out.
    AppliquerEquipement {
        /// What all worn pieces add together.
        bonus: Stats,
    },
    /// Take gold out of the purse: the leg of a payment.
    Debiter {
        /// How much.
        montant: Montant,
        /// Why: a sink, or an exchange.
        raison: RaisonOr,
        /// What it is a part of.
        transaction: TransactionId,
    },
    /// Put gold into the purse: the leg of a reward or of proceeds.
    Crediter {
        /// How much.
        montant: Montant,
        /// Why: a source, a sale, a parcel, or an exchange.
        raison: RaisonOr,
        /// What it is a part of.
        transaction: TransactionId,
    },
    /// Set gold aside for an order to buy, and count the order: the leg of placing it.
    ReserverOr {
        /// The order.
        ordre: OrdreId,
        /// How much.
        montant: Montant,
    },
    /// Give gold back from an open order to buy.
    RendreOr {
        /// The order.
        ordre: OrdreId,
        /// How much; no more than is left of what was set aside.
        montant: Montant,
    },
    /// Count an order to sell: the leg of placing it.
    CompterVente {
        /// The order.
        ordre: OrdreId,
    },
    /// Count an order no longer: the leg of cancelling, ending or settling it. Gold is given back before.
    FermerOrdre {
        /// The order.
        ordre: OrdreId,
    },
    /// Be in a combat: a leg of its start, see [`combat::commencer`](crate::combat::commencer).
    RejoindreCombat {
        /// Which.
        combat: CombatId,
    },
    /// Be out of the combat: a step of its end.
    QuitterCombat {
        /// Which.
        combat: CombatId,
        /// How it ended for the player.
        issue: IssueCombat,
        /// Whether the player died in it.
        mort: bool,
    },
    /// Change something from outside of the rules.
    Intervenir {
        /// What.
        acte: Acte,
        /// Who and why.
        intervention: Intervention,
        /// The id of the act.
        transaction: TransactionId,
    },
}

/// A new player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NouveauJoueur {
    /// The name for signing in: unique.
    pub username: NomUtilisateur,
    /// The name that others see.
    pub pseudo: Pseudo,
    /// The class.
    pub classe: Classe,
}

/// What an operator can do to a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acte {
    /// Give gold.
    CrediterOr(Montant),
    /// Take gold.
    DebiterOr(Montant),
    /// Set what the player is made of.
    FixerStats(Stats),
}
