//! What is known of a session.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::ephemeral::reply::Reply;
use crate::ephemeral::sessions::id::SessionId;
use crate::error::Result;

/// How fields of the program's own are told from those of every session.
pub(super) const ATTRIBUTE: &str = "attribute:";

/// A session that was valid when it was read.
///
/// The address and the name are personal data: they are gone when the session ends, and not before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: String,
    /// What the user is called.
    pub username: String,
    /// Where the user came from when the session was created, if that was said.
    pub ip_address: Option<IpAddr>,
    /// When it was created, by the clock of Redis.
    pub created_at: SystemTime,
    /// When it was last touched, by the clock of Redis.
    pub last_activity: SystemTime,
    /// The connection that serves it now.
    pub websocket_connection_id: Option<String>,
    /// What the program keeps with it.
    pub attributes: BTreeMap<String, String>,
}

impl Session {
    /// Fields and values, one after another.
    pub(super) fn read(id: SessionId, mut fields: Reply) -> Result<Self> {
        let mut session = Self {
            id,
            user_id: String::new(),
            username: String::new(),
            ip_address: None,
            created_at: UNIX_EPOCH,
            last_activity: UNIX_EPOCH,
            websocket_connection_id: None,
            attributes: BTreeMap::new(),
        };
        while !fields.is_empty() {
            let name = fields.text()?;
            match name.as_str() {
                "user_id" => session.user_id = fields.text()?,
                "username" => session.username = fields.text()?,
                "ip_address" => session.ip_address = fields.text()?.parse().ok(),
                "created_at" => session.created_at = UNIX_EPOCH + fields.micros()?,
                "last_activity" => session.last_activity = UNIX_EPOCH + fields.micros()?,
                "websocket_connection_id" => {
                    session.websocket_connection_id =
                        Some(fields.text()?).filter(|id| !id.is_empty());
                }
                _ => {
                    let value = fields.text()?;
                    if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
                        session.attributes.insert(attribute.to_owned(), value);
                    }
                }
            }
        }
        Ok(session)
    }

    /// Pairs of an id and the fields, one after another.
    pub(super) fn read_all(mut sessions: Reply) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        while !sessions.is_empty() {
            let mut pair = sessions.list()?;
            let id = pair.text()?.parse().map_err(|_| pair.error())?;
            all.push(Self::read(id, pair.list()?)?);
        }
        Ok(all)
    }
}

/// What a session begins with.
///
/// ```
/// use std::net::Ipv4Addr;
/// use aether_redis::NewSession;
///
/// let new = NewSession::new(42, "Kael")
///     .ip_address(Ipv4Addr::LOCALHOST.into())
///     .attribute("device", "phone");
/// ```
#[derive(Debug, Clone)]
#[must_use = "a session begins when it is created"]
pub struct NewSession {
    pub(super) user_id: String,
    pub(super) username: String,
    pub(super) ip_address: Option<IpAddr>,
    pub(super) attributes: BTreeMap<String, String>,
}

impl NewSession {
    /// A session of the user with this id (which has no braces) and name.
    pub fn new(user_id: impl ToString, username: impl Into<String>) -> Self {
        Self {
            user_id: user_id.to_string(),
            username: username.into(),
            ip_address: None,
            attributes: BTreeMap::new(),
        }
    }

    /// Where the user comes from.
    pub const fn ip_address(mut self, address: IpAddr) -> Self {
        self.ip_address = Some(address);
        self
    }

    /// Something of the program's own: a few small ones, since all are read with the session.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Fields and values as the script takes them.
    pub(super) fn fields(&self) -> Vec<String> {
        let address = self.ip_address.map(|address| address.to_string()).unwrap_or_default();
        let known = [
            ("user_id", self.user_id.clone()),
            ("username", self.username.clone()),
            ("ip_address", address),
            ("websocket_connection_id", String::new()),
        ];
        let known = known.into_iter().map(|(name, value)| (name.to_owned(), value));
        let own = self.attributes.iter();
        let own = own.map(|(name, value)| (format!("{ATTRIBUTE}{name}"), value.clone()));
        known.chain(own).flat_map(|(name, value)| [name, value]).collect()
    }
}

/// What became of [`create`](crate::Sessions::create).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// The new session.
    pub session: Session,
    /// Those that had to go because the user had too many: close their connections.
    pub revoked: Vec<Session>,
}

impl Created {
    pub(super) fn new(
        id: SessionId,
        new: NewSession,
        now: Duration,
        revoked: Vec<Session>,
    ) -> Self {
        let NewSession { user_id, username, ip_address, attributes } = new;
        let now = UNIX_EPOCH + now;
        let session = Session {
            id,
            user_id,
            username,
            ip_address,
            created_at: now,
            last_activity: now,
            websocket_connection_id: None,
            attributes,
        };
        Self { session, revoked }
    }
}

/// A moment before a login was checked: see [`Sessions::mark`](crate::Sessions::mark).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "create the session with create_since"]
pub struct LoginMark {
    pub(super) user_id: String,
    /// When the user's sessions were last revoked; empty if that is long ago.
    pub(super) revoked: String,
}
