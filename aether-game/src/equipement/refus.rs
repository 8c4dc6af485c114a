//! Why a piece of equipment refuses a command.

use crate::refus::refus;
use crate::values::{ItemId, JoueurId, Or, RaisonItem, Stat};

refus! {
    /// A rule of equipment that a command would break.
    #[non_exhaustive]
    pub enum EquipementRefus of "Equipement" {
        /// It was never worn.
        Inconnu = "EQUIPEMENT_INCONNU",
            "there is no such piece of equipment; wear the item once, or check the id",
            "cette pièce n'existe pas ; portez l'objet une première fois, ou vérifiez l'identifiant";
        /// It was worn before.
        DejaCree = "EQUIPEMENT_DEJA_CREE",
            "the piece exists already; put it on as a known one",
            "cette pièce existe déjà ; portez-la comme une pièce connue";
        /// It is gone.
        Detruit = "EQUIPEMENT_DETRUIT",
            "the piece is gone; use another one",
            "cette pièce n'existe plus ; prenez-en une autre";
        /// It is somebody else's.
        DAutrui { joueur_id: JoueurId } = "EQUIPEMENT_D_AUTRUI",
            "the piece does not belong to {joueur_id}; use one of your own",
            "cette pièce n'appartient pas à {joueur_id} ; prenez-en une à vous";
        /// The item is not worn.
        PasUnePiece { item_id: ItemId } = "EQUIPEMENT_PAS_UNE_PIECE",
            "item {item_id} is no equipment; choose a weapon or armour",
            "l'objet {item_id} n'est pas un équipement ; choisissez une arme ou une armure";
        /// It is worn out.
        Usee = "EQUIPEMENT_USE",
            "the piece is worn out; repair it first",
            "cette pièce est usée ; réparez-la d'abord";
        /// Item, attack or defence are not what the command says.
        EtatDepasse = "EQUIPEMENT_ETAT_DEPASSE",
            "the piece is not as the command says, it has changed meanwhile; look at it again",
            "la pièce n'est pas telle que la commande le dit, elle a changé entre-temps ; regardez-la de nouveau";
        /// The command is wrong about whether the piece is worn out by it.
        UsureMalAnnoncee { reste: u16 } = "EQUIPEMENT_USURE_MAL_ANNONCEE",
            "after this wear {reste} points of durability are left, which the command does not say; look at the piece again",
            "après cette usure il reste {reste} points de durabilité, ce que la commande ne dit pas ; regardez la pièce de nouveau";
        /// More points than are missing.
        ReparationExcessive { points: u16, manque: u16 } = "EQUIPEMENT_REPARATION_EXCESSIVE",
            "{points} points cannot be repaired, only {manque} are missing; repair fewer",
            "on ne peut pas réparer {points} points, il n'en manque que {manque} ; réparez-en moins";
        /// What is paid is not the price.
        CoutInexact { cout: Or, prix: Or } = "EQUIPEMENT_COUT_INEXACT",
            "this costs {prix} gold and the command says {cout}; look at the price again",
            "cela coûte {prix} pièces d'or et la commande dit {cout} ; regardez le prix de nouveau";
        /// No purse holds the price.
        HorsDePrix = "EQUIPEMENT_HORS_DE_PRIX",
            "this costs more than a purse holds; do it in smaller parts",
            "cela coûte plus qu'une bourse ne contient ; procédez par plus petites parties";
        /// It has all levels of improvement.
        NiveauMaximal { maximum: u8 } = "EQUIPEMENT_NIVEAU_MAXIMAL",
            "the piece has the highest level of improvement, {maximum}; improve another one",
            "la pièce a le plus haut niveau d'amélioration, {maximum} ; améliorez-en une autre";
        /// An enchantment of no strength, or too much.
        EnchantementHorsBornes { puissance: Stat, maximum: Stat } = "EQUIPEMENT_ENCHANTEMENT_HORS_BORNES",
            "an enchantment has a strength of 1 to {maximum}, and this one has {puissance}; choose another one",
            "un enchantement a une puissance de 1 à {maximum}, et celui-ci a {puissance} ; choisissez-en un autre";
        /// A stronger enchantment of its kind is there.
        EnchantementPlusFaible { pose: Stat } = "EQUIPEMENT_ENCHANTEMENT_PLUS_FAIBLE",
            "an enchantment of this kind with a strength of {pose} is on the piece; use a stronger one",
            "un enchantement de ce type, de puissance {pose}, est déjà posé ; prenez-en un plus fort";
        /// Given to the one who has it.
        CedeeASoi { joueur_id: JoueurId } = "EQUIPEMENT_CEDE_A_SOI",
            "the piece belongs to {joueur_id} already; name another player",
            "la pièce appartient déjà à {joueur_id} ; nommez un autre joueur";
        /// Not a reason for something to be gone.
        RaisonInterdite { raison: RaisonItem } = "EQUIPEMENT_RAISON_INTERDITE",
            "{raison} is no reason for a piece to be gone; use one by which items leave the game",
            "{raison} n'est pas une raison de faire disparaître une pièce ; prenez-en une par laquelle des objets quittent le jeu";
    }
}
