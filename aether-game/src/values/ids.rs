//! The ids of the game, each a type of its own so that they cannot be mixed up.
//!
//! A stream that belongs to something else has an id that follows from it, so that nobody has to look it up.

use aether_core::id;
use aether_core::uuid::{Uuid, uuid};

id! {
    /// Identifies a combat.
    pub struct CombatId of crate::combat::Combat;
}

id! {
    /// Identifies a player.
    pub struct JoueurId of crate::joueur::Joueur;
}

id! {
    /// The reservation of a name: follows from the folded name, see [`ReservationId::du_nom`].
    pub struct ReservationId of crate::reservation::Reservation;
}

id! {
    /// A player's bag: follows from the player, see [`InventaireId::du_joueur`].
    pub struct InventaireId of crate::inventaire::Inventaire;
}

id! {
    /// A place in a bag that holds a stack or a piece: follows from the bag and a number, see [`SlotId::du_sac`].
    pub struct SlotId;
}

id! {
    /// An item of the catalogue.
    pub struct ItemId of crate::item::Item;
}

id! {
    /// One piece of equipment: follows from the slot that it was first worn from, see [`EquipementId::du_slot`].
    pub struct EquipementId of crate::equipement::Equipement;
}

id! {
    /// A quest as it is defined.
    pub struct QueteId of crate::quete::Quete;
}

id! {
    /// A player's progress in a quest: follows from both, see [`ProgresId::du_joueur`].
    pub struct ProgresId of crate::quete::Progres;
}

id! {
    /// One objective of a quest.
    pub struct ObjectifId;
}

id! {
    /// A skill as it is defined.
    pub struct CompetenceId of crate::competence::Competence;
}

id! {
    /// A skill as a player has learned it: follows from both, see [`ApprentissageId::du_joueur`].
    pub struct ApprentissageId of crate::competence::Apprentissage;
}

id! {
    /// A character that players meet.
    pub struct PnjId of crate::pnj::Pnj;
}

id! {
    /// The order book of an item: follows from the item, see [`CarnetId::de_l_item`].
    pub struct CarnetId of crate::economie::Economie;
}

id! {
    /// An order in a book.
    pub struct OrdreId;
    /// A trade, or anything else that moves gold and items together.
    pub struct TransactionId;
    /// What could not be delivered and waits to be collected.
    pub struct ColisId;
    /// An offer in a direct exchange.
    pub struct OffreId;
}

id! {
    /// The world, of which there is one: [`MondeId::UNIQUE`].
    pub struct MondeId of crate::monde::Monde;
}

id! {
    /// A zone of the world.
    pub struct ZoneId;
    /// A boss, the same after each time it comes back.
    pub struct BossId;
    /// A resource of the world.
    pub struct RessourceId;
    /// An event of the world.
    pub struct EvenementId;
    /// A guild.
    pub struct GuildeId;
}

impl ItemId {
    /// No item: its book trades nothing, and keeps the gold of rewards that does not fit into a purse.
    pub const AUCUN: Self = Self::new(Uuid::nil());
}

impl ReservationId {
    const NOMS: Uuid = uuid!("6d7d1d5e-2f43-5d0a-9a55-6b1c5c0e7a11");

    /// The id of the reservation of a folded name, see [`NomUtilisateur::cle`](super::NomUtilisateur::cle).
    #[must_use]
    pub fn du_nom(cle: &str) -> Self {
        Self::v5(Self::NOMS, cle)
    }
}

impl InventaireId {
    /// The id of a player's bag.
    #[must_use]
    pub fn du_joueur(joueur: JoueurId) -> Self {
        Self::v5(joueur, "inventaire")
    }
}

impl SlotId {
    /// The id of a bag's slot with this number, counted over all slots that it ever had.
    #[must_use]
    pub fn du_sac(inventaire: InventaireId, numero: u32) -> Self {
        Self::v5(inventaire, numero.to_be_bytes())
    }
}

impl EquipementId {
    /// The id of the piece that is first worn from this slot.
    #[must_use]
    pub fn du_slot(slot: SlotId) -> Self {
        Self::v5(slot, "piece")
    }
}

impl ProgresId {
    /// The id of a player's progress in a quest.
    #[must_use]
    pub fn du_joueur(quete: QueteId, joueur: JoueurId) -> Self {
        Self::v5(quete, joueur.as_uuid())
    }
}

impl ApprentissageId {
    /// The id of a skill as a player has learned it.
    #[must_use]
    pub fn du_joueur(competence: CompetenceId, joueur: JoueurId) -> Self {
        Self::v5(competence, joueur.as_uuid())
    }
}

impl CarnetId {
    /// The id of the book in which an item is traded.
    #[must_use]
    pub fn de_l_item(item: ItemId) -> Self {
        Self::v5(item, "marche")
    }
}

impl MondeId {
    /// The id of the world.
    pub const UNIQUE: Self = Self::new(Uuid::nil());
}
