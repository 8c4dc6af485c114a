//! `GET /exploitation/agregats/{id}`: one aggregate, its events, and its state at a version.

use aether_core::AggregateId;
use aether_core::backend::EventStore as _;
use aether_core::log::{Load, Until};
use aether_core::uuid::Uuid;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::acte::Observer;
use super::evenement::{EvenementDuJournal, masked};
use crate::app::App;
use crate::problem::{Code, Problem, Written};
use crate::request::{InPath, InQuery};

/// Events that an answer has at most: the last ones up to the version.
const MOST: usize = 500;

/// As of when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Quand {
    /// As of this version.
    version: Option<u32>,
    /// As of this time, where no version is named.
    moment: Option<DateTime<Utc>>,
}

/// An aggregate as it was.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgregatVu {
    agregat_id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    /// The version that is shown.
    version: u32,
    /// The newest one.
    derniere_version: u32,
    premier_a: DateTime<Utc>,
    dernier_a: DateTime<Utc>,
    archive: bool,
    evenements: Vec<EvenementDuJournal>,
    /// The state before the last of those events, for comparison; none where this program does not know the type.
    etat_avant: Option<Value>,
    etat: Option<Value>,
}

/// One aggregate, its events up to a version or a time, and its state then.
#[utoipa::path(
    get, path = "/exploitation/agregats/{id}", tag = "exploitation", params(("id" = Uuid, Path), Quand),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the aggregate", body = AgregatVu),
        (status = 404, description = "no aggregate has this id, or it was not there yet", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn agregat(
    State(app): State<App>,
    observer: Observer,
    InPath(id): InPath<Uuid>,
    InQuery(asked): InQuery<Quand>,
) -> Result<Json<AgregatVu>, Problem> {
    let unknown = || Problem::new(Code::UNKNOWN);
    let head = app.store().stream_head(AggregateId::new(id)).await?.ok_or_else(unknown)?;
    let until = match asked {
        Quand { version: Some(version), .. } => {
            Until::Version(aether_core::Version::new(version.clamp(1, head.version.get())))
        }
        Quand { moment: Some(moment), .. } => Until::Time(moment),
        _ => Until::Now,
    };
    let load = Load::stream(head.stream.clone()).until(until);
    let events = app.store().load(load).await?.events;
    let kind = &head.stream.aggregate_type;
    let (last, before) = events.split_last().ok_or_else(unknown)?;
    let sees = observer.sees_payloads();
    let shown = |state: Option<Value>| if sees { state } else { state.map(masked) };
    let etat_avant = shown(app.host().state(kind, before)?);
    let etat = shown(app.host().state(kind, &events)?);
    let first = events.len().saturating_sub(MOST);
    let listed = events.iter().skip(first);
    Ok(Json(AgregatVu {
        agregat_id: id,
        kind: kind.to_string(),
        version: last.version.get(),
        derniere_version: head.version.get(),
        premier_a: head.first_event_at,
        dernier_a: head.last_event_at,
        archive: head.archived,
        evenements: listed.map(|event| EvenementDuJournal::of(event, sees)).collect(),
        etat_avant,
        etat,
    }))
}
