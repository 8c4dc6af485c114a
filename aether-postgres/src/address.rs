//! Where a database is: understood as a whole or refused, and shown without user and password.

use std::fmt;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::error::{Error, Words};

/// The options of connections to one database. Whatever shows them tells host, port and name of the database.
#[derive(Clone)]
pub(crate) struct Address(pub(crate) PgConnectOptions);

/// What the query of an address may say: what the driver understands.
const KNOWN: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl Address {
    /// Understands `postgres://user:password@host:port/database?parameters`.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        check(url).map_err(|reason| Error::Address { reason })?;
        // reasons of the driver's do not repeat what they are about
        let options = url.parse().map_err(|error| match error {
            error @ sqlx::Error::Configuration(_) => {
                Error::Address { reason: Words(&error).to_string() }
            }
            error => Error::Database(error),
        })?;
        Ok(Self(options))
    }

    /// Why a pool has got no connection in time: what a connection of its own meets now.
    pub(crate) async fn unreachable(&self, error: sqlx::Error) -> Error {
        const PATIENCE: Duration = Duration::from_secs(2);
        let source = match error {
            sqlx::Error::PoolTimedOut => {
                let tried = PgConnection::connect_with(&self.0);
                match tokio::time::timeout(PATIENCE, tried).await {
                    Ok(Err(why)) => why,
                    Ok(Ok(connection)) => {
                        drop(connection.close().await);
                        error
                    }
                    Err(_) => sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()),
                }
            }
            error => error,
        };
        Error::Connect { server: self.to_string(), source }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(options) = self;
        match options.get_socket() {
            Some(socket) => write!(f, "{}", socket.display())?,
            None => write!(f, "{}", options.get_host())?,
        }
        write!(f, ":{}", options.get_port())?;
        match options.get_database() {
            Some(database) => write!(f, "/{database}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with an address, in words that repeat nothing of what may be a password.
fn check(url: &str) -> Result<(), String> {
    const FORM: &str = "it is written postgres://user:password@host:port/database";
    let Some((scheme, rest)) = url.split_once("://") else { return Err(FORM.to_owned()) };
    if !matches!(scheme, "postgres" | "postgresql") {
        let named = scheme.len() <= 16 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let scheme = if named { format!("its scheme is {scheme}; ") } else { String::new() };
        return Err(format!("{scheme}{FORM}"));
    }
    if rest.contains('#') {
        return Err(format!("it has a #, which is written %23 in a user or password; {FORM}"));
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = place.split_once('/').unwrap_or((place, ""));
    if path.contains('@') {
        return Err(format!("it has a / before its @, which is written %2F in a password; {FORM}"));
    }
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    if hosts.contains(',') {
        return Err(SEVERAL_HOSTS.to_owned());
    }
    query.split('&').filter(|pair| !pair.is_empty()).try_for_each(check_parameter)
}

const SEVERAL_HOSTS: &str =
    "it names several hosts; name one, or a proxy that knows where the primary is";

fn check_parameter(pair: &str) -> Result<(), String> {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let known = KNOWN.contains(&key) || (key.starts_with("options[") && key.ends_with(']'));
    match (known, key) {
        (true, "host" | "hostaddr") if value.contains(',') => Err(SEVERAL_HOSTS.to_owned()),
        (true, _) => Ok(()),
        (false, "target_session_attrs") => Err(
            "it says target_session_attrs, which is not understood here; name the host of the primary"
                .to_owned(),
        ),
        (false, _) => {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-';
            // anything else may be a part of a password
            let named = if pair.contains('=') && !key.is_empty() && key.bytes().all(plain) {
                format!("its parameter {key} is not understood; take it out")
            } else {
                "what follows its ? is not understood; a ? in a password is written %3F".to_owned()
            };
            Err(format!("{named} (known are {})", KNOWN.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Address::parse(url).expect_err(url).to_string()
    }

    #[test]
    fn an_address_is_shown_without_user_and_password() {
        for (url, shown) in [
            (
                "postgres://anna:hunter2@db.example:5433/studio?sslmode=require",
                "db.example:5433/studio",
            ),
            ("postgres://anna:hun@ter2@db.example/studio", "db.example:5432/studio"),
            ("postgres://anna:hunter2%23rest@[::1]:5433/studio", "[::1]:5433/studio"),
            ("postgres://db.example/studio?user=anna&password=hunter2", "db.example:5432/studio"),
            ("postgres://anna:hunter2@%2Frun%2Fpostgresql/studio", "/run/postgresql:5432/studio"),
        ] {
            let address = Address::parse(url).expect(url);
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?} {address:#?}"), format!("{shown} {shown}"));
        }
    }

    #[test]
    fn what_could_be_misread_is_refused_without_being_repeated() {
        for (url, says) in [
            ("postgres://anna:hunter2#rest@db.example/studio", "%23"),
            ("postgres://anna:hunter2/rest@db.example/studio", "%2F"),
            ("postgres://anna:hunter2?rest@db.example/studio", "%3F"),
            ("postgres://anna:12?hunter2=rest@db.example/studio", "%3F"),
            ("anna:hunter2@db.example/studio", "postgres://user:password@host:port/database"),
            ("hunter2", "postgres://user:password@host:port/database"),
            ("mysql://anna:hunter2@db.example/studio", "its scheme is mysql"),
            ("postgres://anna:hunter2@db.example:port/studio", "port"),
            ("postgres://anna:hunter2@a.example:1,b.example:2/studio", "several hosts"),
            ("postgres:///studio?host=a.example,b.example&password=hunter2", "several hosts"),
            (
                "postgres://anna:hunter2@db/studio?target_session_attrs=read-write",
                "target_session_attrs",
            ),
            (
                "postgres://anna:hunter2@db/studio?sslmod=require",
                "parameter sslmod is not understood",
            ),
            ("postgres://anna:hunter2@db/studio?sslmode=some", "ssl_mode"),
        ] {
            let refused = refused(url);
            assert!(refused.contains(says), "{url}: {refused}");
            assert!(!refused.contains("hunter2") && !refused.contains("rest"), "{refused}");
        }
    }
}
