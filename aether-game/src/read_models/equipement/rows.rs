//! Rows of equipment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::equipement::Enchantement;
use crate::item::{Emplacement, Famille};
use crate::joueur::Stats;
use crate::read_models::row::Row;
use crate::values::{EquipementId, ItemId, JoueurId, Nom, Quantite, Stat};

/// A row of `sets_equipement`: what a player wears, by place on the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetEquipement {
    /// The row. Follows from the player.
    pub equipement_id: Uuid,
    /// Who wears it.
    pub joueur_id: JoueurId,
    /// The piece on the head.
    pub slot_tete: Option<EquipementId>,
    /// The piece on the chest.
    pub slot_torse: Option<EquipementId>,
    /// The piece on the legs.
    pub slot_jambes: Option<EquipementId>,
    /// The piece on the feet.
    pub slot_pieds: Option<EquipementId>,
    /// The piece on the hands.
    pub slot_mains: Option<EquipementId>,
    /// The piece in the hand that strikes.
    pub slot_arme_principale: Option<EquipementId>,
    /// The piece in the other hand.
    pub slot_arme_secondaire: Option<EquipementId>,
    /// The piece on the back.
    pub slot_dos: Option<EquipementId>,
    /// The piece around the neck.
    pub slot_cou: Option<EquipementId>,
    /// The first ring.
    pub slot_doigt_1: Option<EquipementId>,
    /// The second ring.
    pub slot_doigt_2: Option<EquipementId>,
    /// The first accessory.
    pub slot_accessoire_1: Option<EquipementId>,
    /// The second accessory.
    pub slot_accessoire_2: Option<EquipementId>,
    /// What all of it adds, and how many pieces of each set there are.
    pub bonus_set: BonusSet,
    /// The defence of all of it.
    pub valeur_defense_totale: u32,
    /// The attack of all of it.
    pub valeur_attaque_totale: u32,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// What is worn adds to its bearer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BonusSet {
    /// What all of it adds.
    pub stats: Stats,
    /// How many pieces of each set are worn.
    pub ensembles: BTreeMap<Nom, u8>,
}

/// A row of `pieces_equipement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PieceEquipement {
    /// The piece.
    pub equipement_id: EquipementId,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// Its item.
    pub item_id: ItemId,
    /// Where it is worn.
    pub famille: Famille,
    /// Its durability; 0 when it is worn out.
    pub durabilite: u16,
    /// Its durability at most.
    pub durabilite_max: Quantite,
    /// Its level of improvement.
    pub niveau_amelioration: u8,
    /// Its enchantments.
    pub enchantements: Vec<Enchantement>,
    /// Its attack.
    pub attaque: Stat,
    /// Its defence.
    pub defense: Stat,
    /// What it adds to its bearer.
    pub stats: Stats,
    /// The set that it belongs to.
    pub ensemble: Option<Nom>,
    /// Whether it is gone.
    pub detruit: bool,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

impl SetEquipement {
    /// The id of a player's row.
    pub(super) fn id_du_joueur(joueur: JoueurId) -> Uuid {
        Uuid::new_v5(&joueur.as_uuid(), b"equipement")
    }

    /// The piece that is worn in a place.
    #[must_use]
    pub const fn en(&self, emplacement: Emplacement) -> Option<EquipementId> {
        match emplacement {
            Emplacement::Tete => self.slot_tete,
            Emplacement::Torse => self.slot_torse,
            Emplacement::Jambes => self.slot_jambes,
            Emplacement::Pieds => self.slot_pieds,
            Emplacement::Mains => self.slot_mains,
            Emplacement::ArmePrincipale => self.slot_arme_principale,
            Emplacement::ArmeSecondaire => self.slot_arme_secondaire,
            Emplacement::Dos => self.slot_dos,
            Emplacement::Cou => self.slot_cou,
            Emplacement::Doigt1 => self.slot_doigt_1,
            Emplacement::Doigt2 => self.slot_doigt_2,
            Emplacement::Accessoire1 => self.slot_accessoire_1,
            Emplacement::Accessoire2 => self.slot_accessoire_2,
        }
    }
}

impl Row for SetEquipement {
    const TABLE: &'static str = "sets_equipement";

    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.equipement_id
    }
}

impl Row for PieceEquipement {
    const TABLE: &'static str = "pieces_equipement";

    type Key = EquipementId;

    fn key(&self) -> EquipementId {
        self.equipement_id
    }
}
