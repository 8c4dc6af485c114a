//! `GET /exploitation/causes/{correlation}`: what followed from one request.

use aether_core::Filter;
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::uuid::Uuid;
use axum::Json;
use axum::extract::State;

use super::acte::Observer;
use super::evenement::EvenementDuJournal;
use crate::app::App;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;

/// Events of a tree at most.
const MOST: usize = 1000;

/// What followed from one request, in the order of the log; `causeId` makes a tree of it. The first 1000 events.
#[utoipa::path(
    get, path = "/exploitation/causes/{correlation}", tag = "exploitation", params(("correlation" = Uuid, Path)),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the events", body = Vec<EvenementDuJournal>),
        (status = 404, description = "nothing followed from it", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn causes(
    State(app): State<App>,
    observer: Observer,
    InPath(correlation): InPath<Uuid>,
) -> Result<Json<Vec<EvenementDuJournal>>, Problem> {
    let mut read = Read::all().filter(Filter::all().correlation(correlation));
    let mut found = vec![];
    loop {
        let page = app.store().read(read.clone()).await?;
        found.extend(
            page.events.iter().map(|it| EvenementDuJournal::of(it, observer.sees_payloads())),
        );
        if page.caught_up || found.len() >= MOST {
            break;
        }
        read = read.after(page.position);
    }
    found.truncate(MOST);
    if found.is_empty() { Err(Problem::new(Code::UNKNOWN)) } else { Ok(Json(found)) }
}
