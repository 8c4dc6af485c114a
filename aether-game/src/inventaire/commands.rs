//! What can be asked of a bag.

use super::offre::{Offre, Termes};
use super::parties::{LigneObjet, PieceAPorter, Prelevement, Provenance, Reste};
use super::vocabulaire::{RaisonCapacite, Reference};
use crate::item::{Emplacement, FicheItem};
use crate::values::{
    ColisId, CombatId, EquipementId, Intervention, ItemId, JoueurId, Niveau, Nom, OffreId, OrdreId,
    Poids, Prix, Quantite, RaisonItem, SlotId, TransactionId,
};

/// A command to a bag. Each names the player whose bag it has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum InventaireCommand {
    /// Items come into the game, and into the bag. The same unit [checks the sheet](crate::item::Item::verifie).
    Ajouter {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The sheet of the item.
        fiche: Box<FicheItem>,
        /// How many.
        quantite: Quantite,
        /// One of the reasons by which items come into the game.
        source: RaisonItem,
        /// What they belong to: for what an operator gives, his act.
        reference: Option<Reference>,
    },
    /// Items come from elsewhere in the game: bought on the market, or collected from a parcel.
    Recevoir {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The sheet of the item.
        fiche: Box<FicheItem>,
        /// How many.
        quantite: Quantite,
        /// Where they come from.
        provenance: Provenance,
    },
    /// Items leave the game. The unit that takes a piece destroys it as well.
    Retirer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// From where.
        prelevement: Prelevement,
        /// How many.
        quantite: Quantite,
        /// One of the reasons by which items leave the game, but for use.
        raison: RaisonItem,
        /// What they belong to: for what an operator takes, his act.
        reference: Option<Reference>,
    },
    /// Uses items up, outside of a combat.
    Utiliser {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// From which slot.
        slot_id: SlotId,
        /// How many.
        quantite: Quantite,
        /// The player's level.
        niveau: Niveau,
    },
    /// Moves a slot; one that is there changes places with it.
    Deplacer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// Which slot.
        slot_id: SlotId,
        /// Where to.
        position: u16,
    },
    /// Makes two stacks of one.
    Diviser {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// Which stack.
        slot_id: SlotId,
        /// How many go into the new one.
        quantite: Quantite,
        /// Where the new one lies.
        position: u16,
    },
    /// Moves items from one stack onto another of the same item.
    Fusionner {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// From which stack.
        de: SlotId,
        /// Onto which.
        vers: SlotId,
        /// How many; none for as many as fit.
        quantite: Option<Quantite>,
    },
    /// Puts a piece on; what is worn there is taken off. [`equipement::unites::equiper`](crate::equipement::unites::equiper) makes the unit.
    Equiper {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The slot in which it lies.
        slot_id: SlotId,
        /// Where it is worn.
        emplacement: Emplacement,
        /// The player's level.
        niveau: Niveau,
        /// The piece, as the same unit checks it.
        piece: Box<PieceAPorter>,
    },
    /// Takes a piece off.
    Desequiper {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// From where.
        emplacement: Emplacement,
    },
    /// A worn piece wears; one that is worn out is taken off. [`equipement::unites::user`](crate::equipement::unites::user) makes the unit.
    ConstaterUsure {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The piece.
        equipement_id: EquipementId,
        /// Whether it is worn out.
        usee: bool,
    },
    /// Items leave the bag for an order to sell: the leg of an escrow.
    Sequestrer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The order.
        ordre_id: OrdreId,
        /// The item.
        item_id: ItemId,
        /// How many.
        quantite: Quantite,
    },
    /// What is set aside for an order comes back.
    Liberer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The order.
        ordre_id: OrdreId,
        /// How many.
        quantite: Quantite,
    },
    /// What is set aside for an order goes to its buyer: the seller's leg of a settlement.
    Livrer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The order.
        ordre_id: OrdreId,
        /// How many.
        quantite: Quantite,
        /// The buyer.
        acheteur: JoueurId,
        /// The price of one.
        prix: Prix,
        /// The trade.
        transaction_id: TransactionId,
    },
    /// What is set aside for an order, and does not fit into the bag any more, goes into a parcel.
    Consigner {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The order.
        ordre_id: OrdreId,
        /// How many.
        quantite: Quantite,
        /// The parcel.
        colis_id: ColisId,
    },
    /// Sets items aside for a combat: they keep their slot, and nothing else can be done with them.
    MettreDeCote {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The combat.
        combat_id: CombatId,
        /// The player's level.
        niveau: Niveau,
        /// What for it, up to [`Inventaire::LIGNES_MAX`](super::Inventaire::LIGNES_MAX) items.
        lignes: Vec<LigneObjet>,
    },
    /// Settles what was set aside for a combat: what is left can be taken again, the rest was used up.
    SolderCombat {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The combat.
        combat_id: CombatId,
        /// What is left of each item; an item that is not named was used up.
        restes: Vec<Reste>,
    },
    /// The bag holds more or less from now on.
    ModifierCapacite {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// How many slots.
        capacite: u16,
        /// What it can carry.
        poids_max: Poids,
        /// Why.
        raison: RaisonCapacite,
        /// The extension by which.
        extension: Option<Nom>,
        /// Who, if it is an operator.
        intervention: Option<Intervention>,
    },
    /// Makes an offer to another player, or changes one. Nothing is set aside for it.
    Proposer {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// Its id.
        offre_id: OffreId,
        /// What is offered, for what, and to whom.
        termes: Termes,
    },
    /// Takes an offer back.
    RetirerOffre {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// Which.
        offre_id: OffreId,
    },
    /// The leg of an exchange in the bag of the one who offers. [`unites::echanger`](super::unites::echanger) makes the unit.
    ConclureOffre {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The offer as the other player has seen it.
        offre: Box<Offre>,
        /// The exchange.
        transaction_id: TransactionId,
    },
    /// The leg of an exchange in the bag of the one who accepts.
    AccepterOffre {
        /// Whose bag it has to be.
        joueur_id: JoueurId,
        /// The offer as he has seen it.
        offre: Box<Offre>,
        /// The exchange.
        transaction_id: TransactionId,
    },
}
