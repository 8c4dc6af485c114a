//! The documentation shows what the commands really print.
//!
//! Each ```` ```console ```` block of `src/docs/commands.md` and of the operator's guide is `$ studio …` commands, one by
//! one over one database, and what they print. In blocks marked `varying` numbers may differ. `UPDATE_DOCS=1` writes what
//! the commands print into the file.

use std::path::Path;

use crate::operations::NODES_AT_WORK;
use crate::studio::{LOG, Studio};

#[tokio::test]
async fn every_command_prints_what_the_documentation_shows() {
    let studio = Studio::empty().await;
    compare(&studio, "src/docs/commands.md").await;
}

/// The guide is about a studio at work.
#[tokio::test]
async fn every_command_prints_what_the_operators_guide_shows() {
    let studio = Studio::open().await;
    studio.shows(&["migrate"]).await;
    studio.sql(NODES_AT_WORK).await;
    compare(&studio, "../docs/guides/operating.md").await;
}

/// Runs the commands of a document, and compares what they print with it.
async fn compare(studio: &Studio, document: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.jsonl"), LOG).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let shown = std::fs::read_to_string(&path).unwrap();
    let mut real = String::new();
    let mut block: Option<&str> = None;
    for line in shown.lines() {
        match (block, line.strip_prefix("```")) {
            (None, Some(kind)) if kind.starts_with("console") => block = Some(kind),
            (Some(_), Some(_)) => block = None,
            (Some(_), None) => {
                let Some(command) = line.strip_prefix("$ ") else { continue };
                if !real.ends_with(&format!("```{}\n", block.unwrap_or_default())) {
                    real.push('\n');
                }
                real.push_str(&format!("{line}\n{}", print(studio, folder.path(), command).await));
                continue;
            }
            _ => {}
        }
        real.push_str(&format!("{line}\n"));
        if line == "<!-- nodes at work -->" {
            studio.sql(NODES_AT_WORK).await;
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, real).unwrap();
        return;
    }
    assert_eq!(comparable(&shown), comparable(&real), "UPDATE_DOCS=1 writes the real output");
}

/// What a command prints on a terminal: both outputs.
async fn print(studio: &Studio, folder: &Path, command: &str) -> String {
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    let child = studio.command(&args).current_dir(folder).spawn().unwrap();
    let ended = crate::studio::Ended::of(child).await;
    format!("{}{}", ended.stdout, ended.stderr)
}

/// A word with `#` for each number in it.
fn without_numbers(word: &str) -> String {
    let mut text = String::new();
    for c in word.chars() {
        match c {
            '0'..='9' if text.ends_with('#') => {}
            '0'..='9' => text.push('#'),
            c => text.push(c),
        }
    }
    text
}

/// The text with the numbers, and the gaps between columns, of varying blocks made equal.
fn comparable(text: &str) -> String {
    let mut varying = false;
    let line = |line: &str| {
        if let Some(kind) = line.strip_prefix("```") {
            varying = kind == "console varying";
        }
        if !varying || line.starts_with('$') {
            return format!("{line}\n");
        }
        let words = line.split_whitespace().map(|word| match word {
            "ms" | "s" | "B" | "KiB" | "MiB" => "unit".to_owned(),
            word if word.starts_with(|c: char| c.is_ascii_digit()) => "#".to_owned(),
            word => without_numbers(word),
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}
