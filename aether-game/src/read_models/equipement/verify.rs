//! What the tables of equipment have to say: the states of bags and pieces, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use sqlx::PgPool;

use super::rows::{BonusSet, PieceEquipement, SetEquipement};
use crate::equipement::{Equipement, EquipementEvent};
use crate::inventaire::{Inventaire, InventaireEvent};
use crate::item::{Emplacement, NaturePiece};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{EquipementId, InventaireId, ItemId};

#[derive(Default)]
pub(super) struct Tenues {
    sacs: BTreeMap<InventaireId, Porteur>,
    pieces: BTreeMap<EquipementId, Piece>,
}

#[derive(Default)]
struct Porteur {
    sac: Inventaire,
    /// The last event by which what is worn changed.
    sequence: Option<i64>,
}

#[derive(Default)]
struct Piece {
    piece: Equipement,
    /// What it was when it was new.
    neuve: Option<(ItemId, NaturePiece)>,
    sequence: i64,
}

impl Fold for Tenues {
    const AGGREGATES: &'static [&'static str] = &[Equipement::TYPE, Inventaire::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let position = sequence(recorded.position);
        if recorded.aggregate_type.as_str() == Inventaire::TYPE {
            let event: InventaireEvent = recorded.decode()?;
            let porteur = self.sacs.entry(InventaireId::from(recorded.aggregate_id)).or_default();
            let avant = porteur.portees();
            porteur.sac.apply(&event);
            if porteur.portees() != avant {
                porteur.sequence = Some(position);
            }
            return Ok(());
        }
        let event: EquipementEvent = recorded.decode()?;
        let piece = self.pieces.entry(EquipementId::from(recorded.aggregate_id)).or_default();
        piece.piece.apply(&event);
        piece.sequence = position;
        if let EquipementEvent::EquipementCree { item_id, nature, .. } = event {
            piece.neuve = Some((item_id, nature));
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        report.compare(pool, self.sacs.values().filter_map(Porteur::row)).await?;
        let pieces = self.pieces.into_iter().filter_map(|(id, piece)| piece.row(id));
        report.compare(pool, pieces).await
    }
}

impl Porteur {
    fn porte(&self, emplacement: Emplacement) -> Option<EquipementId> {
        self.sac.porte_en(emplacement)?.equipement_id
    }

    fn portees(&self) -> Vec<Option<EquipementId>> {
        Emplacement::ALL.iter().map(|it| self.porte(*it)).collect()
    }

    fn row(&self) -> Option<SetEquipement> {
        let joueur_id = self.sac.joueur_id()?;
        let tenue = self.sac.tenue();
        Some(SetEquipement {
            equipement_id: SetEquipement::id_du_joueur(joueur_id),
            joueur_id,
            slot_tete: self.porte(Emplacement::Tete),
            slot_torse: self.porte(Emplacement::Torse),
            slot_jambes: self.porte(Emplacement::Jambes),
            slot_pieds: self.porte(Emplacement::Pieds),
            slot_mains: self.porte(Emplacement::Mains),
            slot_arme_principale: self.porte(Emplacement::ArmePrincipale),
            slot_arme_secondaire: self.porte(Emplacement::ArmeSecondaire),
            slot_dos: self.porte(Emplacement::Dos),
            slot_cou: self.porte(Emplacement::Cou),
            slot_doigt_1: self.porte(Emplacement::Doigt1),
            slot_doigt_2: self.porte(Emplacement::Doigt2),
            slot_accessoire_1: self.porte(Emplacement::Accessoire1),
            slot_accessoire_2: self.porte(Emplacement::Accessoire2),
            bonus_set: BonusSet { stats: tenue.stats, ensembles: tenue.ensembles },
            valeur_defense_totale: tenue.defense,
            valeur_attaque_totale: tenue.attaque,
            last_event_sequence: self.sequence?,
        })
    }
}

impl Piece {
    fn row(self, equipement_id: EquipementId) -> Option<PieceEquipement> {
        let (item_id, nature) = self.neuve?;
        let piece = self.piece;
        let puissance = piece.puissance();
        Some(PieceEquipement {
            equipement_id,
            joueur_id: piece.joueur_id()?,
            item_id,
            famille: nature.famille,
            durabilite: piece.durabilite(),
            durabilite_max: nature.durabilite_max,
            niveau_amelioration: piece.niveau(),
            enchantements: piece.enchantements().to_vec(),
            attaque: puissance.attaque,
            defense: puissance.defense,
            stats: nature.stats,
            ensemble: nature.ensemble,
            detruit: piece.est_detruit(),
            last_event_sequence: self.sequence,
        })
    }
}
