//! Items of the catalogue: what everybody may know.

use aether_core::uuid::Uuid;
use aether_game::read_models::Item;
use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

/// An item.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Item")]
pub(crate) struct ItemVu {
    item_id: Uuid,
    nom: String,
    description: String,
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(example = "ARME")]
    kind: &'static str,
    #[schema(example = "RARE")]
    rarete: &'static str,
    niveau_requis: u8,
    valeur_or: u32,
    poids: u32,
    empilable: bool,
    stack_max: u16,
    echangeable: bool,
    destructible: bool,
    retire: bool,
}

impl ItemVu {
    pub(crate) fn of(item: Item) -> Self {
        Self {
            item_id: item.item_id.as_uuid(),
            nom: item.nom.to_string(),
            description: item.description.to_string(),
            kind: item.type_item.as_str(),
            rarete: item.rarete.as_str(),
            niveau_requis: item.niveau_requis.get(),
            valeur_or: item.valeur_or.get(),
            poids: item.poids.get(),
            empilable: item.empilable,
            stack_max: item.stack_max.get(),
            echangeable: item.echangeable,
            destructible: item.destructible,
            retire: item.retire,
        }
    }
}
