//! What the sources of the rules may not contain.

use std::path::{Path, PathBuf};

/// The rules: a file and a folder of this name each.
const RULES: [&str; 16] = [
    "values",
    "refus",
    "reservation",
    "joueur",
    "combat",
    "inventaire",
    "equipement",
    "item",
    "economie",
    "monde",
    "quete",
    "competence",
    "pnj",
    "unite",
    "recompense",
    "processes",
];

const BACKENDS: [&str; 6] =
    ["sqlx", "fred", "aether_postgres", "aether_redis", "aether_realtime", "tokio"];

const LINES_MAX: usize = 250;
const MEDIAN_MAX: usize = 150;

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(path).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, files),
            false => files.push(path),
        }
    }
}

/// The files of the rules, by their paths under `src`, with their texts.
fn rules() -> Vec<(String, String)> {
    RULES.into_iter().flat_map(of).collect()
}

/// The files of a module, by their paths under `src`, with their texts.
pub(crate) fn of(module: &str) -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![src.join(module).with_extension("rs")];
    collect(&src.join(module), &mut files);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&src).unwrap().display().to_string(), text)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn rules_know_no_database() {
    for (path, text) in rules() {
        for (number, line) in (1..).zip(text.lines()) {
            let code = line.split("//").next().unwrap_or(line);
            let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            let backend = words.find(|word| BACKENDS.contains(word));
            assert_eq!(backend, None, "src/{path}:{number}");
        }
    }
}

#[test]
fn files_of_rules_are_short() {
    let mut lengths: Vec<_> =
        rules().iter().map(|(path, text)| (text.lines().count(), path.clone())).collect();
    lengths.sort();
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > LINES_MAX).collect();
    assert!(long.is_empty(), "more than {LINES_MAX} lines: {long:?}");
    assert!(lengths[lengths.len() / 2].0 <= MEDIAN_MAX);
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in rules() {
        assert!(text.starts_with("//! "), "src/{path}");
    }
}
