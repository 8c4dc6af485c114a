//! Subscriptions over `graphql-transport-ws`: the same facts as on the sockets, for the same eyes.

use std::time::Duration;

use aether_testkit::within_deadline;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::joust::Joust;
use crate::listening::Listening;
use crate::visitor::{shake_hands, upgrade};

/// A socket of GraphQL.
struct Listener(WebSocketStream<TcpStream>);

impl Listener {
    async fn open(node: &Listening, protocol: &str, origin: Option<&str>) -> Result<Self, u16> {
        let mut headers = vec![("sec-websocket-protocol", protocol)];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let request = upgrade(node.address, "/graphql", &headers);
        let socket = shake_hands(request, node.connect().await).await;
        socket.map(Self).map_err(|status| status.as_u16())
    }

    /// One that has said hello.
    async fn with(node: &Listening, token: Option<&str>) -> Self {
        let mut listener = Self::open(node, "graphql-transport-ws", None).await.unwrap();
        listener.say(json!({ "type": "connection_init", "payload": { "jeton": token } })).await;
        assert_eq!(listener.hear().await.unwrap(), json!({ "type": "connection_ack" }));
        listener
    }

    async fn say(&mut self, message: Value) {
        // what the server has closed cannot be written to
        let _ = self.0.send(Message::text(message.to_string())).await;
    }

    async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// The next message, or the code of the close.
    async fn hear(&mut self) -> Result<Value, u16> {
        loop {
            match within_deadline("a message", self.0.next()).await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next fact of a combat.
    async fn fact(&mut self) -> Value {
        let next = self.hear().await.unwrap();
        assert_eq!(next["type"], "next", "{next}");
        next["payload"]["data"]["combat"].clone()
    }
}

const COMBAT: &str = "subscription ($id: UUID!, $apres: String) {
    combat(id: $id, apres: $apres) { position type donnees }
}";

#[tokio::test]
async fn a_subscription_tells_every_fact_once_and_goes_on_after_a_position() {
    let node = Listening::open(|config| config).await;
    let joust = Joust::begin(node.scene.app.engine(), 3).await;
    let variables = |apres: Option<&Value>| json!({ "id": joust.id.to_string(), "apres": apres });
    let mut first = Listener::with(&node, None).await;
    first.subscribe("a", COMBAT, variables(None)).await;
    let image = first.fact().await;
    assert_eq!(
        (&image["type"], &image["donnees"]["etat"]["etat"]),
        (&json!("image"), &json!("EN_COURS"))
    );
    let begun = joust.log().await.len();
    joust.to_the_end().await;
    let log = joust.log().await.split_off(begun);
    let facts = |told: &[Value]| -> Vec<Value> {
        told.iter().map(|it| json!({ "type": it["type"], "donnees": it["donnees"] })).collect()
    };
    let expected: Vec<Value> =
        log.iter().map(|(_, fact)| serde_json::to_value(fact).unwrap()).collect();
    let mut told = vec![];
    while told.len() < expected.len() {
        told.push(first.fact().await);
    }
    let with_data = |fact: &Value| json!({ "type": fact["type"], "donnees": fact["donnees"] });
    let expected: Vec<_> = expected.iter().map(with_data).collect();
    assert_eq!(facts(&told), expected);
    // another socket goes on in the middle
    let middle = told.len() / 2;
    let mut second = Listener::with(&node, None).await;
    second.subscribe("b", COMBAT, variables(Some(&told[middle]["position"]))).await;
    for fact in &told[middle + 1..] {
        assert_eq!(second.fact().await, *fact);
    }
    // what was ended is silent; the same id may be given again
    second.say(json!({ "type": "complete", "id": "b" })).await;
    second.subscribe("b", COMBAT, variables(Some(&told[middle]["position"]))).await;
    assert_eq!(second.fact().await, told[middle + 1]);
}

#[tokio::test]
async fn what_a_player_is_told_nobody_else_hears() {
    let node = Listening::open(|config| config).await;
    let player = node.scene.player("Kael").await;
    let query = "subscription { moi { type donnees } }";
    let mut own = Listener::with(&node, Some(&player.token)).await;
    own.subscribe("a", query, json!({})).await;
    let image = own.hear().await.unwrap();
    assert_eq!(
        image["payload"]["data"]["moi"]["donnees"]["etat"]["prive"]["nom"], "Kael",
        "{image}"
    );
    let mut guest = Listener::with(&node, None).await;
    guest.subscribe("a", query, json!({})).await;
    let refused = guest.hear().await.unwrap();
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("a")), "{refused}");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "non-identifie", "{refused}");
}

#[tokio::test]
async fn a_socket_is_closed_for_its_reason() {
    let node = Listening::open(|config| config).await;
    let open = || async { Listener::open(&node, "graphql-transport-ws", None).await.unwrap() };
    let mut silent = open().await;
    let mut hasty = open().await;
    hasty.subscribe("a", COMBAT, json!({})).await;
    assert_eq!(hasty.hear().await, Err(4401));
    let mut stranger = open().await;
    stranger.say(json!({ "type": "connection_init", "payload": { "jeton": "x" } })).await;
    assert_eq!(stranger.hear().await, Err(4403));
    let mut nonsense = open().await;
    nonsense.say(json!({ "type": "danser" })).await;
    assert_eq!(nonsense.hear().await, Err(4400));
    let mut twice = Listener::with(&node, None).await;
    twice.say(json!({ "type": "ping" })).await;
    assert_eq!(twice.hear().await.unwrap(), json!({ "type": "pong" }));
    twice.say(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.hear().await, Err(4429));
    let mut same = Listener::with(&node, None).await;
    let monde = "subscription { monde { type } }";
    same.subscribe("a", monde, json!({})).await;
    same.subscribe("a", monde, json!({})).await;
    let closed = loop {
        if let Err(code) = same.hear().await {
            break code;
        }
    };
    assert_eq!(closed, 4409);
    assert_eq!(silent.hear().await, Err(4408));
    assert_eq!(Listener::open(&node, "graphql-ws", None).await.err(), Some(400));
    let foreign = Listener::open(&node, "graphql-transport-ws", Some("https://evil.example")).await;
    assert_eq!(foreign.err(), Some(403));
}

#[tokio::test]
async fn the_socket_of_a_session_that_was_revoked_is_closed() {
    let node = Listening::open(|config| config).await;
    let player = node.scene.player("Kael").await;
    let mut own = Listener::with(&node, Some(&player.token)).await;
    let ended =
        node.scene.ask(axum::http::Method::DELETE, "/sessions").bearer(&player.token).send();
    assert!(ended.await.status.is_success());
    let closed = tokio::time::timeout(Duration::from_secs(30), own.hear()).await.unwrap();
    assert_eq!(closed, Err(4401));
}

#[tokio::test]
async fn limits_hold_on_sockets_too() {
    let node = Listening::open(|config| config).await;
    let mut listener = Listener::with(&node, None).await;
    let query = format!("subscription {{ {} monde {{ type }} }}", "a @skip(if: true) ".repeat(17));
    listener.subscribe("a", &query, json!({})).await;
    let refused = listener.hear().await.unwrap();
    assert_eq!(refused["type"], "error", "{refused}");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "graphql-invalide", "{refused}");
}
