//! What a batch changes about the catalogue: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use serde::Serialize;

use crate::item::{
    Ingredient, ItemEvent, NaturePiece, Presentation, Proprietes, Rangement, Rarete, TypeItem,
    Usage,
};
use crate::read_models::{row, sequence};
use crate::values::{Description, ItemId, Niveau, Nom, Or, Poids, Quantite};

/// Changes of `items`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Items(BTreeMap<ItemId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    item_id: Option<ItemId>,
    #[serde(flatten)]
    presentation: Montre,
    #[serde(flatten)]
    proprietes: Est,
    retire: Option<bool>,
    last_event_sequence: i64,
}

/// How an item is shown. Its columns change together.
#[derive(Default, Serialize)]
struct Montre {
    nom: Option<Nom>,
    description: Option<Description>,
    rarete: Option<Rarete>,
    valeur_or: Option<Or>,
    icone_url: Option<Nom>,
}

/// What an item is and can do. Its columns change together.
#[derive(Default, Serialize)]
struct Est {
    type_item: Option<TypeItem>,
    niveau_requis: Option<Niveau>,
    stats: Option<NaturePiece>,
    effets: Option<Usage>,
    poids: Option<Poids>,
    empilable: Option<bool>,
    stack_max: Option<Quantite>,
    echangeable: Option<bool>,
    destructible: Option<bool>,
    recette_craft: Option<Vec<Ingredient>>,
}

impl Items {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<ItemEvent>) {
        let item_id = ItemId::from(recorded.aggregate_id.as_uuid());
        let change = self.0.entry(item_id).or_default();
        change.item_id = Some(item_id);
        change.last_event_sequence = sequence(recorded.position);
        change.apply(&recorded.event);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_items.sql"), tx).await
    }
}

impl Change {
    fn apply(&mut self, event: &ItemEvent) {
        match event {
            ItemEvent::ItemCree { presentation, proprietes, .. } => {
                self.presentation = presentation.into();
                self.proprietes = proprietes.into();
            }
            ItemEvent::ItemModifie { apres, .. } => self.presentation = apres.into(),
            ItemEvent::ProprietesModifiees { apres, .. } => self.proprietes = apres.into(),
            ItemEvent::ItemDetruit { .. } => self.retire = Some(true),
        }
    }
}

impl From<&Presentation> for Montre {
    fn from(it: &Presentation) -> Self {
        Self {
            nom: Some(it.nom.clone()),
            description: Some(it.description.clone()),
            rarete: Some(it.rarete),
            valeur_or: Some(it.valeur_or),
            icone_url: it.icone_url.clone(),
        }
    }
}

impl From<&Proprietes> for Est {
    fn from(it: &Proprietes) -> Self {
        let (empilable, stack_max, stats) = match &it.rangement {
            Rangement::Pile { max } => (true, *max, None),
            Rangement::Piece(nature) => (false, Quantite::MIN, Some(nature.clone())),
        };
        Self {
            type_item: Some(it.type_item),
            niveau_requis: Some(it.niveau_requis),
            stats,
            effets: it.usage.clone(),
            poids: Some(it.poids),
            empilable: Some(empilable),
            stack_max: Some(stack_max),
            echangeable: Some(it.echangeable),
            destructible: Some(it.destructible),
            recette_craft: Some(it.recette.clone()),
        }
    }
}
