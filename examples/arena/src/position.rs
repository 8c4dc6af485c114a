//! Positions of the log, which link what a client wrote with what it reads next: `Aether-Position` in answers, `Aether-After` in requests.

use std::time::Duration;

use aether_core::Position;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::App;
use crate::problem::{Code, Problem};

const POSITION: HeaderName = HeaderName::from_static("aether-position");
const AFTER: HeaderName = HeaderName::from_static("aether-after");
/// How long a read waits that does not say.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it waits at most.
const LONGEST: Duration = Duration::from_secs(10);

/// Tells where the last event of an answer stands.
pub(crate) fn tell(headers: &mut HeaderMap, position: Option<Position>) {
    if let Some(position) = position {
        headers.insert(POSITION, HeaderValue::from(position.get()));
    }
}

/// The position that an answer tells, as a text: it may be more than a number of GraphQL can be.
pub(crate) fn told(headers: &HeaderMap) -> Option<String> {
    headers.get(POSITION)?.to_str().ok().map(str::to_owned)
}

/// What a read has to show, and how long it may wait for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct After {
    position: Option<Position>,
    patience: Duration,
}

impl FromRequestParts<App> for After {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

impl After {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let wrong =
            || Problem::new(Code::HEADER).detail("Aether-After has to be an Aether-Position");
        let position = match headers.get(AFTER) {
            None => None,
            Some(value) => {
                let number =
                    value.to_str().ok().filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
                let position = number.and_then(|it| it.parse().ok()).map(Position::new);
                Some(position.filter(|it| *it < Position::END).ok_or_else(wrong)?)
            }
        };
        Ok(Self { position, patience: patience(headers) })
    }

    /// This position.
    pub(crate) const fn at(position: Position) -> Self {
        Self { position: Some(position), patience: PATIENCE }
    }

    /// Waits until what these projections fill shows the position.
    pub(crate) async fn shown_by(self, app: &App, projections: &[&str]) -> Result<(), Problem> {
        let Some(position) = self.position else { return Ok(()) };
        let waited = tokio::time::timeout(self.patience, async {
            for projection in projections {
                app.node().wait_for(projection, position).await?;
            }
            Ok::<_, aether_core::Error>(())
        });
        match waited.await {
            Ok(Ok(())) => Ok(()),
            // what cannot be shown is not shown by waiting; the read is as good as it gets
            Ok(Err(aether_core::Error::Parked { .. })) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a read model cannot be waited for");
                Err(Problem::new(Code::READ_BEHIND).retry_after(1))
            }
            Err(_) => Err(Problem::new(Code::READ_BEHIND).retry_after(1)),
        }
    }
}

/// The `wait` of `Prefer` (RFC 7240), in seconds. A preference that is not understood is passed over.
fn patience(headers: &HeaderMap) -> Duration {
    let lines = headers.get_all("prefer").iter().filter_map(|line| line.to_str().ok());
    let mut preferences = lines.flat_map(|line| line.split([',', ';'])).map(str::trim);
    let wait = preferences.find_map(|it| it.strip_prefix("wait=")?.parse().ok());
    wait.map_or(PATIENCE, Duration::from_secs).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(position: &str, prefer: &str) -> Option<After> {
        let mut headers = HeaderMap::new();
        headers.insert(AFTER, position.parse().unwrap());
        headers.insert("prefer", prefer.parse().unwrap());
        After::of(&headers).ok()
    }

    #[test]
    fn a_position_comes_back_as_it_was_told() {
        let mut told = HeaderMap::new();
        tell(&mut told, Some(Position::new(48_213)));
        let text = told[POSITION].to_str().unwrap();
        let read = after(text, "respond-async, wait=3").unwrap();
        assert_eq!(read.position, Some(Position::new(48_213)));
        assert_eq!(read.patience, Duration::from_secs(3));
        assert_eq!(after("1", "wait=99999").unwrap().patience, LONGEST);
        assert_eq!(after("1", "wait=soon").unwrap().patience, PATIENCE);
        for wrong in ["", "-1", "+1", "1.5", "9223372036854775807", "99999999999999999999", "x"] {
            assert_eq!(after(wrong, ""), None, "{wrong}");
        }
    }
}
