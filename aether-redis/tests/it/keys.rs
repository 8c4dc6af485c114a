//! Names of keys.

use aether_redis::{Error, KeySpace};

#[test]
fn keys_have_their_plain_names_without_a_cluster() {
    let keys = KeySpace::with_prefix("prod:").unwrap();
    let combat = keys.entity("combat", 42);
    assert_eq!(combat.key("state").as_str(), "prod:combat:42:state");
    assert_eq!(
        combat.part("participant", 7).key("effects").as_str(),
        "prod:combat:42:participant:7:effects"
    );
    assert_eq!(keys.key("leaderboard:level").as_str(), "prod:leaderboard:level");
}

#[test]
fn all_keys_of_an_entity_share_a_slot_with_hash_tags() {
    let combat = KeySpace::new().hash_tags(true).entity("combat", 42);
    for key in [combat.key("state"), combat.part("participant", 7).key("effects")] {
        assert!(key.as_str().starts_with("combat:{42}:"), "{key}");
    }
}

#[test]
fn a_prefix_cannot_take_the_place_of_the_hash_tag() {
    let error = KeySpace::with_prefix("{prod}:").unwrap_err();
    assert!(matches!(error, Error::InvalidKey { .. }), "{error}");
}
