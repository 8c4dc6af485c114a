//! The world.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Object};
use axum::Json;

use super::{Found, found};
use crate::graphql::caller::Caller;
use crate::graphql::limits::{STATEMENT, list};
use crate::request::InPath;
use crate::rest::monde;
use crate::view::monde::{MondeVu, ZoneVue};

#[derive(Default)]
pub(in crate::graphql) struct Mondes;

#[Object]
impl Mondes {
    /// The world: its clock, its events, its bosses, its zones.
    #[graphql(complexity = "list(Some(20), child_complexity)")]
    async fn monde(&self, context: &Context<'_>) -> Found<MondeVu> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let Json(world) = monde::show::show(app, after).await?;
            Ok(Some(world))
        })
        .await
    }

    /// The zones that somebody has found.
    #[graphql(complexity = "list(Some(50), child_complexity)")]
    async fn zones(&self, context: &Context<'_>) -> Found<Vec<ZoneVue>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let Json(zones) = monde::zone::list(app, after).await?;
            Ok(Some(zones))
        })
        .await
    }

    /// A zone that somebody has found.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn zone(&self, context: &Context<'_>, id: Uuid) -> Found<ZoneVue> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let Json(zone) = monde::zone::show(app, InPath(id), after).await?;
            Ok(Some(zone))
        })
        .await
    }
}
