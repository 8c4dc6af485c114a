//! Commands over the socket: the same rules, keys and codes as over REST.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::combats::Ring;
use crate::listening::Listening;
use crate::visitor::Visitor;

fn command(key: &str, combat: &str, action: &Value) -> Value {
    let data = json!({ "combatId": combat, "action": action });
    json!({ "t": "commande", "id": 9, "cle": key, "nom": "combat.agir", "donnees": data })
}

async fn answer(socket: &mut Visitor, frame: &Value) -> Value {
    socket.say(frame).await;
    socket.hear().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_answer_was_lost_is_carried_out_once_on_any_node() {
    let here = Listening::open(|config| config).await;
    let there = here.beside().await;
    let ring = Ring::of(&here.scene).await;
    let defend = command("k1", &ring.id.to_string(), &json!({ "type": "DEFENSE" }));
    let mut first = Visitor::with(&here, &ring.player.token).await;
    first.say(&defend).await;
    // the client is gone before it hears of it
    drop(first);
    let mut answers = vec![];
    for node in [&there, &here] {
        let mut socket = Visitor::with(node, &ring.player.token).await;
        answers.push(answer(&mut socket, &defend).await);
    }
    assert_eq!(answers[0]["t"], "fait_de", "{answers:?}");
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0]["version"].is_number() && answers[0]["position"].is_string());
    let other = command("k1", &ring.id.to_string(), &json!({ "type": "PASSER" }));
    let mut socket = Visitor::with(&here, &ring.player.token).await;
    assert_eq!(answer(&mut socket, &other).await["code"], "cle-reutilisee");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_code_that_rest_gives() {
    let node = Listening::open(|config| config).await;
    let ring = Ring::of(&node.scene).await;
    let combat = ring.id.to_string();
    let mut socket = Visitor::with(&node, &ring.player.token).await;
    let nobody = json!({ "type": "ATTAQUE", "cible": aether_core::uuid::Uuid::now_v7() });
    let over_rest = ring.act(nobody.clone()).send().await;
    assert_eq!(over_rest.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = answer(&mut socket, &command("k1", &combat, &nobody)).await;
    assert_eq!((&refused["t"], &refused["id"]), (&json!("refus"), &json!(9)));
    assert_eq!(refused["code"], over_rest.problem());
    assert_eq!(refused["titre"], over_rest.json()["title"]);
    let mut late = command("k2", &combat, &json!({ "type": "DEFENSE" }));
    late["version"] = json!(1);
    let late = answer(&mut socket, &late).await;
    assert_eq!(late["code"], "version-depassee");
    assert_eq!(late["version"], json!(ring.version().await));
    let unknown =
        json!({ "t": "commande", "id": 9, "cle": "k3", "nom": "tout.raser", "donnees": {} });
    assert_eq!(answer(&mut socket, &unknown).await["code"], "introuvable");
    let mut guest = Visitor::guest(&node).await;
    let defend = command("k4", &combat, &json!({ "type": "DEFENSE" }));
    assert_eq!(answer(&mut guest, &defend).await["code"], "non-identifie");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_one_limit_over_all_its_sockets() {
    let node = Listening::open(|config| config).await;
    let player = node.scene.player("Kael").await;
    let mut sockets = vec![];
    for _ in 0..8 {
        sockets.push(Visitor::with(&node, &player.token).await);
    }
    let say = async |mut socket: Visitor| {
        for key in 0..30 {
            let frame = json!({ "t": "commande", "id": key, "cle": format!("k{key}"), "nom": "combat.agir", "donnees": {} });
            socket.say(&frame).await;
        }
        let mut codes = vec![];
        for _ in 0..30 {
            codes.push(socket.hear().await["code"].clone());
        }
        codes
    };
    let codes = futures::future::join_all(sockets.into_iter().map(say)).await.concat();
    assert!(codes.contains(&json!("corps-invalide")) && codes.contains(&json!("trop-de-requetes")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_sees_the_own_side_of_a_combat_and_nobody_else_does() {
    let node = Listening::open(|config| config).await;
    let ring = Ring::of(&node.scene).await;
    let channel = format!("combat:{}", ring.id);
    let mut own = Visitor::with(&node, &ring.player.token).await;
    let mut guest = Visitor::guest(&node).await;
    let mut heard = vec![];
    for socket in [&mut own, &mut guest] {
        assert_eq!(socket.listen(&channel, Some("0")).await["repris"], true);
        heard.push(socket.hear().await);
    }
    ring.act(json!({ "type": "DEFENSE" })).send().await;
    for (socket, sees) in [(&mut own, true), (&mut guest, false)] {
        let acted = loop {
            let frame = socket.hear().await;
            if frame["type"] == "ActionExecutee" {
                break frame;
            }
        };
        let text = acted.to_string();
        assert_eq!(text.contains("cout"), sees, "{text}");
        assert!(!text.contains("graine") && !text.contains("tirage"), "{text}");
    }
    assert_eq!(heard[0]["position"], heard[1]["position"]);
}
