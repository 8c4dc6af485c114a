//! What a piece of equipment remembers.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::refus::EquipementRefus;
use super::vocabulaire::{Enchantement, Puissance, TypeEnchantement};
use crate::item::NaturePiece;
use crate::values::{ItemId, JoueurId, Or, Quantite, Stat};

/// A piece of equipment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Equipement {
    /// What it is; none before it was first worn.
    pub(super) piece: Option<Piece>,
    pub(super) detruit: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub(super) struct Piece {
    pub(super) joueur_id: JoueurId,
    pub(super) item_id: ItemId,
    pub(super) nature: NaturePiece,
    /// `0..=nature.durabilite_max`.
    pub(super) durabilite: u16,
    /// `0..=Equipement::NIVEAU_MAX`.
    pub(super) niveau: u8,
    pub(super) enchantements: Vec<Enchantement>,
}

impl Equipement {
    /// The highest level of improvement.
    pub const NIVEAU_MAX: u8 = 10;
    /// What a level of improvement adds, in percent of the value when new; at least one point.
    pub const GAIN_PAR_NIVEAU: u32 = 10;
    /// The strongest enchantment.
    pub const ENCHANTEMENT_MAX: Stat = Stat::fixe::<1_000>();

    /// Whose it is.
    #[must_use]
    pub fn joueur_id(&self) -> Option<JoueurId> {
        self.piece.as_ref().map(|piece| piece.joueur_id)
    }

    /// Its durability; 0 when it is worn out.
    #[must_use]
    pub fn durabilite(&self) -> u16 {
        self.piece.as_ref().map_or(0, |piece| piece.durabilite)
    }

    /// Its level of improvement.
    #[must_use]
    pub fn niveau(&self) -> u8 {
        self.piece.as_ref().map_or(0, |piece| piece.niveau)
    }

    /// Its enchantments.
    #[must_use]
    pub fn enchantements(&self) -> &[Enchantement] {
        self.piece.as_ref().map_or(&[], |piece| &piece.enchantements)
    }

    /// Its attack and defence.
    #[must_use]
    pub fn puissance(&self) -> Puissance {
        self.piece.as_ref().map(Piece::puissance).unwrap_or_default()
    }

    /// Whether it is gone.
    #[must_use]
    pub const fn est_detruit(&self) -> bool {
        self.detruit
    }

    /// Whether so much wear leaves nothing of it: what [`Perdre`](super::EquipementCommand::Perdre) has to announce.
    #[must_use]
    pub fn serait_usee(&self, points: Quantite) -> bool {
        points.get() >= self.durabilite()
    }

    /// What the repair of so many points costs; none when it costs more than a purse holds.
    #[must_use]
    pub fn cout_reparation(&self, points: Quantite) -> Option<Or> {
        self.piece.as_ref()?.cout(points.get().into())
    }

    /// What the next level of improvement costs: a full repair for each level that it then has. None when it costs more than a
    /// purse holds.
    #[must_use]
    pub fn cout_amelioration(&self) -> Option<Or> {
        let piece = self.piece.as_ref()?;
        let pleine = u64::from(piece.nature.durabilite_max.get());
        piece.cout(pleine * (u64::from(piece.niveau) + 1))
    }

    /// Checks that it can be put on: a condition of the unit by which its bag puts it on.
    ///
    /// # Errors
    ///
    /// It is not this player's, is worn out, is of another item, or has another attack or defence.
    pub fn verifie_port(
        &self,
        joueur_id: JoueurId,
        item_id: ItemId,
        puissance: Puissance,
    ) -> Result<(), EquipementRefus> {
        let piece = self.de(joueur_id)?;
        if piece.durabilite == 0 {
            return Err(EquipementRefus::Usee);
        }
        if (piece.item_id, piece.puissance()) != (item_id, puissance) {
            return Err(EquipementRefus::EtatDepasse);
        }
        Ok(())
    }

    /// The piece, if it is this player's.
    pub(super) fn de(&self, joueur_id: JoueurId) -> Result<&Piece, EquipementRefus> {
        let piece = self.piece.as_ref().ok_or(EquipementRefus::Inconnu)?;
        if self.detruit {
            return Err(EquipementRefus::Detruit);
        }
        match piece.joueur_id == joueur_id {
            true => Ok(piece),
            false => Err(EquipementRefus::DAutrui { joueur_id }),
        }
    }
}

impl Piece {
    pub(super) fn puissance(&self) -> Puissance {
        Puissance {
            attaque: self.valeur(self.nature.attaque, TypeEnchantement::Tranchant),
            defense: self.valeur(self.nature.defense, TypeEnchantement::Rempart),
        }
    }

    /// A value when new, with its improvements and its enchantment, at most what a sheet holds.
    fn valeur(&self, neuve: Stat, type_enchantement: TypeEnchantement) -> Stat {
        let neuve = neuve.get();
        let gain = match neuve {
            0 => 0,
            _ => (neuve * Equipement::GAIN_PAR_NIVEAU / 100).max(1) * u32::from(self.niveau),
        };
        let mut poses = self.enchantements.iter();
        let pose = poses.find(|it| it.type_enchantement == type_enchantement);
        let somme = neuve + gain + pose.map_or(0, |it| it.puissance.get());
        Stat::new(somme).unwrap_or(Stat::MAX)
    }

    fn cout(&self, points: u64) -> Option<Or> {
        Or::new(i128::from(self.nature.cout_reparation.get()) * i128::from(points)).ok()
    }
}
