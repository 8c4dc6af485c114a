//! Clients that do not read.

use std::collections::HashMap;

use futures::future::join_all;
use serde_json::json;

use crate::joust::{Joust, position};
use crate::listening::Listening;
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_told_and_resumes_without_a_gap() {
    let node = Listening::narrow().await;
    let jousts = (0..8).map(async |seed| {
        let joust = Joust::begin(node.scene.app.engine(), seed).await;
        for _ in 0..25 {
            joust.turn().await;
        }
        joust
    });
    let jousts = join_all(jousts).await;
    let mut socket = Visitor::narrow(&node).await;
    for joust in &jousts {
        let channel = joust.channel();
        socket.say(&json!({ "t": "abonner", "id": 1, "canal": channel, "apres": "0" })).await;
    }
    let mut wanted: HashMap<String, Vec<u64>> = HashMap::new();
    for joust in &jousts {
        let log = joust.log().await.into_iter().map(|(at, _)| at).collect();
        wanted.insert(joust.channel(), log);
    }
    let mut seen: HashMap<String, Vec<u64>> = HashMap::new();
    let mut slowed = 0;
    while seen.values().map(Vec::len).sum::<usize>() < wanted.values().map(Vec::len).sum() {
        let frame = socket.hear().await;
        let channel = frame["canal"].as_str().unwrap().to_owned();
        match frame["t"].as_str().unwrap() {
            "fait" => {
                let seen = seen.entry(channel).or_default();
                assert_eq!(position(&frame["apres"]), seen.last().copied().unwrap_or_default());
                seen.push(position(&frame["position"]));
            }
            "ralenti" => {
                slowed += 1;
                let after = &frame["position"];
                socket
                    .say(&json!({ "t": "abonner", "id": 2, "canal": channel, "apres": after }))
                    .await;
            }
            other => assert_eq!(other, "abonne"),
        }
    }
    assert_eq!(seen, wanted);
    assert!(slowed > 0);
}
