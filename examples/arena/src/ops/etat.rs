//! `GET /exploitation/etat`: the end of the log, and how far each projection is.

use aether_postgres::ProjectionLag;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::acte::Observer;
use crate::app::App;
use crate::problem::{Problem, Written};

/// How things stand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Etat {
    /// Where the log ends for readers; two of them give the events per second.
    position: u64,
    maintenant: DateTime<Utc>,
    projections: Vec<ProjectionVue>,
}

/// A shard of a projection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProjectionVue {
    nom: String,
    part: i32,
    parts: i32,
    en_pause: bool,
    position: u64,
    noeud: Option<String>,
    retard: i64,
    retard_s: f64,
    lettres: i64,
    en_attente: i64,
    panne: Option<String>,
}

/// The end of the log, and how far each projection is, also of those in Redis.
#[utoipa::path(
    get, path = "/exploitation/etat", tag = "exploitation", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "how things stand", body = Etat),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn etat(State(app): State<App>, _: Observer) -> Result<Json<Etat>, Problem> {
    let position = app.store().horizon().await?.get();
    let projections = app.host().lags().await?.into_iter().map(ProjectionVue::of).collect();
    Ok(Json(Etat { position, maintenant: app.engine().now(), projections }))
}

impl ProjectionVue {
    fn of(lag: ProjectionLag) -> Self {
        Self {
            nom: lag.projection,
            part: lag.shard,
            parts: lag.shards,
            en_pause: lag.paused,
            position: lag.position.get(),
            noeud: lag.holder,
            retard: lag.lag_events,
            retard_s: lag.lag_seconds,
            lettres: lag.dead_letters,
            en_attente: lag.waiting,
            panne: lag.failure,
        }
    }
}
