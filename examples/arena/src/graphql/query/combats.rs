//! Combats, and what was done in them.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Object};
use axum::Json;
use axum::extract::State;

use super::{Found, found};
use crate::cursor::Liste;
use crate::graphql::caller::Caller;
use crate::graphql::limits::{STATEMENT, list};
use crate::graphql::liste::page;
use crate::request::{InPath, InQuery};
use crate::rest::combats;
use crate::view::action::ActionVue;
use crate::view::combat::{CombatEnCoursVu, CombatVu};

#[derive(Default)]
pub(in crate::graphql) struct Combats;

#[Object]
impl Combats {
    /// A combat, as it is now.
    #[graphql(complexity = "STATEMENT + 6 * child_complexity")]
    async fn combat(&self, context: &Context<'_>, id: Uuid) -> Found<CombatVu> {
        found(async {
            let Caller { app, who, .. } = Caller::of(context)?.clone();
            let (_, Json(combat)) = combats::show::show(State(app), who, InPath(id.into())).await?;
            Ok(Some(combat))
        })
        .await
    }

    /// The combats that go on in a zone, the oldest first.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn combats(
        &self,
        context: &Context<'_>,
        zone: Uuid,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<CombatEnCoursVu>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let zone = InQuery(combats::list::Where { zone: zone.into() });
            let page = InQuery(page(limite, curseur));
            let Json(combats) = combats::list::list(app, zone, page, after).await?;
            Ok(Some(combats))
        })
        .await
    }

    /// What was done in a combat, the newest first.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn actions(
        &self,
        context: &Context<'_>,
        combat: Uuid,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<ActionVue>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let page = InQuery(page(limite, curseur));
            let actions = combats::actions::actions(app, InPath(combat.into()), page, after);
            let Json(actions) = actions.await?;
            Ok(Some(actions))
        })
        .await
    }
}
