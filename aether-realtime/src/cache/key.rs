//! Names of entries, made without an allocation.

use std::fmt::{self, Write as _};

/// The name of an entry: an entity, and one of the things that are kept about it.
///
/// ```
/// use aether_realtime::cache::CacheKey;
///
/// let key = CacheKey::new("player:42", 6, "profile");
/// assert_eq!((key.kind(), key.id(), key.entry()), ("player", "42", "profile"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheKey<'k> {
    group: &'k str,
    kind: usize,
    entry: &'k str,
}

impl<'k> CacheKey<'k> {
    /// An entry of the entity `kind:id`, of which `kind` is the length of the first part.
    ///
    /// # Panics
    ///
    /// If there is no colon at that place.
    #[must_use]
    pub fn new(group: &'k str, kind: usize, entry: &'k str) -> Self {
        assert_eq!(group.as_bytes().get(kind), Some(&b':'), "an entity is named kind:id");
        Self { group, kind, entry }
    }

    /// The entity as `kind:id`.
    #[must_use]
    pub fn group(&self) -> &'k str {
        self.group
    }

    /// The kind of the entity.
    #[must_use]
    pub fn kind(&self) -> &'k str {
        &self.group[..self.kind]
    }

    /// The id of the entity.
    #[must_use]
    pub fn id(&self) -> &'k str {
        &self.group[self.kind + 1..]
    }

    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &'k str {
        self.entry
    }
}

/// A key that lives on its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct OwnedKey {
    group: Box<str>,
    kind: usize,
    entry: Box<str>,
}

impl OwnedKey {
    pub(super) fn of(key: &CacheKey<'_>) -> Self {
        Self { group: key.group.into(), kind: key.kind, entry: key.entry.into() }
    }

    pub(super) fn key(&self) -> CacheKey<'_> {
        CacheKey { group: &self.group, kind: self.kind, entry: &self.entry }
    }
}

/// Ids up to this length cost no allocation.
const INLINE: usize = 96;

/// Text that is written on the stack as long as it is short.
pub(super) struct ShortText {
    inline: [u8; INLINE],
    length: usize,
    long: Option<String>,
}

impl ShortText {
    pub(super) fn of(text: fmt::Arguments<'_>) -> Self {
        let mut short = Self { inline: [0; INLINE], length: 0, long: None };
        // a Display that fails has written what it could; nothing else can fail here
        let _ = short.write_fmt(text);
        short
    }

    pub(super) fn as_str(&self) -> &str {
        match &self.long {
            Some(long) => long,
            // only whole strings are ever written
            None => std::str::from_utf8(&self.inline[..self.length]).unwrap_or_default(),
        }
    }
}

impl fmt::Write for ShortText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(long) = &mut self.long {
            long.push_str(text);
            return Ok(());
        }
        let end = self.length + text.len();
        if let Some(room) = self.inline.get_mut(self.length..end) {
            room.copy_from_slice(text.as_bytes());
            self.length = end;
        } else {
            self.long = Some(format!("{}{text}", self.as_str()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_text_read_the_same() {
        for length in [0, 1, INLINE - 2, INLINE - 1, INLINE, 3 * INLINE] {
            let text = "é".repeat(length / 2);
            assert_eq!(ShortText::of(format_args!("k:{text}")).as_str(), format!("k:{text}"));
        }
    }
}
