//! `POST /exploitation/projections/{nom}`: has a projection stop where it is, or continue.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acte::note;
use crate::app::App;
use crate::problem::{Problem, Written};
use crate::request::{Command, InPath};

/// Stop or continue, and why.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pause {
    en_pause: bool,
    /// Why.
    #[schema(min_length = 1)]
    raison: String,
}

/// How it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ordonnee {
    nom: String,
    en_pause: bool,
    /// Whether that changed anything.
    change: bool,
}

/// Has a projection stop where it is, or continue. Its nodes obey with their next heartbeat.
#[utoipa::path(
    post, path = "/exploitation/projections/{nom}", tag = "exploitation", request_body = Pause,
    params(("nom" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "ordered", body = Ordonnee),
        (status = 404, description = "no node has run it", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn pause(
    State(app): State<App>,
    InPath(nom): InPath<String>,
    Command { holder, body, context }: Command<Pause>,
) -> Result<Json<Ordonnee>, Problem> {
    let Pause { en_pause, raison } = body;
    let acte = if en_pause { "PAUSE" } else { "REPRISE" };
    note(&app, &holder.0, &context, acte, nom.clone(), raison).await?;
    let change = app.host().set_paused(&nom, en_pause).await?;
    Ok(Json(Ordonnee { nom, en_pause, change }))
}
