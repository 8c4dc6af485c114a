//! Refusals: one table, in the documentation too, and every code is reached.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aether_game::refus::{Ligne, Refus, table};

use crate::docs::assert_page;

/// Fails unless `refus` holds every code of its type: what the tests of an aggregate got from real commands.
#[track_caller]
pub(crate) fn assert_all_reached<R: Refus>(refus: impl IntoIterator<Item = R>) {
    let reached: BTreeSet<_> = refus.into_iter().map(|it| it.code()).collect();
    let all: BTreeSet<_> = R::lignes().iter().map(|ligne| ligne.code).collect();
    let missing: Vec<_> = all.difference(&reached).collect();
    assert!(missing.is_empty(), "no command was refused with {missing:?}");
}

#[test]
fn a_code_is_unique_in_the_game() {
    let mut seen = BTreeSet::new();
    for Ligne { code, agregat, .. } in table() {
        assert!(seen.insert(code), "{code} of {agregat} is there already");
        assert!(code.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{code}");
    }
}

#[test]
fn both_sentences_of_a_refusal_tell_the_same() {
    for Ligne { code, anglais, francais, .. } in table() {
        assert_eq!(names_in(anglais), names_in(francais), "{code}");
        for sentence in [anglais, francais] {
            let first = sentence.chars().next().unwrap();
            assert!(!first.is_uppercase() && !sentence.ends_with('.'), "{code}: {sentence}");
            assert!(sentence.contains(';'), "{code} does not say what to do: {sentence}");
        }
    }
}

fn names_in(sentence: &str) -> BTreeSet<&str> {
    let parts = sentence.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name.split(':').next().unwrap_or(name)).collect()
}

#[test]
fn the_page_of_refusals_is_the_table() {
    assert_page("docs/refus.md", &page());
}

fn page() -> String {
    let mut page = String::from(
        "# Refusals of the game\n\nEach refusal has a code that stays, an English and a French sentence. A refusal stores nothing.\n\
         A test compares this page with the code; `AETHER_UPDATE_DOCS=1` writes it.\n",
    );
    let mut before = "";
    for Ligne { code, agregat, anglais, francais } in table() {
        if agregat != before {
            write!(page, "\n## {agregat}\n\n| code | English | French |\n|---|---|---|\n").unwrap();
            before = agregat;
        }
        writeln!(page, "| `{code}` | {anglais} | {francais} |").unwrap();
    }
    page
}
