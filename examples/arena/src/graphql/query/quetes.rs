//! Quests.

use async_graphql::{Context, Object};
use axum::Json;

use super::{Found, found};
use crate::graphql::caller::Caller;
use crate::graphql::limits::list;
use crate::rest::quetes;
use crate::view::quete::QueteVue;

#[derive(Default)]
pub(in crate::graphql) struct Quetes;

#[Object]
impl Quetes {
    /// The quests that the own player may accept now, the easiest first: 100 at most.
    #[graphql(complexity = "list(None, child_complexity)")]
    async fn quetes(&self, context: &Context<'_>) -> Found<Vec<QueteVue>> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let (app, after) = caller.read();
            let Json(quests) = quetes::list::list(app, holder, after).await?;
            Ok(Some(quests))
        })
        .await
    }
}
