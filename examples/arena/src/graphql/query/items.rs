//! The catalogue.

use aether_core::uuid::Uuid;
use aether_game::item::{Rarete, TypeItem};
use aether_game::values::Nom;
use async_graphql::{Context, Enum, Object};
use axum::Json;

use super::{Found, found};
use crate::cursor::Liste;
use crate::graphql::caller::Caller;
use crate::graphql::limits::{STATEMENT, list};
use crate::graphql::liste::page;
use crate::graphql::loaders::Loaders;
use crate::problem::{Code, Problem};
use crate::request::InQuery;
use crate::rest::items::list::{Looked, list as catalogue};
use crate::view::item::ItemVu;

#[derive(Default)]
pub(in crate::graphql) struct Items;

#[Object]
impl Items {
    /// An item, be it withdrawn or not.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn item(&self, context: &Context<'_>, id: Uuid) -> Found<ItemVu> {
        found(async {
            let found = Loaders::here(context)?.items.load_one(id.into()).await?;
            found.map(|item| Some(ItemVu::of(item))).ok_or_else(|| Problem::new(Code::UNKNOWN))
        })
        .await
    }

    /// The catalogue by level, then by name: items of a kind, so rare, whose name begins so.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn items(
        &self,
        context: &Context<'_>,
        #[graphql(name = "type")] kind: Option<Genre>,
        rarete: Option<DegreDeRarete>,
        nom: Option<String>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<ItemVu>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let nom = nom.as_deref().map(Nom::new).transpose();
            let nom = nom.map_err(|error| Problem::new(Code::PARAMETER).detail(error))?;
            let looked =
                Looked { kind: kind.map(TypeItem::from), rarete: rarete.map(Rarete::from), nom };
            let page = InQuery(page(limite, curseur));
            let Json(items) = catalogue(app, InQuery(looked), page, after).await?;
            Ok(Some(items))
        })
        .await
    }
}

/// The kind of an item.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "TypeItem", remote = "TypeItem")]
enum Genre {
    /// A weapon.
    Arme,
    /// Whatever is worn.
    Armure,
    /// It is used up.
    Consommable,
    /// Things are made of it.
    Materiau,
    /// It belongs to a quest.
    Quete,
    /// Anything else.
    Autre,
}

/// How rare an item is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "Rarete", remote = "Rarete")]
enum DegreDeRarete {
    /// Common.
    Commun,
    /// Rare.
    Rare,
    /// Epic.
    Epique,
    /// Legendary.
    Legendaire,
    /// Mythical.
    Mythique,
}
