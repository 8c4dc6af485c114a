//! Frames that are none: each ends its socket with a code, and the server stays well.

use axum::http::StatusCode;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::listening::Listening;
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_frame_ends_its_socket_with_its_code() {
    let node = Listening::open(|config| config).await;
    let bad = Frame::message(vec![0xff, 0xfe, b'{'], OpCode::Data(Data::Text), true);
    for (message, code) in [
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::Frame(bad), 1007),
        (Message::text("x".repeat(1 << 20)), 1009),
        (Message::text("{"), 1007),
        (Message::text("[]"), 1007),
        (Message::text(r#"{"t":"abonner","id":1,"canal":"monde","x":1}"#), 1007),
        (Message::text(r#"{"t":"bonjour","v":1}"#), 1007),
    ] {
        let mut socket = Visitor::guest(&node).await;
        socket.send(message).await;
        assert_eq!(socket.closed().await.0, code);
    }
    assert_eq!(node.scene.get("/health/ready").send().await.status, StatusCode::OK);
    Visitor::guest(&node).await.listen("monde", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_has_64_channels_and_no_more() {
    let node = Listening::open(|config| config).await;
    let mut socket = Visitor::guest(&node).await;
    for id in 0..1000 {
        let zone = format!("zone:{}", aether_core::uuid::Uuid::now_v7());
        socket.say(&json!({ "t": "abonner", "id": id, "canal": zone })).await;
    }
    assert_eq!(socket.closed().await.0, 4409);
    let mut socket = Visitor::guest(&node).await;
    socket.say(&json!({ "t": "abonner", "id": 7, "canal": "chat:1" })).await;
    let refused = socket.hear().await;
    assert_eq!((&refused["id"], &refused["code"]), (&json!(7), &json!("parametre-invalide")));
    socket.listen("monde", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_frames_ends_its_socket() {
    let node = Listening::open(|config| config).await;
    let mut socket = Visitor::guest(&node).await;
    for _ in 0..1000 {
        socket.say(&json!({ "t": "battement" })).await;
    }
    assert_eq!(socket.closed().await.0, 4429);
}
