//! What to have repaired, improved and enchanted.

use crate::equipement::Equipement;
use crate::inventaire::{Inventaire, Slot};
use crate::values::{EquipementId, Or, Quantite, SlotId};

/// The pieces of a bag that were ever worn, each with its slot.
pub fn connues(sac: &Inventaire) -> impl Iterator<Item = (EquipementId, &Slot)> {
    sac.slots().filter_map(|(_, slot)| Some((slot.equipement_id?, slot)))
}

/// How many points a piece has lost.
#[must_use]
pub fn usure(slot: &Slot, piece: &Equipement) -> Option<Quantite> {
    let max = slot.fiche.piece()?.durabilite_max.get();
    Quantite::new(max.saturating_sub(piece.durabilite())).ok()
}

/// The repair that a purse can pay: of all that is lost, or of half of it.
#[must_use]
pub fn a_reparer(slot: &Slot, piece: &Equipement, bourse: Or) -> Option<(Quantite, Or)> {
    let usure = usure(slot, piece)?;
    let parts = [usure.get(), usure.get() / 2].into_iter().filter_map(|n| Quantite::new(n).ok());
    let prix = parts.filter_map(|points| Some((points, piece.cout_reparation(points)?)));
    prix.filter(|(_, cout)| *cout <= bourse).max_by_key(|(points, _)| *points)
}

/// What the next level of a piece costs, if a purse can pay it and the piece can take it.
#[must_use]
pub fn a_ameliorer(piece: &Equipement, bourse: Or) -> Option<Or> {
    let solide = piece.durabilite() > 0 && piece.niveau() < Equipement::NIVEAU_MAX;
    piece.cout_amelioration().filter(|cout| solide && *cout <= bourse)
}

/// The slot of a scroll that enchants. `est_un_parchemin` knows them by their items.
pub fn parchemin(
    sac: &Inventaire,
    est_un_parchemin: impl Fn(&Slot) -> bool,
) -> Option<(SlotId, &Slot)> {
    let slots = sac.slots().map(|(_, slot)| slot);
    slots.filter(|slot| est_un_parchemin(slot)).map(|slot| (slot.slot_id, slot)).next()
}
