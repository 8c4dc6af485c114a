//! The id of a session: what its holder shows to be let in.

use std::fmt;
use std::str::FromStr;

use aether_core::time::{Random as _, SystemRandom};

/// The id of a session: its user's id and a secret of 256 random bits, written
/// `{user_id}.{64 hexadecimal digits}`.
///
/// A holder of it is the user: send it over TLS only, in a cookie that scripts cannot read, and keep it out
/// of logs. [`Debug`](fmt::Debug) leaves the secret out, [`Display`](fmt::Display) shows all of it. The
/// secret comes from the generator of [`SystemRandom`], which is seeded by the operating system and fit
/// for secrets. The user's id is in it so that all sessions of a user share a slot of Redis Cluster.
///
/// ```
/// use aether_redis::SessionId;
///
/// let id: SessionId = format!("42.{:064x}", 7).parse()?;
/// assert_eq!(id.user_id(), "42");
/// assert_eq!(format!("{id:?}"), "SessionId(42.…)");
/// assert!("42.guess".parse::<SessionId>().is_err());
/// # Ok::<(), aether_redis::InvalidSessionId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionId {
    user_id: Box<str>,
    secret: [u128; 2],
}

impl SessionId {
    /// A new one for a user whose id was looked at.
    pub(crate) fn draw(user_id: &str) -> Self {
        Self { user_id: user_id.into(), secret: [SystemRandom.next(), SystemRandom.next()] }
    }

    /// Whose session it is, if there is such a session.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The secret as it stands in names of keys.
    pub(crate) fn secret(&self) -> impl fmt::Display {
        let [high, low] = self.secret;
        fmt::from_fn(move |f| write!(f, "{high:032x}{low:032x}"))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.user_id, self.secret())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({}.…)", self.user_id)
    }
}

/// Hexadecimal digits of half a secret.
const HALF: usize = 32;

/// A text that is no session id, whatever it is: nobody is let in with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session id; it is written user_id.secret, the secret in 64 hexadecimal digits")]
pub struct InvalidSessionId;

impl FromStr for SessionId {
    type Err = InvalidSessionId;

    fn from_str(text: &str) -> Result<Self, InvalidSessionId> {
        let (user_id, secret) = text.rsplit_once('.').ok_or(InvalidSessionId)?;
        let digits = secret.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_user_id(user_id) || secret.len() != 2 * HALF || !digits {
            return Err(InvalidSessionId);
        }
        let (high, low) = secret.split_at(HALF);
        let number = |digits| u128::from_str_radix(digits, 16).map_err(|_| InvalidSessionId);
        Ok(Self { user_id: user_id.into(), secret: [number(high)?, number(low)?] })
    }
}

/// Whether it can be part of a key, as a hash tag too.
pub(crate) fn is_user_id(text: &str) -> bool {
    !text.is_empty() && !text.contains(['{', '}'])
}
