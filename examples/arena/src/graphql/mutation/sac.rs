//! What a player does with the own bag.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Enum, InputObject, Object};
use axum::extract::State;
use serde::Serialize;

use super::{Accompli, Found, found};
use crate::graphql::caller::{Caller, Named};
use crate::graphql::limits::STATEMENT;
use crate::request::InPath;
use crate::rest::joueurs::bag_verbs::{consume, take_off, wear};

#[derive(Default)]
pub(in crate::graphql) struct ActesDeSac;

#[Object]
impl ActesDeSac {
    /// Uses something up, outside of a combat.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn utiliser(
        &self,
        context: &Context<'_>,
        objet: Utiliser,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let caller = Caller::of(context)?;
            let player = caller.holder()?.0.player;
            let path = format!("/joueurs/{player}/inventaire/utiliser");
            let command = caller.command(["POST", &path], Named::by(cle), &objet).await?;
            let done =
                Box::pin(consume(State(caller.app.clone()), InPath(player), command)).await?;
            Ok(Some(Accompli::of(&done.1)))
        })
        .await
    }

    /// Puts a piece on. What is worn there is taken off.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn equiper(
        &self,
        context: &Context<'_>,
        piece: Equiper,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let caller = Caller::of(context)?;
            let player = caller.holder()?.0.player;
            let path = format!("/joueurs/{player}/inventaire/equiper");
            let command = caller.command(["POST", &path], Named::by(cle), &piece).await?;
            let done = Box::pin(wear(State(caller.app.clone()), InPath(player), command)).await?;
            Ok(Some(Accompli::of(&done.1)))
        })
        .await
    }

    /// Takes off what is worn in a place.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn retirer(
        &self,
        context: &Context<'_>,
        emplacement: Place,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let caller = Caller::of(context)?;
            let player = caller.holder()?.0.player;
            let path = format!("/joueurs/{player}/inventaire/retirer");
            let body = Retirer { emplacement };
            let command = caller.command(["POST", &path], Named::by(cle), &body).await?;
            let done =
                Box::pin(take_off(State(caller.app.clone()), InPath(player), command)).await?;
            Ok(Some(Accompli::of(&done.1)))
        })
        .await
    }
}

/// What is used up.
#[derive(InputObject, Serialize)]
#[graphql(name = "UtiliserSlot")]
#[serde(rename_all = "camelCase")]
struct Utiliser {
    slot_id: Uuid,
    /// How many pieces, 1 to 9,999.
    quantite: i64,
}

/// What is put on, and where.
#[derive(InputObject, Serialize)]
#[graphql(name = "EquiperSlot")]
#[serde(rename_all = "camelCase")]
struct Equiper {
    slot_id: Uuid,
    emplacement: Place,
}

#[derive(Serialize)]
struct Retirer {
    emplacement: Place,
}

/// Where something is worn.
#[derive(Enum, Serialize, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "Emplacement")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Place {
    Tete,
    Torse,
    Jambes,
    Pieds,
    Mains,
    ArmePrincipale,
    ArmeSecondaire,
    Dos,
    Cou,
    #[graphql(name = "DOIGT_1")]
    #[serde(rename = "DOIGT_1")]
    Doigt1,
    #[graphql(name = "DOIGT_2")]
    #[serde(rename = "DOIGT_2")]
    Doigt2,
    #[graphql(name = "ACCESSOIRE_1")]
    #[serde(rename = "ACCESSOIRE_1")]
    Accessoire1,
    #[graphql(name = "ACCESSOIRE_2")]
    #[serde(rename = "ACCESSOIRE_2")]
    Accessoire2,
}
