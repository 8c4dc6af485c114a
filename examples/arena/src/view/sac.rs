//! A bag and what is worn: the bag is its owner's, what is worn everybody sees, its wear not.

use aether_core::uuid::Uuid;
use aether_game::queries::{Contenu, PiecePortee, Sac};
use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::Eyes;

/// A page of a bag.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Sac")]
pub(crate) struct SacVu {
    capacite: u16,
    slots_utilises: u16,
    poids: u32,
    poids_max: u32,
    elements: Vec<SlotVu>,
    suivant: Option<String>,
}

/// What lies in a slot.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Slot", complex)]
pub(crate) struct SlotVu {
    slot_id: Uuid,
    position: u16,
    pub(crate) item_id: Uuid,
    /// Its name; none until the catalogue's table knows it.
    nom: Option<String>,
    quantite: u16,
    est_equipe: bool,
}

/// A piece that is worn.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Piece", complex)]
pub(crate) struct PieceVue {
    #[schema(example = "TETE")]
    emplacement: &'static str,
    equipement_id: Uuid,
    pub(crate) item_id: Uuid,
    nom: Option<String>,
    niveau_amelioration: u8,
    /// How worn out it is; missing for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    durabilite: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    durabilite_max: Option<u16>,
}

impl SacVu {
    /// One page, and the cursor of the next.
    pub(crate) fn of(sac: Sac, suivant: Option<String>) -> Self {
        let inventaire = sac.inventaire;
        Self {
            capacite: inventaire.capacite,
            slots_utilises: inventaire.slots_utilises,
            poids: inventaire.poids_actuel.get(),
            poids_max: inventaire.poids_max.get(),
            elements: sac.contenu.into_iter().map(SlotVu::of).collect(),
            suivant,
        }
    }
}

impl SlotVu {
    pub(crate) fn of(Contenu { slot, item }: Contenu) -> Self {
        Self {
            slot_id: slot.slot_id.as_uuid(),
            position: slot.position_slot,
            item_id: slot.item_id.as_uuid(),
            nom: item.map(|item| item.nom.to_string()),
            quantite: slot.quantite.get(),
            est_equipe: slot.est_equipe,
        }
    }
}

impl PieceVue {
    pub(crate) fn of(portee: PiecePortee, eyes: Eyes) -> Self {
        let PiecePortee { emplacement, piece, item } = portee;
        let is_own = eyes.see_own_of(piece.joueur_id);
        Self {
            emplacement: emplacement.as_str(),
            equipement_id: piece.equipement_id.as_uuid(),
            item_id: piece.item_id.as_uuid(),
            nom: item.map(|item| item.nom.to_string()),
            niveau_amelioration: piece.niveau_amelioration,
            durabilite: is_own.then_some(piece.durabilite),
            durabilite_max: is_own.then(|| piece.durabilite_max.get()),
        }
    }
}
