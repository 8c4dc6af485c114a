//! Who may open a socket and listen to what, and how sockets end.

use std::time::Duration;

use arena::Config;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::joust::position;
use crate::listening::Listening;
use crate::scene::PASSWORD;
use crate::visitor::Visitor;

fn quick(config: Config) -> Config {
    Config { battement: Duration::from_secs(1), drain: Duration::ZERO, ..config }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_player_is_told_is_that_players_alone() {
    let node = Listening::open(|config| config).await;
    let [kael, mira] = [node.scene.player("Kael").await, node.scene.player("Mira").await];
    let channel = format!("joueur:{}", kael.id);
    let frame = json!({ "t": "abonner", "id": 1, "canal": channel });
    for mut foreign in [Visitor::guest(&node).await, Visitor::with(&node, &mira.token).await] {
        foreign.say(&frame).await;
        assert_eq!(foreign.closed().await.0, 4403);
    }
    let mut own = Visitor::with(&node, &kael.token).await;
    own.listen(&channel, None).await;
    let picture = own.hear().await;
    assert_eq!(picture["etat"]["prive"]["nom"], "Kael");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_foreign_origin_opens_no_socket_with_a_good_cookie() {
    let node = Listening::open(|config| config).await;
    node.scene.player("Kael").await;
    let asked = json!({ "nom": "Kael", "motDePasse": PASSWORD, "cookie": true });
    let logged_in = node.scene.post("/sessions").json(&asked).send().await;
    let cookie = logged_in.header("set-cookie").split(';').next().unwrap().to_owned();
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        let refused = Visitor::open(&node, &[("cookie", &cookie), ("origin", origin)]).await;
        assert_eq!(refused.err(), Some(StatusCode::FORBIDDEN), "{origin}");
    }
    let own = format!("http://{}", node.address);
    let mut socket = Visitor::open(&node, &[("cookie", &cookie), ("origin", &own)]).await.unwrap();
    let ready = socket.greet(None).await;
    assert!(ready["joueur"].is_string(), "{ready}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_of_a_revoked_session_are_closed_on_every_node() {
    let here = Listening::open(|config| config).await;
    let there = here.beside().await;
    let player = here.scene.player("Kael").await;
    let mut sockets =
        [Visitor::with(&here, &player.token).await, Visitor::with(&there, &player.token).await];
    let mut guest = Visitor::guest(&there).await;
    let ended = here.scene.ask(Method::DELETE, "/sessions").bearer(&player.token).send().await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    for socket in &mut sockets {
        let closed = tokio::time::timeout(Duration::from_secs(5), socket.closed()).await;
        assert_eq!(closed.unwrap().0, 4401);
    }
    let mut late = Visitor::open(&there, &[]).await.unwrap();
    late.say(&json!({ "t": "bonjour", "v": 1, "jeton": player.token })).await;
    assert_eq!(late.closed().await.0, 4401);
    guest.listen("monde", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_without_a_hello_is_closed() {
    let node = Listening::open(|config| config).await;
    let mut silent = Visitor::open(&node, &[]).await.unwrap();
    let mut rude = Visitor::open(&node, &[]).await.unwrap();
    rude.say(&json!({ "t": "abonner", "id": 1, "canal": "monde" })).await;
    assert_eq!(rude.closed().await.0, 1007);
    assert_eq!(silent.closed().await.0, 4408);
    let other = Visitor::open(&node, &[("sec-websocket-protocol", "graphql-ws")]).await;
    assert_eq!(other.err(), Some(StatusCode::BAD_REQUEST));
}

#[tokio::test(flavor = "multi_thread")]
async fn beats_tell_the_newest_position_and_who_does_not_answer_counts_as_dead() {
    let node = Listening::open(quick).await;
    node.scene.player("Kael").await;
    let mut alive = Visitor::guest(&node).await;
    let mut newest = 0;
    while newest == 0 {
        let beat = alive.any().await.unwrap();
        assert_eq!(beat["t"], "battement");
        newest = position(&beat["position"]);
        alive.say(&json!({ "t": "battement" })).await;
    }
    let mut dead = Visitor::guest(&node).await;
    let mut beats = 0;
    let (code, _) = loop {
        match dead.any().await {
            Ok(_) => beats += 1,
            Err(closed) => break closed,
        }
    };
    assert_eq!((code, beats), (4408, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_leaves_tells_its_sockets_where_they_stand() {
    let node = Listening::open(|config| Config { drain: Duration::ZERO, ..config }).await;
    let mut sockets = vec![];
    for _ in 0..20 {
        let mut socket = Visitor::guest(&node).await;
        socket.listen("classement", None).await;
        let at = position(&socket.hear().await["position"]);
        sockets.push((socket, at));
    }
    let reads = sockets.into_iter().map(async |(mut socket, at)| (socket.closed().await, at));
    let (closed, _scene) = tokio::join!(futures::future::join_all(reads), node.leave());
    for ((code, reason), at) in closed {
        let reason: Value = serde_json::from_str(&reason).unwrap();
        assert_eq!((code, position(&reason["position"])), (1012, at));
    }
}
