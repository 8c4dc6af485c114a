//! `GET /exploitation/actes`: who did what in the console.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::acte::Observer;
use super::console::{Console, ConsoleEvent, ConsoleId};
use crate::app::App;
use crate::problem::{Problem, Written};

/// Acts that are shown.
const MOST: usize = 100;

/// An act of an operator.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActeVu {
    #[schema(example = "PAUSE")]
    acte: String,
    sujet: String,
    raison: String,
    /// The account that decided.
    acteur: String,
    quand: DateTime<Utc>,
}

/// Who did what in the console, the newest first: the last 100.
#[utoipa::path(
    get, path = "/exploitation/actes", tag = "exploitation", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the acts", body = Vec<ActeVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn actes(
    State(app): State<App>,
    _: Observer,
) -> Result<Json<Vec<ActeVu>>, Problem> {
    let history = app.engine().history::<Console>(ConsoleId::UNIQUE).await?;
    let last = history.into_iter().rev().take(MOST).map(|recorded| {
        let quand = recorded.timestamp;
        let ConsoleEvent::ActeDecide { acte, sujet, raison, acteur } = recorded.event;
        ActeVu { acte, sujet, raison, acteur, quand }
    });
    Ok(Json(last.collect()))
}
