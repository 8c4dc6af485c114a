//! What a database must be like to hold an event store, and what is said of one that is not.

use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use super::Mode;
use crate::error::Error;

/// Databases that speak like PostgreSQL and give out numbers, or show locks, in another way.
const LOOK_ALIKES: &[&str] = &["CockroachDB", "-YB-", "Redshift", "Greenplum"];

/// What is worth knowing of a database that is as it must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Premises {
    /// How many connections the server takes from roles that are no superusers.
    pub(crate) connections: i32,
    /// The port that the server listens on; `None` behind a socket.
    pub(crate) port: Option<i32>,
    /// Whether transactions of this role are others by default than calls need.
    pub(crate) has_other_defaults: bool,
    /// Whether the store is there already, so that all of it was looked at.
    pub(crate) complete: bool,
}

/// Looks at the database behind a connection.
///
/// # Errors
///
/// [`Error::Unsuitable`] with what is wrong and how to change it, [`Error::Database`] if it cannot be asked.
pub(crate) async fn look(connection: &mut PgConnection, mode: Mode) -> Result<Premises, Error> {
    let row = mode.query(include_str!("../sql/premises.sql")).fetch_one(connection).await?;
    match fault(&row)? {
        Some(reason) => Err(Error::Unsuitable { reason }),
        None => Ok(Premises {
            connections: row.try_get("connections")?,
            port: row.try_get("port")?,
            has_other_defaults: row.try_get("has_other_defaults")?,
            complete: row.try_get::<Option<i64>, _>("cache")?.is_some(),
        }),
    }
}

fn fault(row: &PgRow) -> sqlx::Result<Option<String>> {
    let version: String = row.try_get("version")?;
    if let Some(name) = LOOK_ALIKES.iter().find(|name| version.contains(**name)) {
        return Ok(Some(format!(
            "it is no PostgreSQL ({name} in {version:?}); the order of the log rests on how that gives out numbers and \
             shows locks"
        )));
    }
    if row.try_get::<i32, _>("number")? < 150_000 {
        return Ok(Some(format!("PostgreSQL 15 or later is needed, and this is {version:?}")));
    }
    let encoding: String = row.try_get("encoding")?;
    if encoding != "UTF8" {
        return Ok(Some(format!(
            "its encoding is {encoding}, which lacks characters that events may have; create it with ENCODING 'UTF8' \
             TEMPLATE template0"
        )));
    }
    if !row.try_get::<bool, _>("locks_are_seen")? {
        return Ok(Some(format!(
            "an advisory lock is not seen in pg_locks, where readers look for running appends; is this a PostgreSQL \
             of its own? ({version:?})"
        )));
    }
    let options = [
        ("CACHE", row.try_get::<Option<i64>, _>("cache")?),
        ("INCREMENT BY", row.try_get::<Option<i64>, _>("increment")?),
    ];
    if let Some((option, value)) =
        options.into_iter().find(|(_, value)| !matches!(value, None | Some(1)))
    {
        let value = value.unwrap_or_default();
        return Ok(Some(format!(
            "the sequence aether_event_sequence has {option} {value}, and readers would miss events; say ALTER SEQUENCE \
             aether_event_sequence {option} 1"
        )));
    }
    if row.try_get::<Option<bool>, _>("cycle")? == Some(true) {
        return Ok(Some(
            "the sequence aether_event_sequence cycles, and readers would miss events; say ALTER SEQUENCE \
             aether_event_sequence NO CYCLE"
                .to_owned(),
        ));
    }
    Ok(None)
}
