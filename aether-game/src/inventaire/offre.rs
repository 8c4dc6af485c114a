//! What one player offers to another in a direct exchange.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::item::FicheItem;
use crate::values::{EquipementId, JoueurId, OffreId, Or, Quantite};

/// An open offer. Who accepts it says all of it, so that what he accepts is what he has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Offre {
    /// Its id.
    pub offre_id: OffreId,
    /// Who offers.
    pub proposeur: JoueurId,
    /// Another number each time that it changes; never used again in this bag.
    pub revision: u32,
    /// What is offered, for what, and to whom.
    pub termes: Termes,
}

/// The terms of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Termes {
    /// Who may accept.
    pub contrepartie: JoueurId,
    /// What the one who offers gives.
    pub donne: Vec<LigneEchange>,
    /// What he wants for it.
    pub demande: Vec<LigneEchange>,
    /// The gold that he gives.
    pub or_donne: Or,
    /// The gold that he wants.
    pub or_demande: Or,
}

/// A line of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct LigneEchange {
    /// The sheet of the item. It goes with it into the other bag.
    pub fiche: FicheItem,
    /// How many.
    pub quantite: Quantite,
    /// The piece, if it was ever worn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipement_id: Option<EquipementId>,
}

impl Termes {
    /// Whether nothing at all would change hands.
    #[must_use]
    pub fn est_vide(&self) -> bool {
        let rien = |lignes: &[LigneEchange], or: Or| lignes.is_empty() && or == Or::ZERO;
        rien(&self.donne, self.or_donne) && rien(&self.demande, self.or_demande)
    }
}
