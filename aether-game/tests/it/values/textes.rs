//! Texts hold nothing invisible.

use aether_game::values::{Description, Motif, Nom, TexteInvalide};

use crate::refus::assert_all_reached;

#[test]
fn an_empty_a_long_or_an_invisible_text_is_refused() {
    let refused = ["", "  \n ", &"a".repeat(101), "a\0b", "a\u{202e}b", "a\u{200d}b", "a\nb"];
    let refused = refused.map(|texte| Nom::new(texte).expect_err(texte));
    assert_eq!(refused[2], TexteInvalide::TropLong { longueur: 101, maximum: 100 });
    assert_all_reached(refused);
    assert!(serde_json::from_str::<Nom>(r#""a\u0000""#).is_err());
    assert!(serde_json::from_str::<Motif>(&format!("{:?}", "a".repeat(10_000))).is_err());
}

#[test]
fn a_text_is_kept_without_spaces_at_its_ends() {
    assert_eq!(Nom::new(" Épée d'été ").unwrap().as_str(), "Épée d'été");
    let lines = Description::new("Une lame.\nTrès vieille.").unwrap();
    let json = serde_json::to_string(&lines).unwrap();
    assert_eq!(serde_json::from_str::<Description>(&json).unwrap(), lines);
    assert_eq!(Description::new("").unwrap(), Description::default());
}
