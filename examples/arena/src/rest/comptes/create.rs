//! `POST /comptes`: signs up.

use aether_core::Context;
use aether_core::uuid::Uuid;
use aether_game::joueur::{Classe, NouveauJoueur};
use aether_game::values::{JoueurId, NomUtilisateur, Pseudo};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::register::register;
use crate::auth::who::Who;
use crate::auth::{limits, passwords};
use crate::compte::CompteId;
use crate::config::Secret;
use crate::problem::{Problem, Written};
use crate::request::{self, Body};
use crate::trace::Correlation;
use crate::{idempotency, peer, position};

/// Who signs up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inscription {
    /// The name for logging in, unique in the game.
    #[schema(example = "Kael")]
    nom: String,
    /// The name that others see; the same one if it is left out.
    pseudo: Option<String>,
    /// The class.
    #[schema(value_type = String, example = "MAGE")]
    classe: Classe,
    /// 8 to 200 characters.
    #[schema(value_type = String, min_length = 8, max_length = 200, format = Password)]
    mot_de_passe: Secret,
}

/// A new account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inscrit {
    /// The account.
    #[schema(value_type = Uuid)]
    compte_id: CompteId,
    /// Its player.
    #[schema(value_type = Uuid)]
    joueur_id: JoueurId,
}

/// Signs up.
///
/// The name is taken and the player exists, or nothing happens. With an `Idempotency-Key` it may be sent again after any cut.
#[utoipa::path(
    post, path = "/comptes", tag = "comptes", request_body = Inscription,
    params(("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    responses(
        (status = 201, description = "signed up", body = Inscrit, headers(("Location" = String), ("Aether-Position" = u64))),
        (status = 422, description = "the name is taken or a value is refused", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, HeaderMap, Json<Inscrit>), Problem> {
    app.auth().limits.take(limits::SIGN_UP, &peer::subject(who.address)).await?;
    let key = idempotency::key(request.headers())?;
    let mut context = Context::new().ip_address(who.address);
    if let Some(Correlation(id)) = request.extensions().get() {
        context = context.correlation_id(*id);
    }
    let Body { value: asked, .. } = request::read::<Inscription>(&app, request).await?;
    passwords::check(&asked.mot_de_passe)?;
    let username = NomUtilisateur::new(&asked.nom).map_err(|error| Problem::refused(&error))?;
    let pseudo = asked.pseudo.as_deref().unwrap_or(username.as_str());
    let pseudo = Pseudo::new(pseudo).map_err(|error| Problem::refused(&error))?;
    let nouveau = NouveauJoueur { username, pseudo, classe: asked.classe };
    let joueur_id = match &key {
        None => JoueurId::generate(),
        Some(key) => {
            // a guest has no account yet: the name stands for it
            let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, nouveau.username.cle().as_bytes());
            let parts = [nouveau.username.as_str(), nouveau.pseudo.as_str(), asked.classe.as_str()];
            context = key.name(context, name, parts);
            JoueurId::v5(key.command(name), "joueur")
        }
    };
    let done = register(&app, &context, joueur_id, nouveau, asked.mot_de_passe).await?;
    let mut headers = HeaderMap::new();
    position::tell(&mut headers, done.position());
    if let Ok(place) = HeaderValue::try_from(format!("/player/{joueur_id}/profile")) {
        headers.insert(LOCATION, place);
    }
    let compte_id = CompteId::du_joueur(joueur_id);
    Ok((StatusCode::CREATED, headers, Json(Inscrit { compte_id, joueur_id })))
}
