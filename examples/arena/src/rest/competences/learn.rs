//! `POST /competences/{id}/apprendre`: learns a skill.

use std::collections::BTreeMap;

use aether_game::competence::apprentissage::unites;
use aether_game::competence::{Apprendre, Apprentissage, Competence};
use aether_game::joueur::Joueur;
use aether_game::values::{ApprentissageId, CompetenceId, JoueurId, NiveauCompetence};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::position;
use crate::problem::{Code, Problem, Written};
use crate::request::{Command, InPath, Nothing};

/// Learns a skill, for skill points.
#[utoipa::path(
    post, path = "/competences/{id}/apprendre", tag = "competences", request_body = Nothing,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "learned", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn learn(
    State(app): State<App>,
    InPath(id): InPath<CompetenceId>,
    Command { holder, context, body: Nothing {} }: Command<Nothing>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let player = holder.0.player;
    let competence = app.engine().find::<Competence>(id).await?;
    let competence = competence.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    let joueur = app.engine().load::<Joueur>(player).await?;
    let asked = Apprendre::new(&competence.state, player, joueur.state.niveau());
    let mut asked = asked.map_err(|error| Problem::refused(&error))?;
    asked.apprises = learned(&app, &asked, player).await?;
    let unit = unites::apprendre(app.engine(), context.clone(), asked);
    let done = unit.commit().await.map_err(|error| Problem::of_unit(error, &context))?;
    let mut headers = HeaderMap::new();
    position::tell(&mut headers, done.position());
    Ok((StatusCode::NO_CONTENT, headers))
}

/// The skills asked for before, as far as the player has learned them. Levels never fall: they can be read before.
async fn learned(
    app: &App,
    asked: &Apprendre,
    player: JoueurId,
) -> Result<BTreeMap<CompetenceId, NiveauCompetence>, Problem> {
    let mut learned = BTreeMap::new();
    for requise in &asked.fiche().pre_requis.competences {
        let id = ApprentissageId::du_joueur(requise.competence_id, player);
        let known = app.engine().find::<Apprentissage>(id).await?.unwrap_or_default();
        if let Some(niveau) = known.state.niveau() {
            learned.insert(requise.competence_id, niveau);
        }
    }
    Ok(learned)
}
