//! Turns of phrase that read as translated.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::files::files;

/// What is not written, and what is written in its place.
const TICS: [(&str, &str); 15] = [
    ("can not", "cannot"),
    ("can_not", "cannot"),
    ("whoever", "the one that, those that, no matter who"),
    ("goes on with", "continues with"),
    ("go on with", "continue with"),
    ("went on with", "continued with"),
    ("gone on with", "continued with"),
    ("goes on behind", "continues after"),
    ("to be had", "free, granted"),
    ("what of the", "which part of the"),
    ("events behind", "events after"),
    ("behind this position", "after this position"),
    ("for so long", "how long, as long as that"),
    ("ordered about", "paused, retried, skipped"),
    ("made known", "registered"),
];

/// Where one of them stands. What was released keeps its words: the changelog, and migrations, whose checksums are stored.
pub(crate) fn tics(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(root, &["rs", "md", "sql", "lua"])? {
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let is_exempt = ["CHANGELOG.md", "checks/src/prose.rs"].contains(&shown.as_str());
        if is_exempt || shown.contains("/migrations/") {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| shown.clone())?;
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            for (tic, instead) in TICS {
                if line.contains(tic) {
                    let number = number + 1;
                    found.push(format!("{shown}:{number} says \"{tic}\"; write: {instead}"));
                }
            }
        }
    }
    Ok(found)
}
