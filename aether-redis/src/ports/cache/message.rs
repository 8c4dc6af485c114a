//! Invalidations as messages between processes.

use aether_realtime::cache::Invalidation;
use serde::{Deserialize, Serialize};

/// An [`Invalidation`] on the wire.
#[derive(Serialize, Deserialize)]
struct Wire {
    kind: String,
    id: String,
    entry: Option<String>,
    version: Option<u64>,
}

pub(super) fn write(target: &Invalidation) -> String {
    let wire = Wire {
        kind: target.kind().to_owned(),
        id: target.id().to_owned(),
        entry: target.entry_name().map(str::to_owned),
        version: target.version(),
    };
    // strings and numbers can always be written
    serde_json::to_string(&wire).unwrap_or_default()
}

/// `None` if it cannot be read: newer code wrote it, and it may concern anything.
pub(super) fn read(message: &str) -> Option<Invalidation> {
    let wire: Wire = serde_json::from_str(message).ok()?;
    let target = match &wire.entry {
        Some(entry) => Invalidation::entry(&wire.kind, &wire.id, entry),
        None => Invalidation::entity(&wire.kind, &wire.id),
    };
    Some(match wire.version {
        Some(version) => target.at(version),
        None => target,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let player = Invalidation::entity("player", "4\"2");
        for target in [
            player.clone(),
            player.at(u64::MAX),
            Invalidation::entry("player", 42, "profile").at(7),
        ] {
            assert_eq!(read(&write(&target)), Some(target));
        }
        assert_eq!(read("from the future"), None);
    }
}
