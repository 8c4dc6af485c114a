//! The names of locks.

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The name of a lock: `kind:id`, or `kind:id:part` where one thing has several.
///
/// Kind and part are words of the program; the id may be anything. Characters of an id that mean something
/// elsewhere (`:`, `%`, braces, spaces and control characters) are written as `%` and two hexadecimal digits. So
/// different ids never share a lock.
///
/// ```
/// use aether_core::lock::LockName;
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
        // writing to a string does not fail; an id that cannot be shown is cut there
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
