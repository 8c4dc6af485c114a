//! How long files are.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// How many lines a source file has at the most.
const LINES: usize = 600;

/// The source files that are too long, in words.
pub(crate) fn too_long(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(root, &["rs"])? {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let lines = text.lines().count();
        if lines > LINES {
            let file = file.strip_prefix(root).unwrap_or(&file).display();
            found.push(format!("{file} has {lines} lines, of at most {LINES}: cut it in two"));
        }
    }
    Ok(found)
}

/// All files below `folder` with one of these endings, but for what was built.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
            found.extend(files(&path, endings)?);
        } else if path.extension().is_some_and(|it| endings.iter().any(|ending| it == *ending)) {
            found.push(path);
        }
    }
    Ok(found)
}
