//! `GET /exploitation/journal`: the log, the newest events first.

use std::collections::VecDeque;

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, Error, Filter, Position, RecordedEvent};
use aether_postgres::PgStore;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::acte::Observer;
use super::evenement::EvenementDuJournal;
use crate::app::App;
use crate::problem::{Problem, Written};
use crate::request::InQuery;

/// Positions that are looked at first; each further look goes four times as far.
const FIRST_SPAN: u64 = 1000;
/// Looks of one request: together a good million positions.
const LOOKS: usize = 6;
const DEFAULT: usize = 50;
const MOST: usize = 100;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Cherche {
    /// Events of this type.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Events of aggregates of this type.
    type_agregat: Option<String>,
    /// Events of this aggregate.
    agregat: Option<Uuid>,
    /// What followed from this request.
    correlation: Option<Uuid>,
    /// Events up to this position: the `suivant` of the page before.
    jusqua: Option<u64>,
    /// How many, 1 to 100.
    limite: Option<usize>,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Journal {
    elements: Vec<EvenementDuJournal>,
    /// Up to where the next page goes; none at the beginning of the log. A page may have few events, or none, and a next one all the same.
    suivant: Option<u64>,
}

/// The log, the newest events first.
#[utoipa::path(
    get, path = "/exploitation/journal", tag = "exploitation", params(Cherche), security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "a page", body = Journal),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn journal(
    State(app): State<App>,
    observer: Observer,
    InQuery(asked): InQuery<Cherche>,
) -> Result<Json<Journal>, Problem> {
    let end = app.store().horizon().await?;
    let until = asked.jusqua.map_or(end, |it| Position::new(it.min(end.get())));
    let wanted = asked.limite.unwrap_or(DEFAULT).clamp(1, MOST);
    let (events, next) = back(app.store(), &asked.filter(), until, wanted).await?;
    let sees = observer.sees_payloads();
    let elements = events.iter().map(|event| EvenementDuJournal::of(event, sees)).collect();
    Ok(Json(Journal { elements, suivant: next }))
}

impl Cherche {
    fn filter(&self) -> Filter {
        let filter = Filter::all()
            .event_types(self.kind.clone())
            .aggregate_types(self.type_agregat.clone())
            .aggregates(self.agregat.map(AggregateId::new));
        match self.correlation {
            Some(id) => filter.correlation(id),
            None => filter,
        }
    }
}

/// The last events up to a position, the newest first, and where to look next. Looks back over growing spans.
async fn back(
    store: &PgStore,
    filter: &Filter,
    mut until: Position,
    wanted: usize,
) -> Result<(Vec<RecordedEvent>, Option<u64>), Error> {
    let mut found = vec![];
    let mut span = FIRST_SPAN;
    for _ in 0..LOOKS {
        let from = Position::new(until.get().saturating_sub(span));
        found.extend(last(store, filter, from, until, wanted - found.len()).await?);
        if found.len() == wanted {
            let next = found.last().map(|event: &RecordedEvent| event.position.get() - 1);
            return Ok((found, next.filter(|next| *next > 0)));
        }
        if from == Position::START {
            return Ok((found, None));
        }
        until = from;
        span = span.saturating_mul(4);
    }
    Ok((found, Some(until.get())))
}

/// The last events of a span, the newest first.
async fn last(
    store: &PgStore,
    filter: &Filter,
    from: Position,
    until: Position,
    wanted: usize,
) -> Result<Vec<RecordedEvent>, Error> {
    let mut found = VecDeque::new();
    let mut read = Read::all().after(from).until(until).filter(filter.clone());
    loop {
        let page = store.read(read.clone()).await?;
        found.extend(page.events);
        found.drain(..found.len().saturating_sub(wanted));
        if page.caught_up || page.position >= until {
            return Ok(found.into_iter().rev().collect());
        }
        read = read.after(page.position);
    }
}
