//! The page: what is vendored, its languages, and how it is served.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::scene::Scene;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("page")
}

fn read(path: &str) -> String {
    fs::read_to_string(folder().join(path)).unwrap()
}

/// The scripts of the page, by name.
fn scripts() -> Vec<(String, String)> {
    let folders = ["js", "js/vue", "js/console"].map(|it| folder().join(it));
    let entries = folders.iter().flat_map(|it| fs::read_dir(it).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|it| it == "js"));
    scripts.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

fn language(name: &str) -> BTreeMap<String, String> {
    let parts = [format!("lang/{name}.json"), format!("lang/console-{name}.json")];
    let read = |path: &String| serde_json::from_str::<BTreeMap<_, _>>(&read(path)).unwrap();
    parts.iter().flat_map(read).collect()
}

#[test]
fn what_is_vendored_is_what_the_lock_says() {
    let lock = read("vendor/vendor.lock");
    let locked: Vec<_> = lock.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!locked.is_empty());
    for line in &locked {
        let parts: Vec<_> = line.split(' ').collect();
        let [file, _, _, licence, hash] = parts[..] else { panic!("{line}") };
        let found = Sha256::digest(read(&format!("vendor/{file}")));
        let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, hash, "{file}");
        assert!(["MIT", "Apache-2.0", "ISC"].contains(&licence), "{line}");
    }
    let there = fs::read_dir(folder().join("vendor")).unwrap().count();
    assert_eq!(there, locked.len() + 1, "a file that is not in the lock");
}

#[test]
fn both_languages_have_the_same_texts_and_every_text_that_is_asked_for() {
    let [french, english] = ["fr", "en"].map(language);
    let keys =
        |language: &BTreeMap<String, String>| -> BTreeSet<_> { language.keys().cloned().collect() };
    assert_eq!(keys(&french), keys(&english));
    for (key, text) in french.iter().chain(&english) {
        assert!(!text.trim().is_empty(), "{key}");
    }
    let holes = |text: &str| -> BTreeSet<_> {
        text.split('{').skip(1).filter_map(|it| it.split('}').next()).map(str::to_owned).collect()
    };
    for (key, text) in &french {
        assert_eq!(holes(text), holes(&english[key]), "{key}");
    }
    for (file, script) in scripts() {
        for (at, _) in script.match_indices("t(\"") {
            if script[..at].ends_with(char::is_alphanumeric) {
                continue;
            }
            let key = script[at + 3..].split('"').next().unwrap();
            let plural = format!("{key}.other");
            let known = french.contains_key(key) || french.contains_key(&plural);
            assert!(known, "{key} in {file}");
        }
    }
}

/// What of a template is neither a tag nor filled in.
fn shown(template: &str) -> String {
    let mut text = String::new();
    let mut braces = 0;
    let mut is_tag = false;
    for letter in template.chars() {
        match letter {
            '{' => braces += 1,
            '}' => braces -= 1,
            '<' if braces == 0 => is_tag = true,
            '>' if braces == 0 => is_tag = false,
            _ if braces == 0 && !is_tag => text.push(letter),
            _ => {}
        }
    }
    text
}

#[test]
fn no_text_stands_in_code() {
    for (file, script) in scripts() {
        for template in script.split("html`").skip(1) {
            // up to the first template inside: that one is looked at on its own
            let template = template.split('`').next().unwrap();
            let shown = shown(template);
            let word =
                shown.split(|it: char| !it.is_alphabetic()).find(|it| it.chars().count() > 2);
            assert_eq!(word, None, "in {file}: {template}");
        }
        for attribute in ["aria-label=\"", "placeholder=\"", "title=\"", "alt=\""] {
            assert!(!script.contains(attribute), "{attribute} in {file}");
        }
    }
}

#[tokio::test]
async fn the_page_is_served_with_its_hash_and_loads_nothing_from_elsewhere() {
    let scene = Scene::open().await;
    let page = scene.get("/").header("accept", "text/html").send().await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.text.contains("://"), "{}", page.text);
    let named = page.text.split("=\"/").skip(1).map(|it| it.split('"').next().unwrap());
    for path in named.map(|it| format!("/{it}")) {
        assert_eq!(scene.get(&path).send().await.status, StatusCode::OK, "{path}");
    }
    let script = scene.get("/page/js/main.js").send().await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    let etag = script.header("etag");
    let again = scene.get("/page/js/main.js").header("if-none-match", etag).send().await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    for unknown in ["/page/js/none.js", "/page/../Cargo.toml", "/page/vendor.mjs"] {
        assert_eq!(scene.get(unknown).send().await.problem(), "introuvable", "{unknown}");
    }
}
