//! A game in a database of its own, with keys of its own or a Redis of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use aether_core::backend::{Checkpoints as _, ReadModels as _, Step};
use aether_core::projection::Shard;
use aether_core::{Context, EventSet, Module, Node, Projection, Recorded};
use aether_game::joueur::{JoueurCommand, creer};
use aether_game::values::JoueurId;
use aether_redis::{KeySpace, RedisClient, RedisReadModels, RedisTx};
use aether_servers::{Redis, RedisOptions};

use crate::joueur::fixtures::nouveau;
use crate::read_models::fixtures::Terrain;

pub(crate) struct Partie {
    pub(crate) terrain: Terrain,
    pub(crate) client: RedisClient,
    pub(crate) keys: KeySpace,
    pub(crate) models: RedisReadModels,
    /// Where nobody else is: it can be flushed and killed.
    pub(crate) redis: Option<Redis>,
}

impl Partie {
    /// On the server that tests share.
    pub(crate) async fn open() -> Self {
        let shared = aether_servers::shared_redis().await.unwrap();
        let keys = KeySpace::with_prefix(shared.prefix()).unwrap();
        Self::at(shared.url(), keys, None).await
    }

    /// With a Redis of its own.
    pub(crate) async fn open_alone() -> Self {
        let redis = Redis::start(RedisOptions::default().own()).await.unwrap();
        let url = redis.url().to_owned();
        Self::at(&url, KeySpace::new(), Some(redis)).await
    }

    async fn at(url: &str, keys: KeySpace, redis: Option<Redis>) -> Self {
        let client = RedisClient::connect(url).await.unwrap();
        let models = RedisReadModels::new(client.clone(), keys.clone());
        Self { terrain: Terrain::open().await, client, keys, models, redis }
    }

    pub(crate) fn module(&self) -> Module {
        aether_game::module(&self.terrain.store, &self.models)
    }

    /// Runs the whole game.
    pub(crate) fn node(&self) -> Node {
        Node::builder(&self.terrain.engine).install(&self.module()).start().unwrap()
    }

    /// Waits until a node has seen everything.
    pub(crate) async fn settle(&self, node: &Node) {
        let last = self.terrain.last().await;
        aether_testkit::within_deadline("all of it is seen", node.wait_for_all(last))
            .await
            .unwrap();
    }

    /// Runs the whole game until it has seen everything.
    pub(crate) async fn run(&self) {
        let node = self.node();
        self.settle(&node).await;
        node.stop().await.unwrap();
    }

    /// Everything in Redis is gone.
    pub(crate) fn flush(&self) {
        let url = self.redis.as_ref().expect("a Redis of its own").url();
        assert_eq!(raw(url, "FLUSHALL"), "+OK");
    }

    /// New players with these names.
    pub(crate) async fn joueurs<const N: usize>(&self, noms: [&str; N]) -> [JoueurId; N] {
        let ids = noms.map(|_| JoueurId::generate());
        for (joueur, nom) in ids.iter().zip(noms) {
            let unite = creer(&self.terrain.engine, Context::new(), *joueur, nouveau(nom));
            unite.commit().await.unwrap();
        }
        ids
    }

    pub(crate) async fn demande(&self, joueur: JoueurId, command: JoueurCommand) {
        self.terrain.engine.execute(joueur, command).await.unwrap();
    }

    /// Delivers all events of a projection in this order, one batch each, under another name: as if somebody did so late.
    pub(crate) async fn deliver<P: Projection<RedisTx>>(
        &self,
        projection: &P,
        order: impl FnOnce(&mut Vec<Recorded<P::Events>>),
    ) where
        P::Events: EventSet + Clone,
    {
        let filter = projection.filter();
        let events = self.terrain.events().await.into_iter().filter(|event| filter.matches(event));
        let mut events: Vec<_> =
            events.filter_map(|event| Recorded::<P::Events>::read(event).unwrap()).collect();
        order(&mut events);
        for event in events {
            let shard = Shard::whole("late");
            let claim = self.models.claim(&shard, 1).await.unwrap().checkpoint;
            let mut tx = self.models.begin().await.unwrap();
            projection.project(std::slice::from_ref(&event), &mut tx).await.unwrap();
            let step = Step::new(claim, claim.position.max(event.position));
            self.models.commit(tx, &shard, step).await.unwrap();
        }
    }
}

/// One command; the first line of the answer.
pub(crate) fn raw(url: &str, command: &str) -> String {
    let address = url.trim_start_matches("redis://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
