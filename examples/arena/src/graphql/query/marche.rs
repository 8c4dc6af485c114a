//! The market: one book per item.

use aether_core::uuid::Uuid;
use aether_game::economie::TypeOrdre;
use aether_game::values::ItemId;
use async_graphql::{Context, Enum, Object};
use axum::Json;
use serde::Serialize;

use super::{Found, found};
use crate::cursor::Liste;
use crate::graphql::caller::Caller;
use crate::graphql::limits::{STATEMENT, list};
use crate::graphql::liste::page;
use crate::graphql::loaders::Loaders;
use crate::request::{InPath, InQuery};
use crate::rest::marche;
use crate::view::item::ItemVu;
use crate::view::marche::{NiveauVu, PrixVu};

#[derive(Default)]
pub(in crate::graphql) struct Marches;

#[Object]
impl Marches {
    /// The market of an item.
    async fn marche(&self, item: Uuid) -> Marche {
        Marche(item.into())
    }
}

/// The market of an item.
pub(in crate::graphql) struct Marche(ItemId);

#[Object]
impl Marche {
    async fn item_id(&self) -> Uuid {
        self.0.as_uuid()
    }

    /// The item.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn item(&self, context: &Context<'_>) -> Found<ItemVu> {
        found(async {
            let found = Loaders::here(context)?.items.load_one(self.0).await?;
            Ok(found.map(ItemVu::of))
        })
        .await
    }

    /// The prices: the last one, those of 24 hours, and hour by hour.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn prix(&self, context: &Context<'_>) -> Found<PrixVu> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let Json(price) = marche::price::price(app, InPath(self.0), after).await?;
            Ok(Some(price))
        })
        .await
    }

    /// One side of the book by price, the best first.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn profondeur(
        &self,
        context: &Context<'_>,
        cote: Cote,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<NiveauVu>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let side = InQuery(marche::depth::Side { cote: cote.into() });
            let page = InQuery(page(limite, curseur));
            let depth = marche::depth::depth(app, InPath(self.0), side, page, after);
            let Json(depth) = depth.await?;
            Ok(Some(depth))
        })
        .await
    }
}

/// A side of a book.
#[derive(Enum, Serialize, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "TypeOrdre")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::graphql) enum Cote {
    /// Somebody sells.
    Vente,
    /// Somebody buys.
    Achat,
}
