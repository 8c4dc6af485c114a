//! Names: hostile ones are refused, and those that look alike are one.

use aether_game::values::{NomInvalide, NomUtilisateur, Pseudo};
use proptest::prelude::*;

use crate::refus::assert_all_reached;

fn code_point(c: char) -> NomInvalide {
    NomInvalide::CaractereInterdit { code_point: c.into() }
}

fn refusal(nom: &str) -> NomInvalide {
    let through_json = serde_json::from_str::<NomUtilisateur>(&serde_json::to_string(nom).unwrap());
    assert!(through_json.is_err(), "{nom:?} through JSON");
    NomUtilisateur::new(nom).expect_err(nom)
}

#[test]
fn hostile_names_are_refused() {
    let long = NomInvalide::TropLong { maximum: 24 };
    let disguised = |plain: &str| NomInvalide::Trompeur { ressemble_a: plain.into() };
    for (nom, why) in [
        ("", NomInvalide::TropCourt { longueur: 0, minimum: 3 }),
        ("ab", NomInvalide::TropCourt { longueur: 2, minimum: 3 }),
        ("e\u{301}e\u{301}", NomInvalide::TropCourt { longueur: 2, minimum: 3 }),
        (&"a".repeat(25), long.clone()),
        (&"a".repeat(10_000), long.clone()),
        // one character that NFKC makes eighteen of
        (&"\u{fdfa}".repeat(20), long.clone()),
        (&format!("abc{}", "\u{301}".repeat(10_000)), long),
        ("abq\u{301}\u{302}\u{303}\u{304}", NomInvalide::TropDeMarques),
        ("alba\u{202e}", code_point('\u{202e}')),
        ("al\u{200d}ba", code_point('\u{200d}')),
        ("al\u{200c}ba", code_point('\u{200c}')),
        ("al\u{200b}ba", code_point('\u{200b}')),
        ("al\u{2066}ba", code_point('\u{2066}')),
        ("al\u{3164}ba", code_point('\u{3164}')),
        ("alba\0", code_point('\0')),
        ("al ba", code_point(' ')),
        ("_alba", code_point('_')),
        ("alba_", code_point('_')),
        ("al__ba", code_point('_')),
        ("alba😀", code_point('😀')),
        ("al/ba", code_point('/')),
        ("al'ba", code_point('\'')),
        // a Cyrillic a among Latin letters
        ("\u{430}lba", NomInvalide::MelangeDEcritures),
        ("admіn", NomInvalide::MelangeDEcritures),
        ("αlba", NomInvalide::MelangeDEcritures),
        // all Cyrillic, and looks Latin
        ("\u{440}\u{430}\u{443}\u{440}\u{430}", disguised("paypa")),
        // a Turkish i without its dot
        ("adm\u{131}n", disguised("adrnin")),
    ] {
        assert_eq!(refusal(nom), why, "{nom:?}");
    }
}

#[test]
fn every_refusal_of_a_name_is_reached() {
    let hostile = [
        "a",
        &"a".repeat(25),
        "al ba",
        "abq\u{301}\u{302}\u{303}\u{304}",
        "\u{430}lba",
        "adm\u{131}n",
    ];
    assert_all_reached(hostile.map(refusal));
}

#[test]
fn names_of_many_languages_are_taken() {
    for nom in [
        "Alba",
        "Zoé",
        "cœur-vaillant",
        "Иван",
        "Ωμέγα",
        "太郎くん",
        "김철수",
        "नमस्ते",
        "Nguyễn",
        "abc_123.x",
    ] {
        let taken = NomUtilisateur::new(nom);
        assert!(taken.is_ok(), "{nom}: {taken:?}");
        assert!(Pseudo::new(nom).is_ok(), "{nom}");
    }
    assert!(Pseudo::new("Jean d'Arc").is_ok());
    assert!(Pseudo::new("Jean  d'Arc").is_err());
}

#[test]
fn names_that_look_alike_are_one() {
    let cle = |nom: &str| NomUtilisateur::new(nom).expect(nom).cle();
    for (nom, autre) in [
        ("Alba", "alba"),
        ("Alba", "ALBA"),
        ("paypal", "paypaI"),
        ("paypal", "paypa1"),
        ("Bob0", "bobo"),
        ("Zoé", "Zoe\u{301}"),
        ("ＡＬＢＡ", "alba"),
        ("ﬁlou", "filou"),
        ("cœur", "coeur"),
        ("jean-luc", "JeanLuc"),
        ("Σίσυφος", "σίσυφοσ"),
    ] {
        assert_eq!(cle(nom), cle(autre), "{nom} {autre}");
    }
    assert_ne!(cle("Zoe"), cle("Zoé"));
}

proptest! {
    #[test]
    fn an_accepted_name_is_accepted_again_and_has_one_key(nom in "\\PC{0,30}") {
        let Ok(accepted) = NomUtilisateur::new(&nom) else { return Ok(()) };
        let again = NomUtilisateur::new(accepted.as_str());
        prop_assert_eq!(again.as_ref(), Ok(&accepted));
        prop_assert_eq!(again.unwrap().cle(), accepted.cle());
        prop_assert!(accepted.as_str().len() <= 255 && !accepted.cle().is_empty());
    }
}
