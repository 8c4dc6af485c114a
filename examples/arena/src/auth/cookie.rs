//! The token of a session, in a cookie or as Bearer.

use aether_redis::SessionId;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};

use crate::config::Config;

/// Bound to this host and to TLS by its name.
const BOUND: &str = "__Host-arena";
/// On loopback without TLS, where browsers refuse the other.
const PLAIN: &str = "arena";

/// A token as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// By a program, which decides about each request.
    Bearer(SessionId),
    /// By a browser, which sends it along with whatever a page asks for.
    Cookie(SessionId),
    /// Something that is no token, by a program.
    Nonsense,
}

/// The token that a request shows.
pub(crate) fn shown(headers: &HeaderMap, config: &Config) -> Option<Shown> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let token = text.strip_prefix("Bearer ").unwrap_or_default();
        return Some(token.parse().map_or(Shown::Nonsense, Shown::Bearer));
    }
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == name_for(config))?;
    // a cookie of an older server is as good as none
    token.trim().parse().ok().map(Shown::Cookie)
}

/// The cookie that keeps a session; it ends with the browser's session, the server ends it sooner.
pub(crate) fn keep(session: &SessionId, config: &Config) -> Option<HeaderValue> {
    value(&session.to_string(), config, "")
}

/// The cookie that ends it.
pub(crate) fn forget(config: &Config) -> Option<HeaderValue> {
    value("", config, "; Max-Age=0")
}

fn value(token: &str, config: &Config, age: &str) -> Option<HeaderValue> {
    let name = name_for(config);
    let secure = if name == BOUND { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn name_for(config: &Config) -> &'static str {
    if !config.https && config.listen.ip().is_loopback() { PLAIN } else { BOUND }
}
