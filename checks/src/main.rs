//! What `make check` looks for in the sources: the public API is what its listing says, no file is too
//! long, identifiers are English, links lead somewhere, and no phrase reads as translated.
//!
//! `aether-checks` checks; `aether-checks --write` writes the listings anew.

#![allow(clippy::print_stderr, reason = "it talks to those who run it")]

mod api;
mod crate_tree;
mod files;
mod language;
mod links;
mod prose;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

fn main() -> Result<ExitCode> {
    let write = std::env::args().any(|argument| argument == "--write");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = files::too_long(&root)?;
    found.extend(language::french(&root)?);
    found.extend(links::broken(&root)?);
    found.extend(prose::tics(&root)?);
    found.extend(api::changed(&root, write)?);
    for fault in &found {
        eprintln!("make check: {fault}");
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
