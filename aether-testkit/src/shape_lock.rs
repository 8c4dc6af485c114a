//! The lock on the shapes of stored events: what was stored must stay readable.
//!
//! A field that is renamed, a type that is widened, a `#[serde(…)]` attribute that is added: each
//! changes what an event looks like when it is stored, and compiles. One line of test notices:
//!
//! ```no_run
//! # use serde::{Deserialize, Serialize};
//! # #[derive(Serialize, Deserialize, aether_core::Event)]
//! # enum ChestEvent { Opened }
//! #[test]
//! fn stored_chests_stay_readable() {
//!     aether_testkit::shape_lock::assert_event_shapes::<ChestEvent>("tests/shapes/chest.json");
//! }
//! ```
//!
//! The file belongs into version control; a review sees every change of a stored shape in it. It holds
//! one entry for each event type and schema version, also those of the past. One file for one event
//! type in Rust.
//!
//! `AETHER_UPDATE_SHAPES=1` accepts what takes nothing away: new event types and raised versions.
//! `AETHER_UPDATE_SHAPES=force` accepts everything, for events that were never stored outside of a
//! developer's machine.

use std::fmt;
use std::path::{Path, PathBuf};

use aether_core::Event;

mod file;
#[cfg(test)]
mod tests;

pub use file::Entry;

/// The environment variable that says how to update the lock file.
pub const UPDATE_VARIABLE: &str = "AETHER_UPDATE_SHAPES";

/// What to do about differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Report them.
    Never,
    /// Write those into the file that leave every stored event readable.
    Compatible,
    /// Write all of them into the file.
    Force,
}

/// A difference between the code and the lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// An event type that is not in the file.
    New {
        /// The event type as it is now.
        now: Entry,
    },
    /// A schema version that is higher than all in the file.
    Raised {
        /// The newest in the file.
        locked: Entry,
        /// The event type as it is now.
        now: Entry,
    },
    /// Another shape under the same schema version.
    Changed {
        /// What is in the file.
        locked: Entry,
        /// The event type as it is now.
        now: Entry,
    },
    /// A schema version below one in the file.
    Lowered {
        /// The newest in the file.
        locked: Entry,
        /// The event type as it is now.
        now: Entry,
    },
    /// An event type in the file that the code knows neither by name nor by an upcaster's rename.
    Gone {
        /// The newest in the file.
        locked: Entry,
    },
}

/// Why stored events would not stay readable, or why nobody can tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeLockError {
    /// The code and the lock file differ.
    #[error("{}", report(.path, .differences))]
    Differs {
        /// The lock file.
        path: PathBuf,
        /// All differences, by event type.
        differences: Vec<Difference>,
    },
    /// The lock file cannot be read or written.
    #[error("the lock file {} cannot be read or written: {source}", .path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The lock file is not one.
    #[error("{} is no lock file: {source}; restore it from version control", .path.display())]
    Malformed {
        /// The lock file.
        path: PathBuf,
        /// Where reading stopped.
        source: serde_json::Error,
    },
}

/// Fails the test when a stored event type's shape is not the one in the lock file; the message shows
/// both and says what to do. The path is relative to the crate's folder, where tests run.
///
/// # Panics
///
/// See [`ShapeLockError`]. Also when [`UPDATE_VARIABLE`] has another value than `1`, `force` or `0`.
#[track_caller]
pub fn assert_event_shapes<E: Event>(path: impl AsRef<Path>) {
    let update = match std::env::var(UPDATE_VARIABLE).as_deref() {
        Err(_) | Ok("" | "0") => Update::Never,
        Ok("1") => Update::Compatible,
        Ok("force") => Update::Force,
        Ok(other) => panic!("{UPDATE_VARIABLE} is {other:?}; it can be 1 or force"),
    };
    if let Err(error) = check_event_shapes::<E>(path, update) {
        panic!("{error}");
    }
}

/// Compares the shapes of an event type with the lock file and, as `update` allows, rewrites the file.
///
/// # Errors
///
/// [`ShapeLockError::Differs`] with what was not accepted (nothing is written then), or the file's
/// own trouble.
pub fn check_event_shapes<E: Event>(
    path: impl AsRef<Path>,
    update: Update,
) -> Result<(), ShapeLockError> {
    let path = path.as_ref();
    let locked = file::read(path)?;
    let now: Vec<Entry> = E::TYPES
        .iter()
        .zip(E::shapes())
        .map(|(kind, shape)| Entry { name: kind.name.into(), version: kind.version, shape })
        .collect();
    let known =
        |name: &str| E::type_names().any(|known| known == name) || E::upcasters().is_obsolete(name);

    let differences = differences(&locked, &now, known);
    if differences.is_empty() {
        return Ok(());
    }
    let refused = match update {
        Update::Never => true,
        Update::Compatible => differences.iter().any(Difference::is_breaking),
        Update::Force => false,
    };
    if refused {
        return Err(ShapeLockError::Differs { path: path.to_owned(), differences });
    }
    file::write(path, accepted(locked, &now, known))
}

impl Difference {
    /// Whether stored events may become unreadable by it.
    #[must_use]
    pub const fn is_breaking(&self) -> bool {
        matches!(self, Self::Changed { .. } | Self::Lowered { .. } | Self::Gone { .. })
    }
}

fn differences(locked: &[Entry], now: &[Entry], known: impl Fn(&str) -> bool) -> Vec<Difference> {
    let newest = |name: &str| {
        locked.iter().filter(|entry| entry.name == name).max_by_key(|entry| entry.version)
    };
    let mut found: Vec<_> = now
        .iter()
        .filter_map(|now| {
            let Some(locked) = newest(&now.name).cloned() else {
                return Some(Difference::New { now: now.clone() });
            };
            let now = now.clone();
            match now.version.cmp(&locked.version) {
                std::cmp::Ordering::Greater => Some(Difference::Raised { locked, now }),
                std::cmp::Ordering::Less => Some(Difference::Lowered { locked, now }),
                std::cmp::Ordering::Equal if now.shape == locked.shape => None,
                std::cmp::Ordering::Equal => Some(Difference::Changed { locked, now }),
            }
        })
        .collect();
    let mut gone: Vec<&str> = locked.iter().map(|entry| &*entry.name).collect();
    gone.sort_unstable();
    gone.dedup();
    gone.retain(|name| !known(name));
    found.extend(
        gone.into_iter().filter_map(newest).cloned().map(|locked| Difference::Gone { locked }),
    );
    found.sort_by(|a, b| a.name().cmp(b.name()));
    found
}

/// The file's next content: what is known now, and the history that does not contradict it.
fn accepted(mut locked: Vec<Entry>, now: &[Entry], known: impl Fn(&str) -> bool) -> Vec<Entry> {
    locked.retain(|old| {
        let replaced = now.iter().any(|now| now.name == old.name && now.version <= old.version);
        known(&old.name) && !replaced
    });
    locked.extend_from_slice(now);
    locked
}

impl Difference {
    fn name(&self) -> &str {
        match self {
            Self::New { now }
            | Self::Raised { now, .. }
            | Self::Changed { now, .. }
            | Self::Lowered { now, .. } => &now.name,
            Self::Gone { locked } => &locked.name,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::New { now } => write!(
                f,
                "{name} is new, with version {}\n  now:    {}\n  \
                 accept it with {UPDATE_VARIABLE}=1",
                now.version, now.shape
            ),
            Self::Raised { locked, now } => write!(
                f,
                "{name} was raised from version {} to {}\n  locked: {}\n  now:    {}\n  \
                 make sure that an upcaster turns each older version into this one, then accept it \
                 with {UPDATE_VARIABLE}=1",
                locked.version, now.version, locked.shape, now.shape
            ),
            Self::Changed { locked, now } => write!(
                f,
                "{name} has another shape under the same version {}\n  locked: {}\n  now:    {}\n  \
                 events stored before do not fit it: raise the version with #[event(version = {})] \
                 and add an upcaster from {}, or go back to the locked shape; if none was ever \
                 stored, accept it with {UPDATE_VARIABLE}=force",
                now.version,
                locked.shape,
                now.shape,
                u32::from(now.version) + 1,
                now.version
            ),
            Self::Lowered { locked, now } => write!(
                f,
                "{name} went down from version {} to {}\n  locked: {}\n  now:    {}\n  \
                 events stored with version {} cannot be read any more: go back to it; if none was \
                 ever stored, accept it with {UPDATE_VARIABLE}=force",
                locked.version, now.version, locked.shape, now.shape, locked.version
            ),
            Self::Gone { locked } => write!(
                f,
                "{name} is gone\n  locked: {}\n  \
                 events stored under this name cannot be read any more: keep the variant, or tell \
                 the upcasters its new name with rename(\"{name}\", …), or that it means nothing any more \
                 with obsolete(\"{name}\"); if none was ever stored, accept it with {UPDATE_VARIABLE}=force",
                locked.shape
            ),
        }
    }
}

fn report(path: &Path, differences: &[Difference]) -> String {
    let mut text = format!("stored events and {} differ:", path.display());
    for difference in differences {
        text.push_str("\n\n");
        text.push_str(&difference.to_string());
    }
    text
}
