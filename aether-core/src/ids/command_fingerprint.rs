//! What tells the commands apart that come under one id.

use uuid::Uuid;

/// A hash of what was asked for under a [command id](crate::CommandId): the same id with another one is
/// [`CommandMismatch`](crate::Error::CommandMismatch).
///
/// The same parts give the same fingerprint in each process and release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommandFingerprint(Uuid);

impl CommandFingerprint {
    /// The fingerprint of a request, by everything that tells it from others, in order: its route and its body, for one.
    #[must_use]
    pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut text = Vec::new();
        for part in parts {
            let part = part.as_ref();
            // with its length, so that no byte can move from one part to the next
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part);
        }
        Self(Uuid::new_v5(&NAMESPACE, &text))
    }

    /// A fingerprint from its number, as stores keep it.
    #[must_use]
    pub const fn new(number: Uuid) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }

    /// Whether two requests under one id are known to ask for different things. One without a fingerprint is like any
    /// other. For backends.
    #[must_use]
    pub fn differ(one: Option<Self>, other: Option<Self>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
}

/// Never changes, since fingerprints are stored.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a9d_2c41_7be0_4f53_9a18_c0de_51f0_7e3b);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_all_parts_and_stays() {
        let fingerprint = CommandFingerprint::of(["POST /chests", "{}"]);
        assert_eq!(fingerprint, CommandFingerprint::of([&b"POST /chests"[..], b"{}"]));
        let others: [&[&str]; 5] =
            [&["POST /chests{", "}"], &["POST /chests{}"], &["{}", "POST /chests"], &["{}"], &[]];
        for parts in others {
            assert_ne!(CommandFingerprint::of(parts), fingerprint, "{parts:?}");
        }
        assert_eq!(fingerprint.as_uuid().to_string(), "184c21c9-c5ce-5545-b83c-187548b5d7a3");
    }

    #[test]
    fn what_has_no_fingerprint_is_like_any_other() {
        let [one, other] = ["a", "b"].map(|part| Some(CommandFingerprint::of([part])));
        assert!(CommandFingerprint::differ(one, other));
        for (left, right) in [(one, one), (one, None), (None, other), (None, None)] {
            assert!(!CommandFingerprint::differ(left, right));
        }
    }
}
