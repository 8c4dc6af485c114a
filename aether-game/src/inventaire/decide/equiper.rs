//! What is worn.

use super::super::events::InventaireEvent;
use super::super::parties::PieceAPorter;
use super::super::refus::InventaireRefus;
use super::super::state::{Port, Slot};
use super::super::vocabulaire::MotifRetrait;
use super::{Decide, Decision};
use crate::equipement::Puissance;
use crate::item::{Emplacement, NaturePiece};
use crate::values::{EquipementId, Niveau, SlotId};

impl Decision {
    /// Puts a piece on; what is worn there is taken off.
    pub(super) fn equiper(
        &mut self,
        slot_id: SlotId,
        emplacement: Emplacement,
        niveau: Niveau,
        piece: &PieceAPorter,
    ) -> Decide {
        let (_, slot) = self.slot(slot_id)?;
        let item_id = slot.fiche.item_id;
        if slot.porte.is_some() {
            return Err(InventaireRefus::PiecePortee { slot_id });
        }
        let nature = slot.fiche.piece().ok_or(InventaireRefus::NonEquipable { item_id })?;
        if nature.famille != emplacement.famille() {
            let famille = nature.famille;
            return Err(InventaireRefus::EmplacementInadapte { famille, emplacement });
        }
        let requis = slot.fiche.niveau_requis;
        if niveau < requis {
            return Err(InventaireRefus::NiveauRequis { item_id, requis, niveau });
        }
        if !est_la_piece(slot, piece) {
            return Err(InventaireRefus::PieceDifferente { slot_id });
        }
        self.retirer_de(emplacement, MotifRetrait::Remplacement);
        let PieceAPorter { equipement_id, puissance, .. } = *piece;
        let port = Port { emplacement, puissance };
        self.draft.emit(InventaireEvent::ItemEquipe {
            joueur_id: self.joueur_id,
            slot_id,
            item_id,
            equipement_id,
            emplacement,
            puissance,
            tenue_avant: self.draft.tenue(),
            tenue_apres: self.draft.tenue_avec(slot_id, Some(port)),
        });
        Ok(())
    }

    /// Takes a piece off because its bearer wants it.
    pub(super) fn desequiper(&mut self, emplacement: Emplacement) -> Decide {
        match self.retirer_de(emplacement, MotifRetrait::Choix) {
            true => Ok(()),
            false => Err(InventaireRefus::EmplacementVide { emplacement }),
        }
    }

    /// A worn piece wears; one that is worn out is taken off.
    pub(super) fn constater_usure(&mut self, equipement_id: EquipementId, usee: bool) -> Decide {
        let port = self.draft.piece(equipement_id).and_then(|slot| slot.porte);
        let port = port.ok_or(InventaireRefus::NonPortee { equipement_id })?;
        if usee {
            self.retirer_de(port.emplacement, MotifRetrait::Usure);
        }
        Ok(())
    }

    /// Takes off what is worn in a place; tells whether anything was.
    fn retirer_de(&mut self, emplacement: Emplacement, motif: MotifRetrait) -> bool {
        let worn = self.draft.porte_en(emplacement);
        let worn =
            worn.and_then(|slot| Some((slot.slot_id, slot.fiche.item_id, slot.equipement_id?)));
        let Some((slot_id, item_id, equipement_id)) = worn else { return false };
        self.draft.emit(InventaireEvent::ItemDesequipe {
            joueur_id: self.joueur_id,
            slot_id,
            item_id,
            equipement_id,
            emplacement,
            motif,
            tenue_avant: self.draft.tenue(),
            tenue_apres: self.draft.tenue_avec(slot_id, None),
        });
        true
    }
}

/// Whether the command speaks of what lies in the slot. What was never worn has the id that follows from the slot, and is as when new.
fn est_la_piece(slot: &Slot, piece: &PieceAPorter) -> bool {
    let neuve =
        |nature: &NaturePiece| Puissance { attaque: nature.attaque, defense: nature.defense };
    let la_meme = match slot.equipement_id {
        Some(equipement_id) => piece.equipement_id == equipement_id,
        None => {
            piece.equipement_id == EquipementId::du_slot(slot.slot_id)
                && slot.fiche.piece().map(neuve) == Some(piece.puissance)
        }
    };
    la_meme && piece.fiche == slot.fiche
}
