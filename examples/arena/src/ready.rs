//! Whether this node lives, and whether it is ready for requests.

use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::node::ShardState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// How long a part may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the node is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sante {
    /// Whether requests may come.
    pret: bool,
    /// Each part.
    parties: Vec<Partie>,
}

/// A part of the node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Partie {
    /// Which: `service`, `postgres`, `redis`, or `projection:{name}`.
    nom: String,
    /// Whether it is there.
    pret: bool,
    /// Whether the node can serve without it.
    requise: bool,
}

/// `GET /health/live`: a process that answers at all.
#[utoipa::path(get, path = "/health/live", tag = "exploitation", responses((status = 204, description = "it lives")))]
pub(crate) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /health/ready`: says which part is not. Without Redis a node still serves, so it stays ready.
#[utoipa::path(
    get, path = "/health/ready", tag = "exploitation",
    responses((status = 200, body = Sante), (status = 503, description = "a required part is not there", body = Sante))
)]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let (postgres, redis) = tokio::join!(postgres(&app), redis(&app));
    let mut parties = vec![
        part("service", !app.drain().is_leaving(), true),
        part("postgres", postgres, true),
        part("redis", redis, false),
    ];
    parties.extend(projections(&app).await);
    let pret = parties.iter().all(|part| part.pret || !part.requise);
    let status = if pret { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Sante { pret, parties })).into_response()
}

fn part(nom: impl Into<String>, pret: bool, requise: bool) -> Partie {
    Partie { nom: nom.into(), pret, requise }
}

async fn postgres(app: &App) -> bool {
    tokio::time::timeout(PATIENCE, app.store().end()).await.is_ok_and(|end| end.is_ok())
}

async fn redis(app: &App) -> bool {
    tokio::time::timeout(PATIENCE, app.redis().ping()).await.is_ok_and(|pong| pong.is_ok())
}

/// The projections that have stopped on this node; others may run them.
async fn projections(app: &App) -> Vec<Partie> {
    let asked = tokio::time::timeout(PATIENCE, app.node().health()).await;
    let Ok(Ok(health)) = asked else { return vec![] };
    let failed = health.shards.into_iter().filter(|it| matches!(it.state, ShardState::Failed(_)));
    failed.map(|it| part(format!("projection:{}", it.shard.projection()), false, false)).collect()
}
