//! Both doors say the same of a combat, at each version of its history.

use serde_json::{Value, json};

use super::ask;
use crate::combats::{Ring, defend};
use crate::scene::Scene;

/// Everything that is shown of a combat.
const ALL: &str = "query ($id: UUID!) { combat(id: $id) {
    combatId version etat typeCombat zoneId zoneNom numeroTour participantActif ordreTour echeanceTour limite debuteA resultat
    participants {
        participantId entiteId typeEntite camp nom niveau position etat hp hpMax
        effets { type toursRestants stacks }
        propre {
            mp mpMax stamina staminaMax peutAgir
            competences { competenceId nom coutMp coutStamina portee repos }
            objets { itemId nom restants }
        }
    }
} }";

/// Without what REST leaves out where it is missing, and with its way to write UTC.
fn as_rest(mut combat: Value) -> Value {
    for (_, field) in combat.as_object_mut().unwrap() {
        if let Some(text) = field.as_str().and_then(|text| text.strip_suffix("+00:00")) {
            *field = json!(format!("{text}Z"));
        }
    }
    for participant in combat["participants"].as_array_mut().unwrap() {
        if participant["propre"].is_null() {
            participant.as_object_mut().unwrap().remove("propre");
        }
    }
    combat
}

#[tokio::test]
async fn both_doors_agree_about_a_combat_at_each_version() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let variables = json!({ "id": ring.id.to_string() });
    let mut versions = vec![];
    for _ in 0..4 {
        for token in [Some(&ring.player.token), None] {
            let rest = scene.get(&ring.path());
            let graphql = ask(&scene, ALL, &variables);
            let (rest, graphql) = match token {
                Some(token) => (rest.bearer(token), graphql.bearer(token)),
                None => (rest, graphql),
            };
            let rest = rest.send().await.json();
            let graphql = graphql.send().await.json();
            assert_eq!(graphql["errors"], Value::Null, "{graphql}");
            assert_eq!(as_rest(graphql["data"]["combat"].clone()), rest);
            versions.push(rest["version"].as_u64().unwrap());
        }
        ring.act(defend()).send().await;
        ring.others_pass().await;
    }
    versions.dedup();
    assert_eq!(versions.len(), 4, "{versions:?}");
}
