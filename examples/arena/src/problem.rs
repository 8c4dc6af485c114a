//! What a client is told when something does not work: problem details (RFC 9457).
//!
//! A [`Problem`] is made where something fails, and written by the layer that knows the language and the correlation id of
//! the request ([`write`]). Codes of the door are in [`codes`]; a rule of the game that refuses brings its own.

mod codes;
mod origins;

use std::fmt;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use crate::lang::Lang;
use crate::trace::Correlation;

pub(crate) use codes::Code;

/// Why a request was not carried out.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    english: String,
    french: String,
    detail: Option<String>,
    headers: HeaderMap,
}

/// Its text, as it is sent.
#[derive(Serialize, ToSchema)]
#[schema(as = Probleme)]
pub(crate) struct Written {
    /// Where the kind of the problem is explained: `/problemes/{code}`.
    #[serde(rename = "type")]
    kind: String,
    /// One sentence in the language of the request.
    pub(crate) title: String,
    /// The status of the answer.
    status: u16,
    /// What programs go by; it never changes.
    pub(crate) code: String,
    /// The correlation id of the request, as an URN.
    pub(crate) instance: String,
    /// More, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

impl Problem {
    /// A problem of the door.
    pub(crate) fn new(code: &'static Code) -> Self {
        Self(Box::new(Parts {
            status: code.status,
            code: code.name,
            english: code.english.to_owned(),
            french: code.french.to_owned(),
            detail: None,
            headers: HeaderMap::new(),
        }))
    }

    /// A rule of the game refuses.
    pub(crate) fn refused(refusal: &dyn aether_game::refus::Refus) -> Self {
        Self(Box::new(Parts {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: refusal.code(),
            english: refusal.to_string(),
            french: refusal.francais(),
            detail: None,
            headers: HeaderMap::new(),
        }))
    }

    /// More, for developers.
    pub(crate) fn detail(mut self, detail: impl ToString) -> Self {
        self.0.detail = Some(detail.to_string());
        self
    }

    /// A header of the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// When a retry may help.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// What programs go by.
    #[cfg(test)]
    pub(crate) const fn code(&self) -> &'static str {
        self.0.code
    }

    /// A header that goes with it.
    pub(crate) fn told(&self, name: &HeaderName) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// Its text, in a language and under a correlation id.
    pub(crate) fn text(&self, lang: Lang, correlation: Correlation) -> Written {
        let Parts { status, code, english, french, detail, .. } = &*self.0;
        let title = match lang {
            Lang::French => french.clone(),
            Lang::English => english.clone(),
        };
        Written {
            kind: format!("/problemes/{code}"),
            title,
            status: status.as_u16(),
            code: (*code).to_owned(),
            instance: correlation.0.urn().to_string(),
            detail: detail.clone(),
        }
    }
}

/// For logs, and for what is written later.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.english)
    }
}

/// The schema of its text, with its name.
pub(crate) fn schema() -> (String, RefOr<Schema>) {
    (Written::name().into_owned(), Written::schema())
}

/// Leaves the words to [`write`].
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem that an answer is, in the language of the request and with its correlation id.
pub(crate) async fn write(request: Request, next: Next) -> Response {
    let lang = Lang::of(request.headers());
    let correlation = request.extensions().get::<Correlation>().copied();
    let correlation = correlation.unwrap_or_else(|| Correlation::of(request.headers()));
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let text = serde_json::to_vec(&problem.text(lang, correlation)).unwrap_or_default();
    let headers = response.headers_mut();
    headers.extend(problem.0.headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    headers.remove(axum::http::header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(text);
    response
}
