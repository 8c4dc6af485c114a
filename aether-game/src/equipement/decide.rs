//! Which rule answers which command to a piece of equipment.

use aether_core::{Aggregate, Facts};

use super::commands::EquipementCommand;
use super::events::EquipementEvent;
use super::refus::EquipementRefus;
use super::state::{Equipement, Piece};
use crate::item::FicheItem;
use crate::values::{Flux, JoueurId, RaisonItem, TransactionId};

mod entretenir;
mod renforcer;

impl Aggregate for Equipement {
    const TYPE: &'static str = "Equipement";
    type Command = EquipementCommand;
    type Event = EquipementEvent;
    type Error = EquipementRefus;

    fn decide(
        &self,
        command: &EquipementCommand,
        _: &Facts,
    ) -> Result<Vec<EquipementEvent>, EquipementRefus> {
        if let EquipementCommand::Creer { joueur_id, fiche } = command {
            return self.creer(*joueur_id, fiche).map(|event| vec![event]);
        }
        let piece = self.de(command.joueur_id())?;
        let event = match command {
            EquipementCommand::Creer { .. } => return Err(EquipementRefus::DejaCree),
            EquipementCommand::Perdre { points, usee, combat_id, .. } => {
                entretenir::perdre(piece, *points, *usee, *combat_id)?
            }
            EquipementCommand::Reparer { points, cout, .. } => {
                entretenir::reparer(piece, *points, *cout, self.cout_reparation(*points))?
            }
            EquipementCommand::Ameliorer { cout, .. } => {
                renforcer::ameliorer(piece, *cout, self.cout_amelioration())?
            }
            EquipementCommand::Enchanter { enchantement, .. } => {
                renforcer::enchanter(piece, *enchantement)?
            }
            EquipementCommand::Ceder { a, transaction_id, .. } => {
                ceder(piece, *a, *transaction_id)?
            }
            EquipementCommand::Detruire { raison, .. } => detruire(piece, *raison)?,
        };
        Ok(vec![event])
    }

    fn apply(&mut self, event: &EquipementEvent) {
        self.applique(event);
    }

    /// With half a kilobyte for its enchantments and the name of its set.
    fn weigh(&self) -> usize {
        size_of::<Self>() + 512
    }
}

impl Equipement {
    fn creer(
        &self,
        joueur_id: JoueurId,
        fiche: &FicheItem,
    ) -> Result<EquipementEvent, EquipementRefus> {
        if self.piece.is_some() {
            return Err(EquipementRefus::DejaCree);
        }
        let item_id = fiche.item_id;
        let nature = fiche.piece().ok_or(EquipementRefus::PasUnePiece { item_id })?;
        Ok(EquipementEvent::EquipementCree {
            joueur_id,
            item_id,
            famille: nature.famille,
            durabilite: nature.durabilite_max.get(),
            nature: nature.clone(),
        })
    }
}

fn ceder(
    piece: &Piece,
    a: JoueurId,
    transaction_id: TransactionId,
) -> Result<EquipementEvent, EquipementRefus> {
    let Piece { joueur_id, item_id, .. } = *piece;
    match joueur_id == a {
        true => Err(EquipementRefus::CedeeASoi { joueur_id }),
        false => Ok(EquipementEvent::EquipementCede { joueur_id, a, item_id, transaction_id }),
    }
}

fn detruire(piece: &Piece, raison: RaisonItem) -> Result<EquipementEvent, EquipementRefus> {
    let Piece { joueur_id, item_id, .. } = *piece;
    match raison.flux() {
        Flux::Puits => Ok(EquipementEvent::EquipementDetruit { joueur_id, item_id, raison }),
        Flux::Source | Flux::Mouvement => Err(EquipementRefus::RaisonInterdite { raison }),
    }
}
