//! What a player does with a quest: accept it, finish it, give it up.

use std::collections::BTreeSet;

use aether_core::Context;
use aether_game::joueur::Joueur;
use aether_game::quete::{Accepter, Progres, ProgresCommand, Quete};
use aether_game::values::{JoueurId, ProgresId, QueteId};
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::problem::{Code, Problem, Written};
use crate::request::{Command, InPath, Nothing};
use crate::{etag, position};

/// Accepts a quest.
#[utoipa::path(
    post, path = "/quetes/{id}/accepter", tag = "quetes", request_body = Nothing,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "accepted", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn accept(
    State(app): State<App>,
    InPath(id): InPath<QueteId>,
    Command { holder, context, body: Nothing {} }: Command<Nothing>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let player = holder.0.player;
    let quete = app.engine().find::<Quete>(id).await?;
    let quete = quete.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    let joueur = app.engine().load::<Joueur>(player).await?;
    let asked = Accepter::new(&quete.state, player, joueur.state.niveau());
    let mut asked = asked.map_err(|error| Problem::refused(&error))?;
    asked.quetes_terminees = finished(&app, &asked, player).await?;
    execute(&app, &context, (id, player), ProgresCommand::Accepter(Box::new(asked))).await
}

/// Finishes a quest; what it pays is handed over at once after it.
#[utoipa::path(
    post, path = "/quetes/{id}/terminer", tag = "quetes", request_body = Nothing,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "finished", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn finish(
    State(app): State<App>,
    InPath(id): InPath<QueteId>,
    Command { holder, context, body: Nothing {} }: Command<Nothing>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let player = holder.0.player;
    let tentative = attempt(&app, id, player).await?;
    execute(&app, &context, (id, player), ProgresCommand::Terminer { tentative }).await
}

/// Gives a quest up.
#[utoipa::path(
    post, path = "/quetes/{id}/abandonner", tag = "quetes", request_body = Nothing,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "given up", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn give_up(
    State(app): State<App>,
    InPath(id): InPath<QueteId>,
    Command { holder, context, body: Nothing {} }: Command<Nothing>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let player = holder.0.player;
    let tentative = attempt(&app, id, player).await?;
    execute(&app, &context, (id, player), ProgresCommand::Abandonner { tentative }).await
}

/// Those of the quests asked for before that the player has finished. Finished is finished: they can be read before.
async fn finished(
    app: &App,
    asked: &Accepter,
    player: JoueurId,
) -> Result<BTreeSet<QueteId>, Problem> {
    let mut finished = BTreeSet::new();
    for quete in &asked.fiche().pre_requis.quetes {
        let progres = app.engine().find::<Progres>(ProgresId::du_joueur(*quete, player)).await?;
        if progres.unwrap_or_default().state.fois_terminee() > 0 {
            finished.insert(*quete);
        }
    }
    Ok(finished)
}

async fn attempt(app: &App, quete: QueteId, player: JoueurId) -> Result<u32, Problem> {
    let progres = app.engine().find::<Progres>(ProgresId::du_joueur(quete, player)).await?;
    Ok(progres.unwrap_or_default().state.tentative())
}

async fn execute(
    app: &App,
    context: &Context,
    (quete, player): (QueteId, JoueurId),
    command: ProgresCommand,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let progres = ProgresId::du_joueur(quete, player);
    let done = app.engine().execute(progres, command).with(context).await;
    let done = done.map_err(|error| Problem::of(error, context))?;
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, etag::value(done.version()));
    position::tell(&mut headers, done.position());
    Ok((StatusCode::NO_CONTENT, headers))
}
