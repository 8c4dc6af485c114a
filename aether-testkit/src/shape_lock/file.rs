//! The lock file: a JSON list, sorted, so that a change shows up as a change of its lines.

use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ShapeLockError;

/// The shape that one schema version of one event type has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The event type's stored name.
    #[serde(rename = "type")]
    pub name: String,
    /// The schema version.
    pub version: u16,
    /// The shape, as [`Event::shapes`](aether_core::Event::shapes) tells it.
    pub shape: String,
}

/// The entries of a lock file; none if there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, ShapeLockError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => {
            return Err(ShapeLockError::Io { path: path.to_owned(), source });
        }
    };
    serde_json::from_str(&text)
        .map_err(|source| ShapeLockError::Malformed { path: path.to_owned(), source })
}

/// Writes a lock file, with its folder.
pub(super) fn write(path: &Path, mut entries: Vec<Entry>) -> Result<(), ShapeLockError> {
    entries.sort();
    let mut text = serde_json::to_string_pretty(&entries)
        .map_err(|source| ShapeLockError::Malformed { path: path.to_owned(), source })?;
    text.push('\n');
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(path, text))
        .map_err(|source| ShapeLockError::Io { path: path.to_owned(), source })
}
