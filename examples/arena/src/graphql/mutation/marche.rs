//! Orders of the market.

use aether_core::uuid::Uuid;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;

use super::{Accompli, Found, found};
use crate::graphql::caller::{Caller, Named};
use crate::graphql::limits::STATEMENT;
use crate::graphql::query::Cote;
use crate::position;
use crate::request::InPath;
use crate::rest::marche::cancel::cancel;
use crate::rest::marche::order::order;

#[derive(Default)]
pub(in crate::graphql) struct ActesDeMarche;

#[Object]
impl ActesDeMarche {
    /// Places an order: goods or gold are set aside in the append that places it.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn placer_ordre(
        &self,
        context: &Context<'_>,
        item: Uuid,
        ordre: Demande,
        cle: Option<String>,
    ) -> Found<OrdrePlace> {
        found(async {
            let caller = Caller::of(context)?;
            let path = format!("/marche/{item}/ordres");
            let command = caller.command(["POST", &path], Named::by(cle), &ordre).await?;
            let placed =
                Box::pin(order(State(caller.app.clone()), InPath(item.into()), command)).await?;
            let (_, headers, Json(placed)) = placed;
            let ordre_id = placed.ordre_id.as_uuid();
            Ok(Some(OrdrePlace { ordre_id, position: position::told(&headers) }))
        })
        .await
    }

    /// Withdraws an own order: goods or gold come back, into a parcel where bag or purse are full.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn annuler_ordre(
        &self,
        context: &Context<'_>,
        item: Uuid,
        ordre: Uuid,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let caller = Caller::of(context)?;
            let path = format!("/marche/{item}/ordres/{ordre}");
            let command = caller.command(["DELETE", &path], Named::by(cle), &json!({})).await?;
            let place = InPath((item.into(), ordre.into()));
            let (_, headers) = Box::pin(cancel(State(caller.app.clone()), place, command)).await?;
            Ok(Some(Accompli::of(&headers)))
        })
        .await
    }
}

/// What is offered or asked for.
#[derive(InputObject, Serialize)]
struct Demande {
    /// The side.
    cote: Cote,
    /// How many pieces, 1 to 9,999.
    quantite: i64,
    /// The least that a seller takes, or the most that a buyer pays, for a piece: 1 to 1,000,000,000.
    prix: i64,
    /// How long it stands, in seconds: an hour to 30 days.
    duree: u32,
}

/// An order that was placed.
#[derive(SimpleObject)]
struct OrdrePlace {
    ordre_id: Uuid,
    /// Where it stands in the log: what `Aether-After` takes.
    position: Option<String>,
}
