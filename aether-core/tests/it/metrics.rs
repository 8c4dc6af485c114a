//! Every metric is named, described and documented: read from the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names that dashboards of the studio know.
const FIXED: [&str; 6] = [
    "event_handler_processed_total",
    "event_handler_failed_total",
    "event_handler_dlq_total",
    "event_handler_processing_duration_seconds",
    "projection_lag_events",
    "projection_lag_seconds",
];
/// What makes a metric; in some places by a helper whose first argument is the name.
const MADE_BY: [(&str, &str); 5] = [
    ("counter!(", "counter"),
    (" count!(", "counter"),
    ("gauge!(", "gauge"),
    (".gauge(", "gauge"),
    ("histogram!(", "histogram"),
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The names that follow upon a text, and what stands there in place of a name.
fn names<'a>(text: &'a str, upon: &str) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut found = (Vec::new(), Vec::new());
    for (at, _) in text.match_indices(upon) {
        let rest = text[at + upon.len()..].trim_start();
        match rest.strip_prefix('"') {
            Some(name) => found.0.push(name.split('"').next().unwrap()),
            None => found.1.push(rest.split([',', ')']).next().unwrap()),
        }
    }
    found
}

/// The metrics of a crate that are used, and those that are described, with their kinds.
type Metrics = BTreeMap<String, &'static str>;

fn of_crate(name: &str) -> (Metrics, Metrics) {
    let folder = workspace().join(name).join("src");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let (mut used, mut described) = (Metrics::new(), Metrics::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        if file == folder.join("metrics.rs") {
            for kind in ["counter", "gauge", "histogram"] {
                let (found, others) = names(text, &format!("describe_{kind}!("));
                assert!(others.is_empty(), "{others:?}");
                described.extend(found.into_iter().map(|name| (name.to_owned(), kind)));
            }
            continue;
        }
        for (upon, kind) in MADE_BY {
            let (found, others) = names(text, upon);
            used.extend(found.into_iter().map(|name| (name.to_owned(), kind)));
            // in the helpers themselves
            let others: Vec<_> =
                others.into_iter().filter(|it| !["name", "$name"].contains(it)).collect();
            assert!(others.is_empty(), "{}: a metric without a name: {others:?}", file.display());
        }
    }
    (used, described)
}

#[test]
fn every_metric_has_its_name_its_description_and_its_row_with_an_alert() {
    let table = std::fs::read_to_string(workspace().join("docs/metrics.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        if let [name, kind, _, meaning, alert] = cells[..] {
            assert!(!meaning.is_empty() && !alert.is_empty(), "{line}");
            rows.insert(name.trim_matches('`').to_owned(), kind.to_owned());
        }
    }
    let mut all = BTreeMap::new();
    for name in ["aether-core", "aether-postgres", "aether-realtime", "aether-redis"] {
        let (used, described) = of_crate(name);
        assert!(!used.is_empty(), "{name}");
        assert_eq!(used, described, "{name}: describe what is used, in src/metrics.rs");
        all.extend(used.into_iter().map(|(name, kind)| (name, kind.to_owned())));
    }
    assert_eq!(all, rows, "docs/metrics.md has a row for each metric, and no other");
    let foreign: BTreeSet<_> = all
        .keys()
        .filter(|name| !name.starts_with("aether_") && !FIXED.contains(&name.as_str()))
        .collect();
    assert!(foreign.is_empty(), "these do not begin with aether_: {foreign:?}");
    assert!(FIXED.iter().all(|name| all.contains_key(*name)));
}

#[test]
fn no_other_crate_has_metrics() {
    for name in ["aether-game", "aether-cli", "aether-testkit"] {
        let (used, _) = of_crate(name);
        assert!(used.is_empty(), "{name}: {used:?}");
    }
}
