//! A request that changes something: its body, who sends it, and the context of the command that it becomes.

use std::net::IpAddr;

use aether_core::{Context, Version};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::body::{Body, read};
use crate::app::App;
use crate::auth::who::{Holder, Who, handle};
use crate::etag;
use crate::idempotency::{self, Key};
use crate::problem::Problem;
use crate::trace::Correlation;

/// What the holder of an account wants to change.
pub(crate) struct Command<T> {
    pub(crate) holder: Holder,
    pub(crate) body: T,
    /// With user, session, address and correlation id; with command id and fingerprint if the client sent an `Idempotency-Key`, and
    /// with the expected version if it sent `If-Match`.
    pub(crate) context: Context,
}

/// What is known of such a request beside its body, at whichever door it came.
pub(crate) struct Sent {
    pub(crate) holder: Holder,
    pub(crate) address: IpAddr,
    pub(crate) correlation: Option<Correlation>,
    pub(crate) key: Option<Key>,
    pub(crate) expected: Option<Version>,
    /// Method and path, as REST has them.
    pub(crate) route: [String; 2],
}

impl Sent {
    /// The command that it becomes: the same one at each door, if `meant` says the same.
    pub(crate) fn command<T>(self, body: T, meant: &Value) -> Command<T> {
        let Self { holder, address, correlation, key, expected, route: [method, path] } = self;
        let account = &holder.0;
        let mut context = Context::new()
            .user(account.id.to_string())
            .session(handle(&account.session).to_string())
            .ip_address(address);
        if let Some(Correlation(id)) = correlation {
            context = context.correlation_id(id);
        }
        if let Some(version) = expected {
            context = context.expecting(version);
        }
        if let Some(key) = key {
            let meant = idempotency::meaning(meant);
            context = key.name(context, account.id.as_uuid(), [method, path, meant]);
        }
        Command { holder, body, context }
    }

    async fn of(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let holder = Holder::from_request_parts(parts, app).await?;
        let Ok(who) = Who::from_request_parts(parts, app).await;
        Ok(Self {
            holder,
            address: who.address,
            correlation: parts.extensions.get().copied(),
            key: idempotency::key(&parts.headers)?,
            expected: etag::expected(&parts.headers)?,
            route: [parts.method.to_string(), parts.uri.path().to_owned()],
        })
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let sent = Sent::of(&mut parts, app).await?;
        let Body { value, bytes } = read(app, Request::from_parts(parts, body)).await?;
        // none at all counts as `{}`, as for its reader
        let meant = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!({}));
        Ok(sent.command(value, &meant))
    }
}
