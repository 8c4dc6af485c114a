//! A request in the making, and its answer.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::Value;

use crate::scene::Scene;

/// A request, sent by `send`.
#[must_use = "nothing is asked before it is sent"]
pub(crate) struct Ask<'a> {
    scene: &'a Scene,
    request: axum::http::request::Builder,
    body: Body,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(scene: &'a Scene, method: Method, path: &str) -> Self {
        Self { scene, request: Request::builder().method(method).uri(path), body: Body::empty() }
    }

    pub(crate) fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let Self { scene, request, body } = self;
        Self { scene, request: request.header(name.as_ref(), value.as_ref()), body }
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(self, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(crate) fn from(self, peer: &str) -> Self {
        let peer = arena::Peer(peer.parse().unwrap());
        let Self { scene, request, body } = self;
        Self { scene, request: request.extension(peer), body }
    }

    pub(crate) async fn send(self) -> Answer {
        let request = self.request.body(self.body).unwrap();
        self.scene.send(request).await
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &'static str) -> &str {
        let value = self.headers.get(HeaderName::from_static(name));
        value.map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The code of the problem that it is, after a look at its form.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        let code = problem["code"].as_str().unwrap().to_owned();
        assert_eq!(problem["type"], format!("/problemes/{code}"));
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["instance"], format!("urn:uuid:{}", self.header("aether-correlation")));
        assert!(!problem["title"].as_str().unwrap().is_empty());
        code
    }
}
