//! What is locked.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

/// The name of a lock: `kind:id`, or `kind:id:part` where one thing has several.
///
/// Kind and part are words of the program; the id may be anything. Characters of an id that mean something
/// elsewhere (`:`, `%`, braces, spaces and control characters) are written as `%` and two hexadecimal
/// digits, so that different ids never share a lock.
///
/// ```
/// use aether_core::LockName;
///
/// assert_eq!(LockName::new("combat", 42).part("action").to_string(), "combat:42:action");
/// assert_eq!(LockName::new("chat", "a:b").to_string(), "chat:a%3Ab");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockName {
    kind: &'static str,
    id: Arc<str>,
    part: Option<&'static str>,
}

impl LockName {
    /// The lock on one thing of a kind.
    #[must_use]
    pub fn new(kind: &'static str, id: impl fmt::Display) -> Self {
        let mut plain = Plain(String::new());
        // writing to a string does not fail; an id that can not be shown is cut there
        let _ = write!(plain, "{id}");
        Self { kind, id: plain.0.into(), part: None }
    }

    /// The lock on a part of it.
    #[must_use]
    pub const fn part(mut self, part: &'static str) -> Self {
        self.part = Some(part);
        self
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Which one, as it is written in the name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which part of it, if not the whole; see [`part`](LockName::part).
    #[must_use]
    pub const fn of_part(&self) -> Option<&'static str> {
        self.part
    }
}

impl fmt::Display for LockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)?;
        self.part.map_or(Ok(()), |part| write!(f, ":{part}"))
    }
}

/// Text without characters that mean something in names and keys.
struct Plain(String);

impl fmt::Write for Plain {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                ':' | '%' | '{' | '}' | '\0'..=' ' | '\x7f' => {
                    write!(self.0, "%{:02X}", u32::from(character))?;
                }
                plain => self.0.push(plain),
            }
        }
        Ok(())
    }
}

/// A lock to be taken: its name, and for how long it outlives the last sign of life of its holder.
///
/// A short lease frees the lock soon after its holder has died; it has to be long enough that a renewal,
/// tried from a third of it on, gets through. Work may take longer than the lease: it is renewed for as long
/// as the guard lives.
///
/// ```
/// use std::time::Duration;
/// use aether_core::{Lock, LockName};
///
/// let lock = Lock::new(LockName::new("guilde", 7), Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub(super) name: LockName,
    pub(super) lease: Duration,
}

impl Lock {
    /// The longest lease: a year.
    pub const MAX_LEASE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// The lock with this name. The lease counts in whole milliseconds, at least one, and is held to
    /// [`Lock::MAX_LEASE`].
    #[must_use]
    pub const fn new(name: LockName, lease: Duration) -> Self {
        let too_long = lease.as_secs() >= Self::MAX_LEASE.as_secs();
        let lease = if too_long { Self::MAX_LEASE } else { lease };
        Self { name, lease }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &LockName {
        &self.name
    }

    /// Its lease.
    #[must_use]
    pub const fn lease(&self) -> Duration {
        self.lease
    }
}
