//! Commands over HTTP, with axum: `cargo run --example http`, or with an address after `--`. Ctrl-C ends it.
//!
//! The version of a chest is its ETag; [`door`] has what every handler needs. What it answers, without lengths and
//! dates:
//!
//! ```text
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":70}' -H 'Idempotency-Key: monday'
//! 200 OK
//! content-type: application/json
//! etag: "1"
//! {"gold":70}
//!
//! # the same key again: the first answer, and still one deposit
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":70}' -H 'Idempotency-Key: monday'
//! 200 OK
//! content-type: application/json
//! etag: "1"
//! {"gold":70}
//!
//! # the same key for something else
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":7}' -H 'Idempotency-Key: monday'
//! 422 Unprocessable Entity
//! content-type: application/problem+json
//! {"code":"command_mismatch","status":422,"title":"Unprocessable Entity"}
//!
//! # a rule forbids it
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":50}'
//! 422 Unprocessable Entity
//! content-type: application/problem+json
//! {"code":"rejected","detail":"the chest has room for 30 gold; deposit less","status":422,"title":"Unprocessable Entity"}
//!
//! # the client has seen an old version
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":10}' -H 'If-Match: "0"'
//! 412 Precondition Failed
//! content-type: application/problem+json
//! {"code":"conflict","status":412,"title":"Precondition Failed"}
//!
//! $ curl -i localhost:8080/chests/vault/deposits -d '{"gold":10}' -H 'If-Match: "1"'
//! 200 OK
//! content-type: application/json
//! etag: "2"
//! {"gold":80}
//!
//! $ curl -i localhost:8080/chests/vault
//! 200 OK
//! content-type: application/json
//! etag: "2"
//! {"gold":80}
//!
//! $ curl -i localhost:8080/chests/cellar
//! 404 Not Found
//! content-type: application/problem+json
//! {"code":"not_found","status":404,"title":"Not Found"}
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

mod door;

use aether_core::command::Loaded;
use aether_core::memory::MemoryStore;
use aether_core::uuid::Uuid;
use aether_core::{Aggregate, Engine, Event, Facts, Node, Shape, id};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use door::Problem;

const ROOM: u32 = 100;

id! { struct ChestId of Chest; }

#[derive(Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: u32 },
}

#[derive(Deserialize)]
struct Deposit {
    gold: u32,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Chest {
    gold: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("the chest has room for {0} gold; deposit less")]
struct Full(u32);

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Deposit;
    type Event = ChestEvent;
    type Error = Full;

    fn decide(&self, &Deposit { gold }: &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Full> {
        let room = ROOM - self.gold;
        if gold > room { Err(Full(room)) } else { Ok(vec![ChestEvent::Deposited { gold }]) }
    }

    fn apply(&mut self, ChestEvent::Deposited { gold }: &ChestEvent) {
        self.gold += gold;
    }
}

async fn deposit(
    State(engine): State<Engine>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let deposit: Deposit = serde_json::from_slice(&body).map_err(Problem::invalid)?;
    let context = door::context(&uri, &headers, &body)?;
    let done = engine.execute(chest(&name), deposit).with(&context).await;
    let done = done.map_err(|error| Problem::of(&error, &context))?;
    Ok(answer(&done.loaded))
}

async fn show(State(engine): State<Engine>, Path(name): Path<String>) -> Result<Response, Problem> {
    let loaded = engine.load(chest(&name)).await?;
    Ok(answer(&loaded))
}

fn chest(name: &str) -> ChestId {
    ChestId::v5(Uuid::NAMESPACE_URL, name)
}

fn answer(chest: &Loaded<Chest>) -> Response {
    ([(ETAG, door::tag(chest.version))], Json(&chest.state)).into_response()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let node = Node::builder(&engine).start()?; // with your projections and process managers
    let router = Router::new()
        .route("/chests/{name}", get(show))
        .route("/chests/{name}/deposits", post(deposit))
        .with_state(engine.clone());
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);

    let stop = async { door::stop_signal().await.unwrap_or_default() };
    axum::serve(listener, router).with_graceful_shutdown(stop).await?; // requests are finished
    node.stop().await?; // batches are finished
    engine.close().await; // appends are finished
    println!("closed");
    Ok(())
}
