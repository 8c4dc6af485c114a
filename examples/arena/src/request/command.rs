//! A request that changes something: its body, who sends it, and the context of the command that it becomes.

use aether_core::Context;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::body::{Body, read};
use crate::app::App;
use crate::auth::who::{Holder, Who, handle};
use crate::problem::Problem;
use crate::trace::Correlation;
use crate::{etag, idempotency};

/// What the holder of an account wants to change.
pub(crate) struct Command<T> {
    pub(crate) holder: Holder,
    pub(crate) body: T,
    /// With user, session, address and correlation id; with command id and fingerprint if the client sent an `Idempotency-Key`, and
    /// with the expected version if it sent `If-Match`.
    pub(crate) context: Context,
}

impl<T: DeserializeOwned> FromRequest<App> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let holder = extract::<Holder>(&mut parts, app).await?;
        let Ok(who) =
            <Who as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app)
                .await;
        let key = idempotency::key(&parts.headers)?;
        let expected = etag::expected(&parts.headers)?;
        let correlation = parts.extensions.get::<Correlation>().copied();
        let route = [parts.method.to_string(), parts.uri.path().to_owned()];
        let Body { value, bytes } = read(app, Request::from_parts(parts, body)).await?;
        let account = &holder.0;
        let mut context = Context::new()
            .user(account.id.to_string())
            .session(handle(&account.session).to_string())
            .ip_address(who.address);
        if let Some(Correlation(id)) = correlation {
            context = context.correlation_id(id);
        }
        if let Some(version) = expected {
            context = context.expecting(version);
        }
        if let Some(key) = key {
            let [method, path] = &route;
            let parts = [method.as_bytes(), path.as_bytes(), &bytes];
            context = key.name(context, account.id.as_uuid(), parts);
        }
        Ok(Self { holder, body: value, context })
    }
}

async fn extract<P>(parts: &mut axum::http::request::Parts, app: &App) -> Result<P, Problem>
where
    P: axum::extract::FromRequestParts<App, Rejection = Problem>,
{
    P::from_request_parts(parts, app).await
}
