//! What is a player's own is null for others, with the reason.

use serde_json::{Value, json};

use super::{ask, code_of};
use crate::client::Answer;
use crate::scene::Scene;

const OWN: &str = "query ($id: UUID!) { joueur(id: $id) {
    profil { pseudo prive { nom or } }
    sac { capacite }
    competences { suivant }
    quetes { pourcentage }
    ordres { ordreId }
    transactions { suivant }
} }";

/// The fields that are null, with the codes of their errors.
fn denied(answer: &Answer) -> Vec<(String, String)> {
    let answered = answer.json();
    let errors = answered["errors"].as_array().cloned().unwrap_or_default();
    let mut denied: Vec<_> = errors
        .iter()
        .map(|error| {
            let path: Vec<_> =
                error["path"].as_array().unwrap().iter().map(Value::to_string).collect();
            let place = format!("/data/{}", path.join("/").replace('"', ""));
            assert_eq!(answered.pointer(&place), Some(&Value::Null), "{answered}");
            (path.last().unwrap().replace('"', ""), code_of(answer, error))
        })
        .collect();
    denied.sort();
    denied
}

#[tokio::test]
async fn what_is_a_players_own_is_null_for_others_with_the_reason() {
    let scene = Scene::open().await;
    let asked = json!({ "nom": "Kael", "pseudo": "Le Gris", "classe": "CLERC", "motDePasse": crate::scene::PASSWORD });
    let signed_up = scene.post("/comptes").json(&asked).send().await;
    let position = signed_up.header("aether-position").to_owned();
    let variables = json!({ "id": signed_up.json()["joueurId"] });
    let ask = || {
        let ask = ask(&scene, OWN, &variables).header("aether-after", &position);
        ask.header("prefer", "wait=10")
    };
    let token = scene.log_in("Kael").await;
    let own = ask().bearer(&token).send().await;
    assert_eq!(
        own.json()["data"]["joueur"]["profil"]["prive"],
        json!({ "nom": "Kael", "or": 100 })
    );
    // nothing ever came into the bag
    assert_eq!(denied(&own), [("sac".to_owned(), "introuvable".to_owned())]);
    let other = scene.player("Mira").await;
    let fields =
        ["competences", "ordres", "prive", "quetes", "sac", "transactions"].map(str::to_owned);
    for (answer, code) in [
        (ask().send().await, "non-identifie"),
        (ask().bearer(&other.token).send().await, "interdit"),
    ] {
        assert_eq!(answer.json()["data"]["joueur"]["profil"]["pseudo"], "Le Gris");
        assert_eq!(denied(&answer), fields.clone().map(|field| (field, code.to_owned())));
        assert!(!answer.text.contains("Kael"), "{answer:?}");
    }
}

#[tokio::test]
async fn only_the_owner_of_a_participant_sees_its_cards() {
    let scene = Scene::open().await;
    let ring = crate::combats::Ring::of(&scene).await;
    let query =
        "query ($id: UUID!) { combat(id: $id) { participants { participantId propre { mp } } } }";
    let variables = json!({ "id": ring.id.to_string() });
    let cards = |answer: Answer| -> Vec<String> {
        let answered = answer.json();
        let all = answered["data"]["combat"]["participants"].as_array().unwrap().clone();
        let shown = all.iter().filter(|it| !it["propre"].is_null());
        shown.map(|it| it["participantId"].as_str().unwrap().to_owned()).collect()
    };
    let own = ask(&scene, query, &variables).bearer(&ring.player.token).send().await;
    assert_eq!(cards(own), [ring.me.to_string()]);
    assert!(cards(ask(&scene, query, &variables).send().await).is_empty());
}
