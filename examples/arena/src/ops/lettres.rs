//! `GET /exploitation/lettres`: events that projections could not handle.

use aether_postgres::{Letters, ParkedEvent};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::acte::Observer;
use crate::app::App;
use crate::problem::{Problem, Written};

/// Letters that are shown.
const MOST: u32 = 200;

/// An event that a projection could not handle, or that waits behind one of the same aggregate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LettreVue {
    projection: String,
    position: u64,
    #[serde(rename = "type")]
    kind: String,
    type_agregat: String,
    agregat_id: aether_core::uuid::Uuid,
    version: u32,
    #[schema(example = "failed")]
    etat: String,
    /// Whether an operator can retry or skip it.
    ouverte: bool,
    erreur: Option<String>,
    essais: u32,
    depuis: DateTime<Utc>,
}

/// Events that projections could not handle, by projection and position: the first 200.
#[utoipa::path(
    get, path = "/exploitation/lettres", tag = "exploitation", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the letters", body = Vec<LettreVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn lettres(
    State(app): State<App>,
    _: Observer,
) -> Result<Json<Vec<LettreVue>>, Problem> {
    let letters = app.host().dead_letters(&Letters::default().limit(MOST)).await?;
    Ok(Json(letters.into_iter().map(LettreVue::of).collect()))
}

impl LettreVue {
    pub(super) fn of(parked: ParkedEvent) -> Self {
        let ParkedEvent { projection, letter, .. } = parked;
        Self {
            projection,
            position: letter.position.get(),
            kind: letter.event_type.to_string(),
            type_agregat: letter.stream.aggregate_type.to_string(),
            agregat_id: letter.stream.aggregate_id.as_uuid(),
            version: letter.version.get(),
            etat: letter.state.to_string(),
            ouverte: letter.state.can_be_ordered(),
            erreur: letter.error,
            essais: letter.attempts,
            depuis: letter.parked_at,
        }
    }
}
