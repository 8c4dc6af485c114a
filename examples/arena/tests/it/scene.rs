//! A server in a database of its own, asked without a socket.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use aether_postgres::PgStore;
use aether_servers::Database;
use arena::{App, Config, Peer, Secret};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use tower::Service as _;

use crate::client::{Answer, Ask};

/// Where requests come from unless a test says otherwise.
const PEER: &str = "127.0.0.1:50000";

pub(crate) struct Scene {
    pub(crate) app: App,
    router: Router,
    pub(crate) config: Config,
    /// Dropped last: the database goes with it. None for a node beside another one.
    _database: Option<Database>,
}

/// A player who is logged in.
pub(crate) struct Player {
    pub(crate) id: String,
    pub(crate) token: String,
}

pub(crate) const PASSWORD: &str = "corne de brume";

impl Scene {
    pub(crate) async fn open() -> Self {
        Self::with(|config| config).await
    }

    /// With other settings.
    pub(crate) async fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let database = database().await;
        let config = change(config(&database).await);
        let app = App::open(config.clone()).await.unwrap();
        Self { router: app.router(), app, config, _database: Some(database) }
    }

    /// Another node of the same servers.
    pub(crate) async fn beside(&self) -> Self {
        let app = App::open(self.config.clone()).await.unwrap();
        Self { router: app.router(), app, config: self.config.clone(), _database: None }
    }

    /// A player who has signed up and logged in.
    pub(crate) async fn player(&self, name: &str) -> Player {
        let asked = json!({ "nom": name, "classe": "MAGE", "motDePasse": PASSWORD });
        let signed_up = self.post("/comptes").json(&asked).send().await;
        assert_eq!(signed_up.status, StatusCode::CREATED, "{signed_up:?}");
        let id = signed_up.json()["joueurId"].as_str().unwrap().to_owned();
        Player { id, token: self.log_in(name).await }
    }

    /// The token of a new session.
    pub(crate) async fn log_in(&self, name: &str) -> String {
        let asked = json!({ "nom": name, "motDePasse": PASSWORD });
        let logged_in = self.post("/sessions").json(&asked).send().await;
        assert_eq!(logged_in.status, StatusCode::CREATED, "{logged_in:?}");
        logged_in.json()["jeton"].as_str().unwrap().to_owned()
    }

    /// What the node says of its health once it is ready.
    pub(crate) async fn until_ready(&self) -> Answer {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let answer = self.get("/health/ready").send().await;
            if answer.status == StatusCode::OK {
                return answer;
            }
            assert!(Instant::now() < deadline, "not ready: {answer:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// A store of its own, for what no route does.
    pub(crate) async fn store(&self) -> PgStore {
        PgStore::connect(self.config.database_url.expose()).await.unwrap()
    }

    pub(crate) async fn pool(&self) -> PgPool {
        PgPool::connect(self.config.database_url.expose()).await.unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask::new(self, method, path)
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        if request.extensions().get::<Peer>().is_none() {
            request.extensions_mut().insert(Peer(PEER.parse().unwrap()));
        }
        let response: Result<_, Infallible> = self.router.clone().call(request).await;
        let response = response.unwrap_or_else(|never| match never {});
        Answer::read(response).await
    }
}

/// A database with the schema of the server.
pub(crate) async fn database() -> Database {
    let server = aether_servers::shared_postgres().await.unwrap();
    let prepare = async |url: String| {
        let nobody = Secret::new("redis://127.0.0.1:1");
        let config = Config { migrate: true, ..Config::new(Secret::new(url), nobody) };
        App::open(config).await?.close().await
    };
    server.database_from("arena", prepare).await.unwrap()
}

/// The settings of a server on this database, with keys of its own in Redis.
pub(crate) async fn config(database: &Database) -> Config {
    let redis = aether_servers::shared_redis().await.unwrap();
    let config = Config::new(Secret::new(database.url()), Secret::new(redis.url()));
    Config { redis_prefix: redis.prefix(), connections: 6, ..config }
}
