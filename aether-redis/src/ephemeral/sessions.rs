//! Who is logged in.

mod id;
mod session;

use std::time::Duration;

use fred::interfaces::KeysInterface as _;

use crate::client::{Family, RedisClient};
use crate::ephemeral::reply::{Reply, micros, millis};
use crate::error::{Error, Result};
use crate::key_space::{Key, KeySpace};
use crate::script::Script;

pub use id::{InvalidSessionId, SessionId};
pub use session::{Created, LoginMark, NewSession, Session};

static CREATE: Script =
    Script::new(include_str!("sessions/create.lua")).measured_as(Family::Session);
static TOUCH: Script = Script::new(include_str!("sessions/touch.lua")).measured_as(Family::Session);
static READ: Script = Script::new(include_str!("sessions/read.lua")).measured_as(Family::Session);
static EDIT: Script =
    Script::new(concat!("#!lua\n", include_str!("sessions/edit.lua"))).measured_as(Family::Session);
/// The same for what takes no room.
static CLEAR: Script =
    Script::new(concat!("#!lua flags=allow-oom\n", include_str!("sessions/edit.lua")))
        .measured_as(Family::Session);
static LIST: Script = Script::new(include_str!("sessions/list.lua")).measured_as(Family::Session);
static REVOKE: Script =
    Script::new(include_str!("sessions/revoke.lua")).measured_as(Family::Session);

/// Sessions of users: created, renewed by use, listed and revoked. Cheap to clone.
///
/// A session is a hash `session:{session_id}`, and a member of the set `user:{user_id}:sessions`. Both lie
/// in one slot (a [`SessionId`] names its user), so each call below is one script and one round trip, and
/// no crash leaves one without the other.
///
/// # What is guaranteed
///
/// - **A session is valid while it is there and its user's set lists it.** What was revoked or has ended
///   stays so: a late [`touch`](Sessions::touch) does not bring it back. To delete the set by hand is to
///   revoke all sessions of the user.
/// - **[`revoke_all`](Sessions::revoke_all) leaves none**: every session created before it is gone when it
///   returns. A login that was checked before and creates its session after is refused by
///   [`create_since`](Sessions::create_since).
/// - **A user has at most [`max_per_user`](Sessions::max_per_user) sessions.** One more, and the one that
///   was not used for longest is revoked.
/// - All times are those of the clock of Redis. Sessions are not durable: a flushed Redis logs everybody
///   out. In a Redis that is full, sessions can still be renewed, listed and revoked, but not created.
///
/// The address and the name of a user are personal data. They live as long as the session, in Redis only.
///
/// ```no_run
/// use aether_redis::{KeySpace, NewSession, RedisClient, SessionId, Sessions};
///
/// # async fn run(client: RedisClient, cookie: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let sessions = Sessions::new(client, KeySpace::new()).max_per_user(5);
/// let created = sessions.create(NewSession::new(42, "Kael")).await?;
/// println!("Set-Cookie: session={}", created.session.id);
///
/// // at every request
/// match sessions.touch(&cookie.parse()?).await? {
///     Some(session) => println!("hello {}", session.username),
///     None => println!("please log in"),
/// }
/// sessions.revoke_all(42).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Sessions {
    client: RedisClient,
    keys: KeySpace,
    lifetime: Duration,
    max_age: Option<Duration>,
    max_per_user: u16,
}

impl Sessions {
    /// Sessions under the prefix of `keys`, with default settings.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        let lifetime = Duration::from_secs(3600);
        Self { client, keys, lifetime, max_age: None, max_per_user: 100 }
    }

    /// How long a session lives after it was last touched. Default: an hour.
    #[must_use]
    pub const fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// How long a session lives at most, however often it is touched. Default: no limit.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// How many sessions a user has at most: 1 to 1000, default 100.
    #[must_use]
    pub const fn max_per_user(mut self, sessions: u16) -> Self {
        self.max_per_user = match sessions {
            0 => 1,
            1..=1000 => sessions,
            _ => 1000,
        };
        self
    }

    /// Creates a session. If its user has too many, those not used for longest are revoked.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidKey`] if the user's id is empty or has braces; [`Error::WrongType`]. Transient ones:
    /// a session that was created all the same is known to nobody and ends by itself, so retry.
    pub async fn create(&self, new: NewSession) -> Result<Created> {
        let created = self.run_create(new, None).await?;
        created.ok_or_else(|| unexpected("a session was refused without a mark"))
    }

    /// Creates a session unless the user's sessions were [all](Sessions::revoke_all) revoked since `mark`
    /// was taken: then, or if the mark is another user's, `None`.
    ///
    /// # Errors
    ///
    /// As [`create`](Sessions::create).
    pub async fn create_since(&self, mark: &LoginMark, new: NewSession) -> Result<Option<Created>> {
        if mark.user_id != new.user_id {
            return Ok(None);
        }
        self.run_create(new, Some(mark)).await
    }

    /// Marks the moment before a login is checked. Somebody who changes a password and revokes all sessions
    /// means those too that are about to be created under the old one:
    ///
    /// ```no_run
    /// # use aether_redis::{NewSession, Sessions};
    /// # async fn login(sessions: Sessions, check: impl AsyncFn() -> bool) -> aether_redis::Result<()> {
    /// let mark = sessions.mark(42).await?;
    /// if check().await {
    ///     let created = sessions.create_since(&mark, NewSession::new(42, "Kael")).await?;
    /// # drop(created);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// Good for the [lifetime](Sessions::lifetime) of a session. One round trip.
    ///
    /// # Errors
    ///
    /// As [`list`](Sessions::list).
    pub async fn mark(&self, user_id: impl ToString) -> Result<LoginMark> {
        let user_id = checked(user_id)?;
        let key = &self.keys.sessions_revoked(&user_id);
        let revoked: Option<String> = self
            .client
            .call(Family::Session, |redis| async move { redis.get(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "string"))?;
        Ok(LoginMark { user_id, revoked: revoked.unwrap_or_default() })
    }

    /// Renews a session and reads it; `None` if it is not valid: the user has to log in again.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], transient ones (retry).
    pub async fn touch(&self, id: &SessionId) -> Result<Option<Session>> {
        let oldest = self.max_age.map_or(0, |age| micros(age).max(1)).to_string();
        let arguments = vec![id.to_string(), self.lifetime_argument(), oldest];
        self.read_one(&TOUCH, id, arguments).await
    }

    /// Reads a session without renewing it; `None` if it is not valid.
    ///
    /// # Errors
    ///
    /// As [`touch`](Sessions::touch).
    pub async fn get(&self, id: &SessionId) -> Result<Option<Session>> {
        self.read_one(&READ, id, vec![id.to_string()]).await
    }

    /// Notes which connection serves a session now, and does not renew it. `false` if it is not valid.
    ///
    /// # Errors
    ///
    /// As [`touch`](Sessions::touch).
    pub async fn connect(&self, id: &SessionId, connection: &str) -> Result<bool> {
        self.edit(id, "websocket_connection_id".to_owned(), "set", connection).await
    }

    /// Notes that a connection has ended. `false` if the session is not valid, or another connection has
    /// taken over: what a connection leaves behind never hides its successor.
    ///
    /// # Errors
    ///
    /// As [`touch`](Sessions::touch).
    pub async fn disconnect(&self, id: &SessionId, connection: &str) -> Result<bool> {
        self.edit(id, "websocket_connection_id".to_owned(), "empty", connection).await
    }

    /// Keeps something of the program's own with a session, or removes it. `false` if the session is not
    /// valid.
    ///
    /// # Errors
    ///
    /// As [`touch`](Sessions::touch).
    pub async fn set_attribute(
        &self,
        id: &SessionId,
        name: &str,
        value: Option<&str>,
    ) -> Result<bool> {
        let what = if value.is_some() { "set" } else { "remove" };
        let field = format!("{}{name}", session::ATTRIBUTE);
        self.edit(id, field, what, value.unwrap_or_default()).await
    }

    /// The valid sessions of a user, the one last used first. Their ids let in anyone who has them: to the
    /// user, show everything but those.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidKey`] if the user's id is empty or has braces; [`Error::WrongType`]; transient ones
    /// (retry).
    pub async fn list(&self, user_id: impl ToString) -> Result<Vec<Session>> {
        let user_id = checked(user_id)?;
        let keys = vec![self.keys.sessions(&user_id).to_string()];
        let arguments = vec![self.keys.session(&user_id, "").to_string()];
        let reply = LIST.run(&self.client, &self.client.connection()?, keys, arguments).await?;
        let mut sessions = Session::read_all(Reply::new("sessions", reply)?)?;
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_activity));
        Ok(sessions)
    }

    /// Revokes a session and gives back what it was; `None` if it was not valid.
    ///
    /// # Errors
    ///
    /// As [`touch`](Sessions::touch). Sending it again is safe.
    pub async fn revoke(&self, id: &SessionId) -> Result<Option<Session>> {
        Ok(self.run_revoke(id.user_id(), "one", &id.to_string()).await?.pop())
    }

    /// Revokes all sessions of a user, and gives back what they were, so that their connections can be
    /// closed.
    ///
    /// # Errors
    ///
    /// As [`list`](Sessions::list). Sending it again is safe.
    pub async fn revoke_all(&self, user_id: impl ToString) -> Result<Vec<Session>> {
        self.run_revoke(&checked(user_id)?, "all", "").await
    }

    /// Revokes all sessions of a user but this one. Whether this one is valid is not asked.
    ///
    /// # Errors
    ///
    /// As [`list`](Sessions::list). Sending it again is safe.
    pub async fn revoke_others(&self, id: &SessionId) -> Result<Vec<Session>> {
        self.run_revoke(id.user_id(), "others", &id.to_string()).await
    }

    async fn run_create(
        &self,
        new: NewSession,
        mark: Option<&LoginMark>,
    ) -> Result<Option<Created>> {
        let user_id = checked(&new.user_id)?;
        let id = SessionId::draw(&user_id);
        let mut arguments = vec![
            self.keys.session(&user_id, "").to_string(),
            id.to_string(),
            // a session that is older than its age is none
            millis(self.max_age.map_or(self.lifetime, |age| age.min(self.lifetime)))
                .max(1)
                .to_string(),
            self.max_per_user.to_string(),
            mark.map_or("any", |_| "since").to_owned(),
            mark.map_or_else(String::new, |mark| mark.revoked.clone()),
        ];
        arguments.extend(new.fields());
        let keys = vec![
            self.keys.sessions(&user_id).to_string(),
            self.key(&id).to_string(),
            self.keys.sessions_revoked(&user_id).to_string(),
        ];
        let reply = CREATE.run(&self.client, &self.client.connection()?, keys, arguments).await;
        let reply = reply.and_then(|reply| Reply::new("sessions", reply));
        let mut reply = reply.map_err(|error| hidden(error, &id))?;
        match reply.text()?.as_str() {
            "created" => {
                let now = reply.micros()?;
                let revoked = Session::read_all(reply)?;
                metrics::counter!("aether_redis_sessions_created_total").increment(1);
                count_revoked(revoked.len());
                Ok(Some(Created::new(id, new, now, revoked)))
            }
            "revoked" => Ok(None),
            _ => Err(reply.error()),
        }
    }

    async fn run_revoke(&self, user_id: &str, what: &str, id: &str) -> Result<Vec<Session>> {
        let keys = [self.keys.sessions(user_id), self.keys.sessions_revoked(user_id)];
        let keys = keys.map(|key| key.to_string()).into();
        let base = self.keys.session(user_id, "").to_string();
        let arguments = vec![base, what.to_owned(), id.to_owned(), self.lifetime_argument()];
        let reply = REVOKE.run(&self.client, &self.client.connection()?, keys, arguments).await?;
        let revoked = Session::read_all(Reply::new("sessions", reply)?)?;
        count_revoked(revoked.len());
        Ok(revoked)
    }

    async fn read_one(
        &self,
        script: &Script,
        id: &SessionId,
        arguments: Vec<String>,
    ) -> Result<Option<Session>> {
        let connection = self.client.connection()?;
        let reply = script.run(&self.client, &connection, self.both(id), arguments).await;
        let reply = reply.and_then(|reply| Reply::new("sessions", reply));
        let mut reply = reply.map_err(|error| hidden(error, id))?;
        if reply.is_empty() {
            return Ok(None);
        }
        Ok(Some(Session::read(id.clone(), reply.list()?)?))
    }

    async fn edit(&self, id: &SessionId, field: String, what: &str, value: &str) -> Result<bool> {
        let arguments = vec![id.to_string(), field, what.to_owned(), value.to_owned()];
        let connection = self.client.connection()?;
        let script = if what == "set" { &EDIT } else { &CLEAR };
        let reply = script.run(&self.client, &connection, self.both(id), arguments).await;
        let reply = reply.and_then(|reply| Reply::new("sessions", reply));
        Ok(reply.map_err(|error| hidden(error, id))?.number()? == 1)
    }

    /// The set of the user, and the session.
    fn both(&self, id: &SessionId) -> Vec<String> {
        vec![self.keys.sessions(id.user_id()).to_string(), self.key(id).to_string()]
    }

    fn key(&self, id: &SessionId) -> Key {
        self.keys.session(id.user_id(), id.secret())
    }

    fn lifetime_argument(&self) -> String {
        millis(self.lifetime).max(1).to_string()
    }
}

/// The secret of a session lets its bearer in, so no error shows it, where it names the key of one.
fn hidden(error: Error, id: &SessionId) -> Error {
    let hide = |text: String| text.replace(&id.secret().to_string(), "…");
    match error {
        Error::WrongType { key, expected } => Error::WrongType { key: hide(key), expected },
        Error::CrossSlot { reason } => Error::CrossSlot { reason: hide(reason) },
        other => other,
    }
}

/// A user's id that can be part of a key.
fn checked(user_id: impl ToString) -> Result<String> {
    let user_id = user_id.to_string();
    if id::is_user_id(&user_id) { Ok(user_id) } else { Err(Error::InvalidKey { name: user_id }) }
}

fn count_revoked(sessions: usize) {
    let sessions = u64::try_from(sessions).unwrap_or(u64::MAX);
    metrics::counter!("aether_redis_sessions_revoked_total").increment(sessions);
}

fn unexpected(reason: &str) -> Error {
    Error::UnexpectedReply { reason: reason.to_owned() }
}
