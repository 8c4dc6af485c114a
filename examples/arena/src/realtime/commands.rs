//! Commands of sockets: each is the request of its route, and goes the same way. So limits, keys, rules and codes are those of REST.

use aether_core::Position;
use aether_core::uuid::Uuid;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER,
};
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};
use tower::ServiceExt as _;

use super::place::Place;
use super::protocol::{Envoyee, Refus};
use crate::app::App;
use crate::auth::who::Who;
use crate::lang::Lang;
use crate::peer::Peer;
use crate::problem::{Code, Problem};
use crate::trace::Correlation;

/// Names of commands, with the routes that carry them out. What stands in braces is taken out of the data.
const ROUTES: &[(&str, Method, &str)] = &[
    ("combat.agir", Method::POST, "/combat/action"),
    ("combat.commencer", Method::POST, "/combats"),
    ("marche.placer", Method::POST, "/marche/{itemId}/ordres"),
    ("marche.annuler", Method::DELETE, "/marche/{itemId}/ordres/{ordreId}"),
    ("quete.accepter", Method::POST, "/quetes/{queteId}/accepter"),
    ("quete.terminer", Method::POST, "/quetes/{queteId}/terminer"),
    ("quete.abandonner", Method::POST, "/quetes/{queteId}/abandonner"),
    ("competence.apprendre", Method::POST, "/competences/{competenceId}/apprendre"),
    ("sac.utiliser", Method::POST, "/joueurs/{joueurId}/inventaire/utiliser"),
    ("sac.equiper", Method::POST, "/joueurs/{joueurId}/inventaire/equiper"),
    ("sac.retirer", Method::POST, "/joueurs/{joueurId}/inventaire/retirer"),
];
/// Bytes of an answer.
const ANSWER: usize = 1 << 20;

/// A command, as it came.
#[derive(Debug)]
pub(super) struct Commande {
    pub(super) id: u64,
    pub(super) cle: String,
    pub(super) nom: String,
    pub(super) donnees: Value,
    pub(super) version: Option<u32>,
}

/// Carries a command out.
pub(super) async fn carry_out(app: &App, who: &Who, lang: Lang, commande: Commande) -> Envoyee {
    let id = commande.id;
    let request = match request(who, lang, commande) {
        Ok(request) => request,
        Err(problem) => return refusal(id, &problem, lang),
    };
    let response = routes(app).oneshot(request).await.unwrap_or_else(|never| match never {});
    answer(id, response).await
}

/// The refusal that a problem is.
pub(super) fn refusal(id: u64, problem: &Problem, lang: Lang) -> Envoyee {
    let written = problem.text(lang, Correlation(Uuid::now_v7()));
    Envoyee::Refus(Refus {
        id,
        code: written.code,
        titre: written.title,
        correlation: correlation(&written.instance),
        detail: written.detail,
        version: None,
        reessayer_s: None,
    })
}

fn routes(app: &App) -> Router {
    app.hub().routes.lock().get_or_insert_with(|| app.router()).clone()
}

fn request(who: &Who, lang: Lang, commande: Commande) -> Result<Request<Body>, Problem> {
    let Commande { cle, nom, donnees, version, .. } = commande;
    let unknown = || Problem::new(Code::UNKNOWN).detail(format!("there is no command {nom:?}"));
    let found = ROUTES.iter().find(|(name, ..)| *name == nom);
    let (_, method, pattern) = found.ok_or_else(unknown)?;
    let Value::Object(mut donnees) = donnees else {
        return Err(Problem::new(Code::BODY).detail("donnees has to be an object"));
    };
    let path = fill(pattern, &mut donnees)?;
    let mut request = Request::builder()
        .method(method.clone())
        .uri(path)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT_LANGUAGE, lang.tag())
        .header("idempotency-key", cle);
    if let Some(version) = version {
        request = request.header(IF_MATCH, format!("\"v{version}\""));
    }
    if let Some(account) = &who.account {
        request = request.header(AUTHORIZATION, format!("Bearer {}", account.session));
    }
    let request = request.extension(Peer((who.address, 0).into()));
    let body = Body::from(Value::Object(donnees).to_string());
    request.body(body).map_err(|error| Problem::new(Code::HEADER).detail(error))
}

/// A path, with ids from the data in its places.
fn fill(pattern: &str, donnees: &mut Map<String, Value>) -> Result<String, Problem> {
    let mut path = String::new();
    for part in pattern.split('/').skip(1) {
        path.push('/');
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            path.push_str(part);
            continue;
        };
        let id = donnees.remove(name).and_then(|id| id.as_str()?.parse::<Uuid>().ok());
        let wrong = || Problem::new(Code::BODY).detail(format!("{name} has to be an id"));
        path.push_str(&id.ok_or_else(wrong)?.to_string());
    }
    Ok(path)
}

async fn answer(id: u64, response: Response) -> Envoyee {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER).await.unwrap_or_else(|_| Bytes::new());
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let version = header(&parts.headers, ETAG)
        .and_then(|tag| tag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok());
    if parts.status.is_success() {
        let position = header(&parts.headers, HeaderName::from_static("aether-position"));
        let position = position.and_then(|it| it.parse().ok()).map(Position::new).map(Place::at);
        return Envoyee::FaitDe { id, position, version, donnees: body };
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let version = version.filter(|_| parts.status == StatusCode::PRECONDITION_FAILED);
    Envoyee::Refus(Refus {
        id,
        code: text("code"),
        titre: text("title"),
        correlation: correlation(&text("instance")),
        detail: Some(text("detail")).filter(|detail| !detail.is_empty()),
        version,
        reessayer_s: header(&parts.headers, RETRY_AFTER).and_then(|it| it.parse().ok()),
    })
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn correlation(instance: &str) -> Uuid {
    instance.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_of_the_path_are_taken_out_of_the_data() {
        let id = Uuid::now_v7();
        let mut data = json!({ "itemId": id, "prix": 3 }).as_object().cloned().unwrap();
        let path = fill("/marche/{itemId}/ordres", &mut data).unwrap();
        assert_eq!(path, format!("/marche/{id}/ordres"));
        assert_eq!(Value::Object(data), json!({ "prix": 3 }));
        for wrong in [json!({}), json!({ "itemId": 7 }), json!({ "itemId": "../comptes" })] {
            let mut data = wrong.as_object().cloned().unwrap();
            assert_eq!(
                fill("/marche/{itemId}/ordres", &mut data).unwrap_err().code(),
                "corps-invalide"
            );
        }
    }
}
