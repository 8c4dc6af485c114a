//! What a batch changes about pieces of equipment: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use serde::Serialize;

use crate::equipement::{Enchantement, EquipementEvent, Puissance};
use crate::item::{Famille, NaturePiece};
use crate::joueur::Stats;
use crate::read_models::{row, sequence};
use crate::values::{EquipementId, ItemId, JoueurId, Nom, Quantite, Stat};

/// Changes of `pieces_equipement`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Pieces(BTreeMap<EquipementId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    equipement_id: Option<EquipementId>,
    joueur_id: Option<JoueurId>,
    #[serde(flatten)]
    neuve: Neuve,
    durabilite: Option<u16>,
    niveau_amelioration: Option<u8>,
    enchantements: Option<Vec<Enchantement>>,
    attaque: Option<Stat>,
    defense: Option<Stat>,
    detruit: Option<bool>,
    last_event_sequence: i64,
}

/// The columns of a piece that never change.
#[derive(Default, Serialize)]
struct Neuve {
    item_id: Option<ItemId>,
    famille: Option<Famille>,
    durabilite_max: Option<Quantite>,
    stats: Option<Stats>,
    ensemble: Option<Nom>,
}

impl Pieces {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &EquipementEvent) {
        let equipement_id = EquipementId::from(recorded.aggregate_id);
        let change = self.0.entry(equipement_id).or_default();
        change.equipement_id = Some(equipement_id);
        change.last_event_sequence = sequence(recorded.position);
        change.apply(event);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_pieces.sql"), tx).await
    }
}

impl Change {
    fn apply(&mut self, event: &EquipementEvent) {
        use EquipementEvent as E;
        match event {
            E::EquipementCree { joueur_id, item_id, nature, durabilite, .. } => {
                self.joueur_id = Some(*joueur_id);
                self.durabilite = Some(*durabilite);
                self.commence(*item_id, nature);
            }
            E::DurabilitePerdue { durabilite_apres, .. }
            | E::EquipementRepare { durabilite_apres, .. } => {
                self.durabilite = Some(*durabilite_apres);
            }
            E::EquipementAmeliore { niveau_apres, puissance_apres, .. } => {
                self.niveau_amelioration = Some(*niveau_apres);
                self.puissance(*puissance_apres);
            }
            E::EnchantementsAppliques { apres, puissance_apres, .. } => {
                self.enchantements = Some(apres.clone());
                self.puissance(*puissance_apres);
            }
            E::EquipementCede { a, .. } => self.joueur_id = Some(*a),
            E::EquipementDetruit { .. } => self.detruit = Some(true),
        }
    }

    fn commence(&mut self, item_id: ItemId, nature: &NaturePiece) {
        self.niveau_amelioration = Some(0);
        self.enchantements = Some(vec![]);
        self.detruit = Some(false);
        self.puissance(Puissance { attaque: nature.attaque, defense: nature.defense });
        self.neuve = Neuve {
            item_id: Some(item_id),
            famille: Some(nature.famille),
            durabilite_max: Some(nature.durabilite_max),
            stats: Some(nature.stats),
            ensemble: nature.ensemble.clone(),
        };
    }

    fn puissance(&mut self, puissance: Puissance) {
        self.attaque = Some(puissance.attaque);
        self.defense = Some(puissance.defense);
    }
}
