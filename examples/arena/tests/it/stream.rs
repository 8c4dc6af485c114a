//! Facts as server-sent events.

use std::time::Duration;

use aether_testkit::within_deadline;
use arena::Config;
use axum::http::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::joust::{Joust, position};
use crate::listening::Listening;

struct Stream(BufReader<TcpStream>);

impl Stream {
    async fn open(node: &Listening, channel: &str, last: Option<&str>) -> Self {
        let mut stream = node.connect().await;
        let last = last.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        let head = format!("GET /flux?canal={channel} HTTP/1.1\r\nhost: a\r\n{last}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut stream = Self(BufReader::new(stream));
        assert_eq!(stream.line().await, "HTTP/1.1 200 OK");
        stream
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        within_deadline("a line", self.0.read_line(&mut line)).await.unwrap();
        line.trim_end().to_owned()
    }

    /// The next event of a kind: its data and id.
    async fn next(&mut self, kind: &str) -> (Value, String) {
        let mut name = String::new();
        let mut data = Value::Null;
        let mut id = String::new();
        loop {
            let line = self.line().await;
            if let Some(it) = line.strip_prefix("event: ") {
                it.clone_into(&mut name);
            } else if let Some(it) = line.strip_prefix("data: ") {
                data = serde_json::from_str(it).unwrap();
            } else if let Some(it) = line.strip_prefix("id: ") {
                it.clone_into(&mut id);
            } else if line.is_empty() && !data.is_null() {
                if name == kind {
                    return (data, id);
                }
                data = Value::Null;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_continues_on_another_node_after_the_last_event() {
    let here = Listening::open(|config| config).await;
    let there = here.beside().await;
    let joust = Joust::begin(here.scene.app.engine(), 5).await;
    let mut stream = Stream::open(&here, &joust.channel(), None).await;
    let (picture, mut last) = stream.next("image").await;
    assert_eq!(picture["position"].as_str(), Some(last.as_str()));
    let log = joust.log().await;
    let before = log.iter().filter(|(at, _)| *at <= position(&picture["position"])).count();
    joust.to_the_end().await;
    let log = joust.log().await;
    let mut seen = vec![];
    for cut in 0.. {
        if seen.len() == log.len() - before {
            break;
        }
        let node = [&there, &here][cut % 2];
        let mut stream = Stream::open(node, &joust.channel(), Some(&last)).await;
        for _ in 0..5.min(log.len() - before - seen.len()) {
            let (fact, id) = stream.next("fait").await;
            assert_eq!(fact["apres"].as_str(), Some(last.as_str()));
            seen.push(position(&fact["position"]));
            last = id;
        }
    }
    let wanted: Vec<_> = log[before..].iter().map(|(at, _)| *at).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_beats_and_ends_cleanly_when_the_node_leaves() {
    let quick =
        |config| Config { battement: Duration::from_millis(100), drain: Duration::ZERO, ..config };
    let node = Listening::open(quick).await;
    let mut stream = Stream::open(&node, "monde", None).await;
    stream.next("battement").await;
    let mut rest = String::new();
    let (read, _scene) = tokio::join!(stream.0.read_to_string(&mut rest), node.leave());
    read.unwrap();
    // the last chunk: the answer was not cut
    assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
}

#[tokio::test]
async fn a_foreign_players_stream_is_refused() {
    let scene = crate::scene::Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let path = format!("/flux?canal=joueur:{}", kael.id);
    assert_eq!(scene.get(&path).send().await.problem(), "non-identifie");
    let foreign = scene.get(&path).bearer(&mira.token).send().await;
    assert_eq!((foreign.status, foreign.problem().as_str()), (StatusCode::FORBIDDEN, "interdit"));
    let wrong = scene.get("/flux?canal=chat:1").send().await;
    assert_eq!(wrong.problem(), "parametre-invalide");
    let evil = scene.get("/flux?canal=monde").header("origin", "https://evil.example").send().await;
    assert_eq!(evil.problem(), "origine-interdite");
}
