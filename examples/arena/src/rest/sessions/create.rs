//! `POST /sessions`: logs in.

use aether_game::joueur::JoueurCommand;
use aether_game::values::JoueurId;
use aether_redis::{NewSession, SessionId};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::known::{self, Known};
use crate::auth::passwords::Verdict;
use crate::auth::who::{Who, handle};
use crate::auth::{cookie, credentials, limits, sessions};
use crate::compte::{CompteId, Role};
use crate::config::Secret;
use crate::peer;
use crate::problem::{Code, Problem, Written};
use crate::request::{self, Body};

/// Who logs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Connexion {
    /// The name.
    nom: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    mot_de_passe: Secret,
    /// Keep the session in a cookie that scripts cannot read, instead of giving its token to the program.
    #[serde(default)]
    cookie: bool,
}

/// A new session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connecte {
    /// The session; it says nothing of the token.
    session_id: aether_core::uuid::Uuid,
    /// What a program sends as Bearer; none where a cookie keeps it.
    jeton: Option<String>,
    /// The account.
    #[schema(value_type = Uuid)]
    compte_id: CompteId,
    /// Its player.
    #[schema(value_type = Uuid)]
    joueur_id: JoueurId,
    /// What its holder may do.
    role: Role,
}

/// Logs in.
///
/// Each log-in is a new session; the one that the browser had before ends.
#[utoipa::path(
    post, path = "/sessions", tag = "sessions", request_body = Connexion,
    responses(
        (status = 201, description = "logged in", body = Connecte),
        (status = 401, description = "name and password do not belong together", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, HeaderMap, Json<Connecte>), Problem> {
    app.auth().limits.take(limits::LOG_IN, &peer::subject(who.address)).await?;
    let Body { value: asked, .. } = request::read::<Connexion>(&app, request).await?;
    let known = known::find(app.engine(), &asked.nom).await?;
    let name = known.as_ref().map_or_else(|| asked.nom.to_lowercase(), |it| it.id.to_string());
    app.auth().limits.take(limits::LOG_IN_NAME, &limits::short(&name)).await?;
    let (account, session) = check(&app, known, &who, asked.mot_de_passe).await?;
    if let Some(before) = &who.account {
        app.auth().sessions.revoke(&before.session).await?;
    }
    // a note for the table of players; who cannot be noted may play all the same
    if let Err(error) = app.engine().execute(account.player, JoueurCommand::Connecter).await {
        tracing::debug!(%error, "a log-in was not noted");
    }
    let mut headers = HeaderMap::new();
    if asked.cookie
        && let Some(value) = cookie::keep(&session, app.config())
    {
        headers.insert(SET_COOKIE, value);
    }
    let logged_in = Connecte {
        session_id: handle(&session),
        jeton: (!asked.cookie).then(|| session.to_string()),
        compte_id: account.id,
        joueur_id: account.player,
        role: account.role,
    };
    Ok((StatusCode::CREATED, headers, Json(logged_in)))
}

/// Compares the password, and begins the session unless all were revoked meanwhile.
async fn check(
    app: &App,
    known: Option<Known>,
    who: &Who,
    password: Secret,
) -> Result<(Known, SessionId), Problem> {
    let wrong = || Problem::new(Code::CREDENTIALS);
    let auth = app.auth();
    let Some(known) = known else {
        auth.passwords.verify(password, None).await?;
        return Err(wrong());
    };
    let mark = auth.sessions.shared.mark(known.id).await?;
    let pool = app.store().pool();
    let stored = credentials::find(pool, known.id).await?;
    match (auth.passwords.verify(password, stored.clone()).await?, stored) {
        (Verdict::Right { renewed: Some(renewed) }, Some(stored)) => {
            credentials::renew(pool, known.id, &stored, &renewed).await?;
        }
        (Verdict::Right { .. }, _) => {}
        (Verdict::Wrong, _) => return Err(wrong()),
    }
    let new = NewSession::new(known.id, known.name.clone())
        .ip_address(who.address)
        .attribute(sessions::ROLE, known.role.as_str())
        .attribute(sessions::PLAYER, known.player.to_string());
    let created = auth.sessions.shared.create_since(&mark, new).await?.ok_or_else(wrong)?;
    Ok((known, created.session.id))
}
