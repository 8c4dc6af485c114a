//! What stands on the front page of the documentation, and where the rest is.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::names;

/// At most this many names are offered before a module is chosen: a newcomer reads them all.
const AT_MOST: usize = 35;

/// Other crates that only the code of macros names; they are hidden.
const HIDDEN: [&str; 3] = ["sqlx", "serde", "serde_json"];

const ITEMS: [&str; 8] = ["struct", "enum", "trait", "fn", "const fn", "type", "const", "mod"];

/// The names that the text of a module exports, modules among them.
fn exported(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("\npub use ") {
        let (tree, behind) = after.split_once(';').unwrap();
        let tree = tree.replace('\n', " ");
        found.extend(names(&tree).into_iter().filter_map(|path| path.last().cloned()));
        rest = behind;
    }
    for line in text.lines() {
        let Some(item) = line.strip_prefix("pub ") else { continue };
        let name = ITEMS.iter().find_map(|kind| item.strip_prefix(kind)?.strip_prefix(' '));
        let name =
            name.into_iter().flat_map(|it| it.split(|c: char| !c.is_alphanumeric() && c != '_'));
        found.extend(name.take(1).map(str::to_owned));
    }
    found
}

fn source(module: &str) -> String {
    std::fs::read_to_string(format!("{}/src/{module}.rs", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The public modules, each with what it exports; the root is `lib`.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    let root = source("lib");
    let modules = root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut all: BTreeMap<_, _> =
        modules.map(|module| (module.to_owned(), exported(&source(module)))).collect();
    let mut front = exported(&root);
    front.retain(|name| !all.contains_key(name) && !HIDDEN.contains(&name.as_str()));
    front.insert("id".to_owned());
    all.insert("lib".to_owned(), front);
    all
}

#[test]
fn the_front_page_has_few_names() {
    let front = &modules()["lib"];
    assert!(front.contains("Aggregate") && front.contains("Engine"), "they are read: {front:?}");
    assert!(front.len() <= AT_MOST, "{} names: {front:?}", front.len());
}

#[test]
fn nothing_is_in_two_places() {
    let modules = modules();
    assert!(modules["log"].contains("Append") && modules["node"].contains("BoxJob"), "{modules:?}");
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, names) in &modules {
        for name in names {
            places.entry(name).or_default().push(module);
        }
    }
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "each of these has one place: {places:?}");
}
