//! What the server is run with.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderValue;
use serde::{Deserialize, Deserializer};

/// Everything that can be set. `arena serve --help` explains each; the server states its terms and reads no other source.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the database is.
    pub database_url: Secret,
    /// Where the Redis is. One that is away when the server starts is waited for in the background.
    pub redis_url: Secret,
    /// What the names of all keys in Redis begin with.
    pub redis_prefix: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Origins of pages that may call this server, beside its own.
    pub origins: Vec<HeaderValue>,
    /// Proxies in front of this server, whose X-Forwarded-For is believed.
    pub trusted_proxies: u8,
    /// Whether clients come over TLS.
    pub https: bool,
    /// Connections to PostgreSQL.
    pub connections: u32,
    /// Prepare no statements, for a pooler that does not know them.
    pub unprepared: bool,
    /// Who shows it may read the metrics; without one, only this machine may.
    pub metrics_token: Option<Secret>,
    /// How long the server stays open when it is told to end.
    pub drain: Duration,
    /// How long an answer may take.
    pub answer_within: Duration,
    /// How long a request may take to come in.
    pub request_within: Duration,
    /// How often sockets and streams are told that the server is there.
    pub battement: Duration,
    /// What each limit of requests is multiplied with.
    pub generosity: u32,
    /// Whether the schema is brought up to date first.
    pub migrate: bool,
    /// Whether GraphQL tells its schema to who asks for it.
    pub introspection: bool,
}

impl Config {
    /// The defaults, on these servers.
    #[must_use]
    pub fn new(database_url: Secret, redis_url: Secret) -> Self {
        Self {
            database_url,
            redis_url,
            redis_prefix: String::new(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            origins: vec![],
            trusted_proxies: 0,
            https: false,
            connections: 16,
            unprepared: false,
            metrics_token: None,
            drain: Duration::from_secs(5),
            answer_within: Duration::from_secs(30),
            request_within: Duration::from_secs(10),
            battement: Duration::from_secs(15),
            generosity: 1,
            migrate: false,
            introspection: false,
        }
    }
}

/// A text that nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is this one. The time that it takes says nothing of where they differ.
    pub(crate) fn is(&self, other: &str) -> bool {
        let (known, shown) = (self.0.as_bytes(), other.as_bytes());
        let differences = known.iter().zip(shown).fold(0, |sum, (a, b)| sum | (a ^ b));
        known.len() == shown.len() && differences == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_equal_to_itself_alone() {
        let secret = Secret::new("jeton");
        assert!(secret.is("jeton"));
        for other in ["", "jeto", "jetons", "jeton ", "Jeton"] {
            assert!(!secret.is(other), "{other}");
        }
    }
}
