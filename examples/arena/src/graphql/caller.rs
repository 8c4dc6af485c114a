//! Who asks, in what language, after which position: with each operation.

use async_graphql::Context;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{ETAG, RETRY_AFTER};
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::auth::limits::{Limit, WRITE};
use crate::auth::who::{Holder, Who};
use crate::idempotency::Key;
use crate::lang::Lang;
use crate::position::After;
use crate::problem::{Code, Problem};
use crate::request::{Command, Sent};
use crate::trace::Correlation;
use crate::view::Eyes;

/// Who asks. Cheap to clone.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) app: App,
    pub(super) who: Who,
    pub(super) after: After,
    lang: Lang,
    correlation: Correlation,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Ok(who) = Who::from_request_parts(parts, app).await;
        let correlation = parts.extensions.get::<Correlation>().copied();
        Ok(Self {
            app: app.clone(),
            who,
            after: After::from_request_parts(parts, app).await?,
            lang: Lang::of(&parts.headers),
            correlation: correlation.unwrap_or_else(|| Correlation::of(&parts.headers)),
        })
    }
}

impl Caller {
    /// Who asks for a field.
    pub(super) fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Problem> {
        context.data().map_err(|_| Problem::new(Code::INTERNAL))
    }

    pub(super) fn eyes(&self) -> Eyes {
        Eyes::of(&self.who)
    }

    /// What routes that read ask for.
    pub(super) fn read(&self) -> (State<App>, After) {
        (State(self.app.clone()), self.after)
    }

    /// The holder of an account; guests are asked to log in.
    pub(super) fn holder(&self) -> Result<Holder, Problem> {
        self.who.account.clone().map(Holder).ok_or_else(|| Problem::new(Code::LOG_IN))
    }

    /// Counts an operation.
    pub(super) async fn count(&self, limit: Limit) -> Result<(), Problem> {
        Box::pin(self.app.auth().limits.take(limit, &self.who.subject())).await
    }

    /// The command that REST would make of this: with the same id for the same key, the same fingerprint for what means the same. It is counted
    /// as a request of its own.
    pub(super) async fn command<T: DeserializeOwned>(
        &self,
        [method, path]: [&str; 2],
        named: Named,
        body: &impl Serialize,
    ) -> Result<Command<T>, Problem> {
        self.count(WRITE).await?;
        let invalid = |error| Problem::new(Code::GRAPHQL).detail(error);
        let meant = serde_json::to_value(body).map_err(invalid)?;
        let body = serde_json::from_value(meant.clone()).map_err(invalid)?;
        let sent = Sent {
            holder: self.holder()?,
            address: self.who.address,
            correlation: Some(self.correlation),
            key: named.cle.as_deref().map(Key::new).transpose()?,
            expected: named.version.map(aether_core::Version::new),
            route: [method.to_owned(), path.to_owned()],
        };
        Ok(sent.command(body, &meant))
    }

    /// Says in an error of GraphQL what a problem says: its title as the message, the rest in `extensions`.
    pub(super) fn write(&self, problem: &Problem, error: &mut async_graphql::ServerError) {
        let text = serde_json::to_value(problem.text(self.lang, self.correlation));
        let Ok(serde_json::Value::Object(mut text)) = text else { return };
        if let Some(serde_json::Value::String(title)) = text.remove("title") {
            error.message = title;
        }
        let headers = [("retryAfter", RETRY_AFTER), ("etag", ETAG)];
        let told = headers.map(|(name, header)| (name, problem.told(&header).map(str::to_owned)));
        let extensions = error.extensions.get_or_insert_default();
        for (name, value) in text {
            extensions.set(name, async_graphql::Value::from_json(value).unwrap_or_default());
        }
        for (name, value) in told.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            extensions.set(name, value);
        }
    }
}

/// What a mutation may say of itself beside what it asks for.
#[derive(Debug)]
pub(super) struct Named {
    /// `Idempotency-Key`.
    pub(super) cle: Option<String>,
    /// `If-Match`.
    pub(super) version: Option<u32>,
}

impl Named {
    /// A change that rests on no version.
    pub(super) const fn by(cle: Option<String>) -> Self {
        Self { cle, version: None }
    }
}
