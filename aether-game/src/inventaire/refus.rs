//! Why a bag refuses a command.

use super::vocabulaire::RaisonCapacite;
use crate::item::{Emplacement, Famille};
use crate::refus::refus;
use crate::values::{
    CombatId, EquipementId, ItemId, JoueurId, Niveau, OffreId, OrdreId, Poids, RaisonItem, SlotId,
};

refus! {
    /// A rule of the bag that a command would break.
    #[non_exhaustive]
    pub enum InventaireRefus of "Inventaire" {
        /// It is somebody else's.
        DAutrui { joueur_id: JoueurId } = "INVENTAIRE_D_AUTRUI",
            "the bag does not belong to {joueur_id}; use your own",
            "cet inventaire n'appartient pas à {joueur_id} ; prenez le vôtre";
        /// No slot is free.
        Plein { capacite: u16 } = "INVENTAIRE_PLEIN",
            "the bag has {capacite} slots and what comes does not fit into the free ones; make room, or have it sent as a parcel",
            "le sac a {capacite} emplacements et l'arrivage ne tient pas dans ceux qui sont libres ; faites de la place, ou faites-en un colis";
        /// It would be too heavy.
        PoidsDepasse { poids: Poids, poids_max: Poids } = "INVENTAIRE_POIDS_DEPASSE",
            "the bag weighs {poids} and carries up to {poids_max}, so what comes is too heavy; make it lighter, or have it sent as a parcel",
            "le sac pèse {poids} et porte jusqu'à {poids_max}, l'arrivage est donc trop lourd ; allégez-le, ou faites-en un colis";
        /// No such slot.
        SlotInconnu { slot_id: SlotId } = "SLOT_INCONNU",
            "slot {slot_id} is not in the bag; look at the bag again",
            "l'emplacement {slot_id} n'est pas dans le sac ; regardez le sac de nouveau";
        /// A position that the bag does not have.
        PositionHorsDuSac { position: u16, capacite: u16 } = "SLOT_HORS_DU_SAC",
            "position {position} is outside of the bag, which has {capacite}; choose one from 0 on",
            "la position {position} est hors du sac, qui en a {capacite} ; choisissez-en une à partir de 0";
        /// Something lies there.
        PositionOccupee { position: u16 } = "SLOT_OCCUPE",
            "something lies at position {position}; choose a free one",
            "la position {position} est occupée ; choisissez-en une libre";
        /// There are not so many.
        ItemAbsent { item_id: ItemId, demande: u16, disponible: u16 } = "ITEM_ABSENT",
            "{demande} of item {item_id} are needed and {disponible} can be taken; take fewer, or get more first",
            "il faut {demande} fois l'objet {item_id} et {disponible} sont disponibles ; prenez-en moins, ou procurez-vous-en d'abord";
        /// The whole stack would go.
        PileEntiere { slot_id: SlotId } = "PILE_ENTIERE",
            "that is all of stack {slot_id}; leave some of it, or move the stack",
            "c'est toute la pile {slot_id} ; laissez-en une partie, ou déplacez la pile";
        /// Two stacks that do not belong together.
        PilesIncompatibles { de: SlotId, vers: SlotId } = "PILES_INCOMPATIBLES",
            "{de} and {vers} are not two stacks of the same item; choose others",
            "{de} et {vers} ne sont pas deux piles du même objet ; choisissez-en d'autres";
        /// The stack has no room for so many.
        PilePleine { slot_id: SlotId, place: u16 } = "PILE_PLEINE",
            "stack {slot_id} has room for {place}; move fewer, or choose another stack",
            "la pile {slot_id} a de la place pour {place} ; déplacez-en moins, ou choisissez une autre pile";
        /// Not a reason for this.
        RaisonInterdite { raison: RaisonItem } = "INVENTAIRE_RAISON_INTERDITE",
            "{raison} is no reason for this command; use one that is",
            "{raison} n'est pas une raison pour cette commande ; prenez-en une qui convient";
        /// An operator's reason without his act, or the act with another reason.
        InterventionIncoherente { raison: RaisonItem } = "INVENTAIRE_INTERVENTION_INCOHERENTE",
            "the act of an operator goes with the reasons of operators and no other, and here the reason is {raison}; give both or none",
            "l'acte d'un opérateur va avec les raisons des opérateurs et aucune autre, et ici la raison est {raison} ; donnez les deux ou aucun";
        /// It stays with its owner.
        NonEchangeable { item_id: ItemId } = "ITEM_NON_ECHANGEABLE",
            "item {item_id} can be neither sold nor exchanged; choose another one",
            "l'objet {item_id} ne se vend ni ne s'échange ; choisissez-en un autre";
        /// It is not thrown away.
        NonDestructible { item_id: ItemId } = "ITEM_NON_DESTRUCTIBLE",
            "item {item_id} cannot be destroyed; choose another one",
            "l'objet {item_id} ne se détruit pas ; choisissez-en un autre";
        /// It is not used up.
        NonConsommable { item_id: ItemId } = "ITEM_NON_CONSOMMABLE",
            "item {item_id} is no consumable; choose one",
            "l'objet {item_id} n'est pas un consommable ; choisissez-en un";
        /// It is not worn.
        NonEquipable { item_id: ItemId } = "ITEM_NON_EQUIPABLE",
            "item {item_id} cannot be worn; choose a weapon or armour",
            "l'objet {item_id} ne se porte pas ; choisissez une arme ou une armure";
        /// It is worn elsewhere on the body.
        EmplacementInadapte { famille: Famille, emplacement: Emplacement } = "EMPLACEMENT_INADAPTE",
            "what belongs to {famille} cannot be worn at {emplacement}; choose another place",
            "ce qui va en {famille} ne se porte pas en {emplacement} ; choisissez un autre emplacement";
        /// The player's level is too low.
        NiveauRequis { item_id: ItemId, requis: Niveau, niveau: Niveau } = "ITEM_NIVEAU_REQUIS",
            "item {item_id} needs level {requis} and the player has {niveau}; gain levels first",
            "l'objet {item_id} demande le niveau {requis} et le joueur a le niveau {niveau} ; montez d'abord de niveau";
        /// It is worn, and cannot be moved out of the bag or put on.
        PiecePortee { slot_id: SlotId } = "PIECE_PORTEE",
            "what lies in {slot_id} is worn; take it off first",
            "le contenu de {slot_id} est porté ; retirez-le d'abord";
        /// The command speaks of another piece.
        PieceDifferente { slot_id: SlotId } = "PIECE_DIFFERENTE",
            "the piece in {slot_id} is not the one that the command describes; look at it again",
            "la pièce de {slot_id} n'est pas celle que décrit la commande ; regardez-la de nouveau";
        /// Nothing is worn there.
        EmplacementVide { emplacement: Emplacement } = "EMPLACEMENT_VIDE",
            "nothing is worn at {emplacement}; choose another place",
            "rien n'est porté en {emplacement} ; choisissez un autre emplacement";
        /// The piece is not in the bag.
        PieceAbsente { equipement_id: EquipementId } = "PIECE_ABSENTE",
            "piece {equipement_id} is not in the bag; choose one that is",
            "la pièce {equipement_id} n'est pas dans le sac ; choisissez-en une qui y est";
        /// The piece is not worn.
        NonPortee { equipement_id: EquipementId } = "PIECE_NON_PORTEE",
            "piece {equipement_id} is not worn, and only what is worn wears out; put it on first",
            "la pièce {equipement_id} n'est pas portée, et seul ce qui est porté s'use ; portez-la d'abord";
        /// What is worn is not what the unit tells the player.
        TenueDepassee = "TENUE_DEPASSEE",
            "what is worn adds something else than the command says, it has changed meanwhile; look at the bag again",
            "ce qui est porté n'apporte pas ce que dit la commande, la tenue a changé entre-temps ; regardez le sac de nouveau";
        /// Something is set aside for the order already.
        DejaSequestre { ordre_id: OrdreId } = "ORDRE_DEJA_SEQUESTRE",
            "goods are set aside for order {ordre_id} already; place another order under a new id",
            "des biens sont déjà séquestrés pour l'ordre {ordre_id} ; passez un autre ordre sous un nouvel identifiant";
        /// Not so many are set aside for the order.
        SequestreInsuffisant { ordre_id: OrdreId, demande: u16, sequestre: u16 } = "SEQUESTRE_INSUFFISANT",
            "{demande} are asked for and {sequestre} are set aside for order {ordre_id}; ask for fewer",
            "{demande} sont demandés et {sequestre} sont séquestrés pour l'ordre {ordre_id} ; demandez-en moins";
        /// Items are set aside for the combat already.
        CombatDejaPourvu { combat_id: CombatId } = "COMBAT_DEJA_POURVU",
            "items are set aside for combat {combat_id} already; settle it first",
            "des objets sont déjà mis de côté pour le combat {combat_id} ; soldez-le d'abord";
        /// Nothing is set aside for the combat.
        CombatSansReserve { combat_id: CombatId } = "COMBAT_SANS_RESERVE",
            "nothing is set aside for combat {combat_id}, or it is settled; there is nothing left to do",
            "rien n'est mis de côté pour le combat {combat_id}, ou il est soldé ; il ne reste rien à faire";
        /// More would be left than was set aside.
        ResteExcessif { item_id: ItemId, reste: u16, de_cote: u16 } = "COMBAT_RESTE_EXCESSIF",
            "{reste} of item {item_id} cannot be left of {de_cote} that were set aside; correct the number",
            "il ne peut rester {reste} fois l'objet {item_id} sur {de_cote} mis de côté ; corrigez le nombre";
        /// No lines, too many, or one of them twice.
        Lignes { nombre: usize, maximum: usize } = "INVENTAIRE_LIGNES",
            "up to {maximum} different lines are expected, and here are {nombre}, or one of them twice; correct the list",
            "on attend jusqu'à {maximum} lignes différentes, et en voici {nombre}, ou l'une d'elles deux fois ; corrigez la liste";
        /// A bag of no such size.
        CapaciteHorsBornes { maximum: u16, limite: Poids } = "CAPACITE_HORS_BORNES",
            "a bag has 1 to {maximum} slots and carries up to {limite}; choose a size in between",
            "un sac a de 1 à {maximum} emplacements et porte jusqu'à {limite} ; choisissez une taille entre les deux";
        /// An operator's change without his act, or the act with another reason.
        CapaciteSansMotif { raison: RaisonCapacite } = "CAPACITE_SANS_MOTIF",
            "the act of an operator goes with the reason OPERATEUR and no other, and here the reason is {raison}; give both or none",
            "l'acte d'un opérateur va avec la raison OPERATEUR et aucune autre, et ici la raison est {raison} ; donnez les deux ou aucun";
        /// What is in the bag would not fit.
        CapaciteInsuffisante { dernier: u16, poids: Poids } = "CAPACITE_INSUFFISANTE",
            "the bag is filled up to slot {dernier} and weighs {poids}, which would not fit; take something out first",
            "le sac est rempli jusqu'à l'emplacement {dernier} et pèse {poids}, ce qui ne tiendrait pas ; videz-le un peu d'abord";
        /// It has enough extensions.
        TropDExtensions { maximum: usize } = "CAPACITE_TROP_D_EXTENSIONS",
            "the bag has all of its {maximum} extensions; it takes no more",
            "le sac a toutes ses {maximum} extensions ; il n'en accepte plus";
        /// With oneself.
        AvecSoi = "ECHANGE_AVEC_SOI",
            "nobody trades with himself; name another player",
            "on n'échange pas avec soi-même ; nommez un autre joueur";
        /// Nothing would change hands.
        OffreVide = "OFFRE_VIDE",
            "nothing would change hands by this offer; offer or ask for something",
            "rien ne changerait de main avec cette offre ; offrez ou demandez quelque chose";
        /// Too many open offers.
        TropDOffres { maximum: usize } = "OFFRES_TROP_NOMBREUSES",
            "the player has {maximum} open offers, which are all he can have; take one back first",
            "le joueur a {maximum} offres ouvertes, le plus possible ; retirez-en une d'abord";
        /// It was never made, was taken back, or was accepted.
        OffreInconnue { offre_id: OffreId } = "OFFRE_INCONNUE",
            "offer {offre_id} is not open; ask the other player for a new one",
            "l'offre {offre_id} n'est pas ouverte ; demandez-en une nouvelle à l'autre joueur";
        /// It is not what was accepted any more.
        OffreChangee { offre_id: OffreId, revision: u32, actuelle: u32 } = "OFFRE_CHANGEE",
            "offer {offre_id} was accepted at revision {revision} and is at {actuelle} now; look at it again",
            "l'offre {offre_id} a été acceptée à la révision {revision} et en est à {actuelle} ; regardez-la de nouveau";
        /// It was made to somebody else.
        OffreAUnAutre { offre_id: OffreId } = "OFFRE_A_UN_AUTRE",
            "offer {offre_id} was made to another player; only that one can accept it",
            "l'offre {offre_id} a été faite à un autre joueur ; lui seul peut l'accepter";
    }
}
