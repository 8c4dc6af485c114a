//! The catalogue.

use std::ops::RangeInclusive;

use aether_postgres::Error;
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::item::{Rarete, TypeItem};
use crate::read_models::Item;
use crate::values::{ItemId, Niveau, Nom};

/// What items are looked for by. The default finds all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiltreItems {
    /// Items of this kind.
    pub type_item: Option<TypeItem>,
    /// Items that are so rare.
    pub rarete: Option<Rarete>,
    /// Items that can be used or worn from one of these levels on.
    pub niveaux: Option<RangeInclusive<Niveau>>,
    /// How the name begins, in capital or small letters.
    pub nom: Option<Nom>,
}

/// A place in the catalogue: what it is ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceItem {
    /// The level that it asks for.
    pub niveau_requis: Niveau,
    /// The name.
    pub nom: Nom,
    /// The item.
    pub item_id: ItemId,
}

impl From<&Item> for PlaceItem {
    fn from(item: &Item) -> Self {
        let Item { niveau_requis, item_id, .. } = *item;
        Self { niveau_requis, nom: item.nom.clone(), item_id }
    }
}

/// An item, be it withdrawn or not; none if the table does not know it (yet).
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn item(pool: &PgPool, item: ItemId) -> Result<Option<Item>, Error> {
    Ok(items_par_id(pool, vec![item]).await?.pop())
}

/// These items, be they withdrawn or not, in no order; those that the table does not know (yet) are left out. One statement, however
/// many they are.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn items_par_id(pool: &PgPool, items: Vec<ItemId>) -> Result<Vec<Item>, Error> {
    let items: Vec<_> = items.into_iter().map(ItemId::as_uuid).collect();
    ask(include_str!("sql/items_par_id.sql")).with(items).all(pool).await
}

/// Items of the catalogue by level, then by name, then by id, at most `limit`: those after a place, or the first ones. Withdrawn ones
/// are left out.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn items(
    pool: &PgPool,
    filtre: &FiltreItems,
    apres: Option<PlaceItem>,
    limit: u32,
) -> Result<Vec<Item>, Error> {
    let niveaux = filtre.niveaux.clone().unwrap_or(Niveau::MIN..=Niveau::MAX);
    let debut = filtre.nom.as_ref().map_or("", Nom::as_str).to_owned();
    let niveau = apres.as_ref().map_or(*niveaux.start(), |it| it.niveau_requis);
    let item_id = apres.as_ref().map(|it| it.item_id.as_uuid()).unwrap_or_default();
    let nom = apres.map_or(String::new(), |it| it.nom.into());
    ask(include_str!("sql/items.sql"))
        .with(filtre.type_item.map(TypeItem::as_str))
        .with(filtre.rarete.map(Rarete::as_str))
        .with(debut)
        .with(i32::from(niveau.get()))
        .with(nom)
        .with(item_id)
        .with(i32::from(niveaux.end().get()))
        .limit(limit)
        .planned_anew()
        .all(pool)
        .await
}

/// An item, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ItemPopulaire {
    /// The item.
    pub item_id: ItemId,
    /// Its name.
    pub nom: Nom,
    /// Its kind.
    pub type_item: TypeItem,
    /// How rare it is.
    pub rarete: Rarete,
    /// How many players have it in their bags.
    pub nb_possesseurs: u32,
    /// How many pieces they have together.
    pub quantite_totale: u64,
}

/// The items that most players have, as of the last refresh of their view, at most `limit`.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn items_populaires(pool: &PgPool, limit: u32) -> Result<Vec<ItemPopulaire>, Error> {
    ask(include_str!("sql/items_populaires.sql")).limit(limit).all(pool).await
}
