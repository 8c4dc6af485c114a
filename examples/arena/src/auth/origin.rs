//! Writes of browsers: a page of another site can send a cookie along, but not hide where it comes from.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::cookie::Shown;
use crate::config::Config;
use crate::problem::{Code, Problem};

/// Refuses a write that a page of a foreign origin has sent, and one with a cookie that does not say where it comes from.
pub(super) fn check(
    method: &Method,
    headers: &HeaderMap,
    shown: Option<&Shown>,
    config: &Config,
) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let is_ours = match headers.get(ORIGIN) {
        Some(origin) => is_known(origin, headers, config),
        None if matches!(shown, Some(Shown::Cookie(_))) => {
            headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
        }
        None => true,
    };
    if is_ours { Ok(()) } else { Err(Problem::new(Code::ORIGIN)) }
}

/// Refuses an upgrade that a page of a foreign origin asks for: browsers send cookies along with it, and let the page read all that comes.
pub(crate) fn check_upgrade(headers: &HeaderMap, config: &Config) -> Result<(), Problem> {
    match headers.get(ORIGIN) {
        Some(origin) if !is_known(origin, headers, config) => Err(Problem::new(Code::ORIGIN)),
        _ => Ok(()),
    }
}

/// Whether a page of this origin may write: it is one of the list, or the server's own.
pub(super) fn is_known(origin: &HeaderValue, headers: &HeaderMap, config: &Config) -> bool {
    config.origins.contains(origin) || is_own(origin, headers, config).unwrap_or(false)
}

fn is_own(origin: &HeaderValue, headers: &HeaderMap, config: &Config) -> Option<bool> {
    let scheme = if config.https { "https://" } else { "http://" };
    let authority = origin.to_str().ok()?.strip_prefix(scheme)?;
    Some(headers.get(HOST)?.to_str().ok()?.eq_ignore_ascii_case(authority))
}
