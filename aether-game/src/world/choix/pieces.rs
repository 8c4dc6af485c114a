//! What to have repaired, improved and enchanted.

use crate::equipement::{Enchantement, Equipement, TypeEnchantement};
use crate::inventaire::{Inventaire, Slot};
use crate::values::{EquipementId, Or, Quantite, SlotId};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;

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

/// The repair that a purse can pay, of a piece that has lost some points: of all that is lost, or of half of it.
#[must_use]
pub fn a_reparer(slot: &Slot, piece: &Equipement, bourse: Or) -> Option<(Quantite, Or)> {
    let usure = usure(slot, piece).filter(|usure| usure.get() > 4)?;
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

/// What a scroll does, by its name and its price; none if it is no scroll.
#[must_use]
pub fn enchantement(catalogue: &Catalogue, slot: &Slot) -> Option<Enchantement> {
    let item = catalogue.item(slot.fiche.item_id)?;
    let nom = item.presentation.nom.as_str().strip_prefix("Parchemin de ")?;
    let type_enchantement = match nom.starts_with("tranchant") {
        true => TypeEnchantement::Tranchant,
        false => TypeEnchantement::Rempart,
    };
    let puissance = bornes::stat(2 + item.presentation.valeur_or.get() / 20);
    Some(Enchantement { type_enchantement, puissance })
}

/// Whether a piece is whole, and an enchantment would make it stronger.
#[must_use]
pub fn est_a_enchanter(piece: &Equipement, enchantement: Enchantement) -> bool {
    let plus_fort = |pose: &Enchantement| {
        pose.type_enchantement == enchantement.type_enchantement
            && pose.puissance >= enchantement.puissance
    };
    piece.durabilite() > 0 && !piece.enchantements().iter().any(plus_fort)
}
