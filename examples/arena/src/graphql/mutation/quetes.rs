//! Quests and skills: accepted, finished, given up, learned.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Object};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{Accompli, Found, found};
use crate::graphql::caller::{Caller, Named};
use crate::graphql::limits::STATEMENT;
use crate::problem::Problem;
use crate::request::{Command, InPath, Nothing};
use crate::rest::competences::learn::learn;
use crate::rest::quetes::verbs::{accept, finish, give_up};

#[derive(Default)]
pub(in crate::graphql) struct ActesDeQuete;

#[Object]
impl ActesDeQuete {
    /// Accepts a quest.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn accepter_quete(
        &self,
        context: &Context<'_>,
        id: Uuid,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let (caller, command) = plain(context, format!("/quetes/{id}/accepter"), cle).await?;
            done(Box::pin(accept(State(caller.app.clone()), InPath(id.into()), command)).await)
        })
        .await
    }

    /// Finishes a quest; what it pays is handed over at once after it.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn terminer_quete(
        &self,
        context: &Context<'_>,
        id: Uuid,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let (caller, command) = plain(context, format!("/quetes/{id}/terminer"), cle).await?;
            done(Box::pin(finish(State(caller.app.clone()), InPath(id.into()), command)).await)
        })
        .await
    }

    /// Gives a quest up.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn abandonner_quete(
        &self,
        context: &Context<'_>,
        id: Uuid,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let (caller, command) = plain(context, format!("/quetes/{id}/abandonner"), cle).await?;
            done(Box::pin(give_up(State(caller.app.clone()), InPath(id.into()), command)).await)
        })
        .await
    }

    /// Learns a skill, for skill points.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn apprendre_competence(
        &self,
        context: &Context<'_>,
        id: Uuid,
        cle: Option<String>,
    ) -> Found<Accompli> {
        found(async {
            let (caller, command) =
                plain(context, format!("/competences/{id}/apprendre"), cle).await?;
            done(Box::pin(learn(State(caller.app.clone()), InPath(id.into()), command)).await)
        })
        .await
    }
}

/// A command that needs no more words than its address.
async fn plain<'a>(
    context: &Context<'a>,
    path: String,
    cle: Option<String>,
) -> Result<(&'a Caller, Command<Nothing>), Problem> {
    let caller = Caller::of(context)?;
    let command = caller.command(["POST", &path], Named::by(cle), &json!({})).await?;
    Ok((caller, command))
}

fn done(done: Result<(StatusCode, HeaderMap), Problem>) -> Result<Option<Accompli>, Problem> {
    done.map(|(_, headers)| Some(Accompli::of(&headers)))
}
