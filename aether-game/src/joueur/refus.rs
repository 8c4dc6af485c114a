//! Why a player's command is refused.

use crate::refus::refus;
use crate::values::{CombatId, Experience, Montant, Or, OrdreId, RaisonOr};

refus! {
    /// Why a player's command is refused.
    pub enum JoueurRefus of "Joueur" {
        /// There is no such player.
        JoueurInconnu = "JOUEUR_INCONNU",
            "there is no such player; create the player first",
            "ce joueur n'existe pas ; créez-le d'abord";
        /// The player exists.
        JoueurDejaCree = "JOUEUR_DEJA_CREE",
            "the player exists already; use another id",
            "le joueur existe déjà ; prenez un autre identifiant";
        /// The purse holds less than is needed.
        OrInsuffisant { demande: Montant, disponible: Or } = "OR_INSUFFISANT",
            "{demande} gold are needed and the purse holds {disponible}; spend less, or earn more first",
            "il faut {demande} pièces d'or et la bourse en contient {disponible} ; dépensez moins, ou gagnez-en d'abord";
        /// The purse cannot hold that much more.
        BoursePleine { montant: Montant, disponible: Or } = "BOURSE_PLEINE",
            "the purse holds {disponible} gold and cannot take {montant} more; spend some first",
            "la bourse contient {disponible} pièces d'or et ne peut en recevoir {montant} de plus ; dépensez-en d'abord";
        /// Gold does not come or go this way for this reason.
        RaisonInadmissible { raison: RaisonOr } = "RAISON_INADMISSIBLE",
            "gold does not move this way for the reason {raison}; name another reason, or use the command that belongs to it",
            "l'or ne circule pas ainsi pour la raison {raison} ; donnez une autre raison, ou la commande qui lui revient";
        /// No more experience can be counted.
        ExperiencePleine { montant: Experience, totale: Experience } = "EXPERIENCE_PLEINE",
            "the player has {totale} experience and cannot gain {montant} more; gain less",
            "le joueur a {totale} points d'expérience et ne peut en gagner {montant} de plus ; gagnez-en moins";
        /// The player has fewer skill points than are needed.
        PointsInsuffisants { demande: u32, disponible: u32 } = "POINTS_INSUFFISANTS",
            "{demande} skill points are needed, at least 1, and the player has {disponible}; reach a level first",
            "il faut {demande} points de compétence, au moins 1, et le joueur en a {disponible} ; gagnez d'abord un niveau";
        /// The player has that class.
        ClasseIdentique = "CLASSE_IDENTIQUE",
            "the player has that class already; choose another",
            "le joueur a déjà cette classe ; choisissez-en une autre";
        /// The player is in a combat.
        DejaEnCombat { combat: CombatId } = "DEJA_EN_COMBAT",
            "the player is in combat {combat}; end it first",
            "le joueur est dans le combat {combat} ; terminez-le d'abord";
        /// The player is not in that combat.
        PasDansCeCombat { combat: CombatId } = "PAS_DANS_CE_COMBAT",
            "the player is not in combat {combat}; name the combat that the player is in",
            "le joueur n'est pas dans le combat {combat} ; nommez celui où il est";
        /// The player has as many open orders as there may be.
        TropDOrdres { maximum: usize } = "TROP_D_ORDRES",
            "the player has {maximum} open orders, the most there may be; cancel one first",
            "le joueur a {maximum} ordres ouverts, le maximum ; annulez-en un d'abord";
        /// The order is counted already.
        OrdreDejaCompte { ordre: OrdreId } = "ORDRE_DEJA_COMPTE",
            "order {ordre} is open already; use another id",
            "l'ordre {ordre} est déjà ouvert ; prenez un autre identifiant";
        /// The player has no such open order.
        OrdreNonCompte { ordre: OrdreId } = "ORDRE_NON_COMPTE",
            "the player has no open order {ordre}; name one that is open",
            "le joueur n'a pas d'ordre ouvert {ordre} ; nommez-en un qui l'est";
        /// More gold would be given back than is left of what was set aside.
        RestitutionExcessive { montant: Montant, reserve: Or } = "RESTITUTION_EXCESSIVE",
            "{montant} gold cannot be given back from an order with {reserve} set aside; give back less",
            "{montant} pièces d'or ne peuvent être rendues d'un ordre qui en réserve {reserve} ; rendez-en moins";
    }
}
