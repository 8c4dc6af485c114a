//! Improvements and enchantments.

use super::super::events::EquipementEvent;
use super::super::refus::EquipementRefus;
use super::super::state::{Equipement, Piece};
use super::super::vocabulaire::Enchantement;
use super::entretenir::verifie_cout;
use crate::values::{Or, Stat};

/// One level more, for the price of it.
pub(super) fn ameliorer(
    piece: &Piece,
    cout: Or,
    prix: Option<Or>,
) -> Result<EquipementEvent, EquipementRefus> {
    solide(piece)?;
    let maximum = Equipement::NIVEAU_MAX;
    if piece.niveau >= maximum {
        return Err(EquipementRefus::NiveauMaximal { maximum });
    }
    verifie_cout(cout, prix)?;
    let niveau_apres = piece.niveau + 1;
    let apres = Piece { niveau: niveau_apres, ..piece.clone() };
    Ok(EquipementEvent::EquipementAmeliore {
        joueur_id: piece.joueur_id,
        item_id: piece.item_id,
        niveau_avant: piece.niveau,
        niveau_apres,
        puissance_avant: piece.puissance(),
        puissance_apres: apres.puissance(),
        cout,
    })
}

/// One enchantment of each kind; a stronger one takes the place of the weaker.
pub(super) fn enchanter(
    piece: &Piece,
    enchantement: Enchantement,
) -> Result<EquipementEvent, EquipementRefus> {
    solide(piece)?;
    let Enchantement { type_enchantement, puissance } = enchantement;
    let maximum = Equipement::ENCHANTEMENT_MAX;
    if puissance == Stat::ZERO || puissance > maximum {
        return Err(EquipementRefus::EnchantementHorsBornes { puissance, maximum });
    }
    let mut apres = piece.clone();
    let du_meme = |it: &&mut Enchantement| it.type_enchantement == type_enchantement;
    match apres.enchantements.iter_mut().find(du_meme) {
        Some(pose) if pose.puissance >= puissance => {
            return Err(EquipementRefus::EnchantementPlusFaible { pose: pose.puissance });
        }
        Some(pose) => pose.puissance = puissance,
        None => apres.enchantements.push(enchantement),
    }
    Ok(EquipementEvent::EnchantementsAppliques {
        joueur_id: piece.joueur_id,
        item_id: piece.item_id,
        avant: piece.enchantements.clone(),
        puissance_avant: piece.puissance(),
        puissance_apres: apres.puissance(),
        apres: apres.enchantements,
    })
}

/// What is worn out is repaired first.
fn solide(piece: &Piece) -> Result<(), EquipementRefus> {
    if piece.durabilite == 0 { Err(EquipementRefus::Usee) } else { Ok(()) }
}
