//! Rankings.

use async_graphql::{Context, Object};
use axum::Json;

use super::{Found, found};
use crate::cursor::Liste;
use crate::graphql::caller::Caller;
use crate::graphql::limits::list;
use crate::graphql::liste::page;
use crate::request::InQuery;
use crate::rest::classements;
use crate::view::classement::RangVu;

#[derive(Default)]
pub(in crate::graphql) struct Classements;

#[Object]
impl Classements {
    /// Players by level, then by experience.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn classement_niveau(
        &self,
        context: &Context<'_>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<RangVu>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let page = InQuery(page(limite, curseur));
            let Json(ranks) = classements::level::level(app, page, after).await?;
            Ok(Some(ranks))
        })
        .await
    }
}
