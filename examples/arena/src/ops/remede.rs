//! `POST /exploitation/lettres/{projection}/{position}`: has a failed event handled again, or left out.

use aether_core::Position;
use aether_core::projection::Remedy;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::acte::note;
use super::lettres::LettreVue;
use crate::app::App;
use crate::problem::{Problem, Written};
use crate::request::{Command, InPath};

/// What to do with it, and why.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Remede {
    ordre: Ordre,
    /// Why.
    #[schema(min_length = 1)]
    raison: String,
}

/// What to do with a letter.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Ordre {
    /// Handle it again.
    Reessayer,
    /// Leave it out for good.
    Ecarter,
}

/// Has a failed event handled again, or left out. The nodes that run the projection carry it out.
#[utoipa::path(
    post, path = "/exploitation/lettres/{projection}/{position}", tag = "exploitation", request_body = Remede,
    params(("projection" = String, Path), ("position" = u64, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "ordered", body = LettreVue),
        (status = 404, description = "there is no such letter, or it waits for another one", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remede(
    State(app): State<App>,
    InPath((projection, position)): InPath<(String, u64)>,
    Command { holder, body, context }: Command<Remede>,
) -> Result<Json<LettreVue>, Problem> {
    let Remede { ordre, raison } = body;
    let sujet = format!("{projection}:{position}");
    note(&app, &holder.0, &context, ordre.name(), sujet, raison).await?;
    let position = Position::new(position);
    let letter = app.host().order_dead_letter(&projection, position, ordre.remedy()).await?;
    Ok(Json(LettreVue::of(letter)))
}

impl Ordre {
    const fn name(self) -> &'static str {
        match self {
            Self::Reessayer => "REESSAYER",
            Self::Ecarter => "ECARTER",
        }
    }

    const fn remedy(self) -> Remedy {
        match self {
            Self::Reessayer => Remedy::Retry,
            Self::Ecarter => Remedy::Skip,
        }
    }
}
