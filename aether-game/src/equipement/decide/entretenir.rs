//! Wear and repair.

use super::super::events::EquipementEvent;
use super::super::refus::EquipementRefus;
use super::super::state::Piece;
use crate::values::{CombatId, Or, Quantite};

/// Loses durability, down to nothing. The unit has to know whether that wears it out, since it is taken off then.
pub(super) fn perdre(
    piece: &Piece,
    points: Quantite,
    usee: bool,
    combat_id: Option<CombatId>,
) -> Result<EquipementEvent, EquipementRefus> {
    let avant = piece.durabilite;
    let perte = Quantite::new(points.get().min(avant)).map_err(|_| EquipementRefus::Usee)?;
    let apres = avant - perte.get();
    if usee != (apres == 0) {
        return Err(EquipementRefus::UsureMalAnnoncee { reste: apres });
    }
    Ok(EquipementEvent::DurabilitePerdue {
        joueur_id: piece.joueur_id,
        item_id: piece.item_id,
        perte,
        durabilite_avant: avant,
        durabilite_apres: apres,
        durabilite_max: piece.nature.durabilite_max,
        usee,
        combat_id,
    })
}

/// Repairs, up to the maximum and for the price of it.
pub(super) fn reparer(
    piece: &Piece,
    points: Quantite,
    cout: Or,
    prix: Option<Or>,
) -> Result<EquipementEvent, EquipementRefus> {
    let avant = piece.durabilite;
    let manque = piece.nature.durabilite_max.get().saturating_sub(avant);
    if points.get() > manque {
        return Err(EquipementRefus::ReparationExcessive { points: points.get(), manque });
    }
    verifie_cout(cout, prix)?;
    Ok(EquipementEvent::EquipementRepare {
        joueur_id: piece.joueur_id,
        item_id: piece.item_id,
        durabilite_avant: avant,
        durabilite_apres: avant + points.get(),
        cout,
    })
}

/// What the unit pays has to be the price.
pub(super) fn verifie_cout(cout: Or, prix: Option<Or>) -> Result<(), EquipementRefus> {
    let prix = prix.ok_or(EquipementRefus::HorsDePrix)?;
    if cout == prix { Ok(()) } else { Err(EquipementRefus::CoutInexact { cout, prix }) }
}
