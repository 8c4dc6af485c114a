//! No password is ever shown: not by `{:?}`, not by errors.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use aether_core::backend::ReadModels as _;
use aether_core::uuid::Uuid;
use aether_realtime::leaderboard::Board;
use aether_redis::{
    Cooldowns, Counters, Error, KeySpace, NewSession, Presence, RateLimits, RedisBus, RedisCache,
    RedisClient, RedisLeaderboards, RedisLocks, RedisReadModels, RedisStream, SessionId, Sessions,
    TieredCache,
};

use crate::probe::{own, quick, raw, with_user};

const PASSWORD: &str = "hunter2";

/// Types that hold neither an address nor a client.
const HARMLESS: &[&str] = &[
    "Circuit",
    "Health",
    "Topology",
    "CooldownStart",
    "EventCount",
    "GuardedWrite",
    "WriteOutcome",
    "Stamp",
    "Entity",
    "Key",
    "KeySpace",
    "LeaderboardKeys",
    "RateDecision",
    "OnOutage",
    "RateLimit",
    "Created",
    "InvalidSessionId",
    "LoginMark",
    "NewSession",
    "Session",
    "SessionId",
    "DeadMessage",
    "GroupLag",
    "GroupSettings",
    "Retention",
    "StreamHandler",
    "StreamMessage",
    "Trimmed",
    "ZonePage",
    "Result",
    "Tz",
];

/// What was shown, by the name of its type.
#[derive(Default)]
struct Shown(BTreeSet<String>);

impl Shown {
    fn take<T: Debug>(&mut self, value: &T) {
        let name =
            std::any::type_name::<T>().split('<').next().unwrap().rsplit("::").next().unwrap();
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            assert!(!text.contains(PASSWORD) && !text.contains("anna"), "{name}: {text}");
        }
        self.0.insert(name.to_owned());
    }
}

#[tokio::test]
async fn no_public_type_shows_user_or_password() {
    let redis = own().await;
    raw(redis.url(), &format!("ACL SETUSER anna on >{PASSWORD} ~* &* +@all"));
    let settings = quick();
    let url = with_user(redis.url(), &format!("anna:{PASSWORD}"));
    let client = RedisClient::connect(&url).with(settings.clone()).await.unwrap();
    let (keys, mut shown) = (KeySpace::new(), Shown::default());
    shown.take(&settings);
    shown.take(&RedisClient::connect(&url));
    shown.take(&client);
    shown.take(&RedisBus::new(client.clone(), keys.clone()).unwrap());
    shown.take(&RedisCache::new(client.clone(), keys.clone()));
    let builder = TieredCache::builder(RedisCache::new(client.clone(), keys.clone()));
    shown.take(&builder);
    shown.take(&builder.start());
    shown.take(&Cooldowns::new(client.clone(), keys.clone()));
    shown.take(&Counters::new(client.clone(), keys.clone()));
    shown.take(&RedisLeaderboards::new(client.clone(), keys.clone()));
    shown.take(&RedisLocks::new(client.clone(), keys.clone()));
    shown.take(&Presence::new(client.clone(), keys.clone()));
    shown.take(&RateLimits::new(client.clone(), keys.clone()));
    shown.take(&Sessions::new(client.clone(), keys.clone()));
    let stream = RedisStream::new(client.clone(), &keys, "event:stream");
    shown.take(&stream.sink());
    shown.take(&stream.group("g"));
    shown.take(&stream);
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let mut tx = models.begin().await.unwrap();
    shown.take(&tx.leaderboard(&Board::new("level").unwrap()));
    shown.take(&tx);
    shown.take(&models);
    for url in
        [url.replace("//", "//x"), format!("{url}?db=3"), url.replace(PASSWORD, "hunter2#rest")]
    {
        shown.take(&RedisClient::connect(&url).await.unwrap_err());
    }
    let named: BTreeSet<String> = public_types().into_iter().collect();
    let known = |name: &&String| !HARMLESS.contains(&name.as_str()) && !shown.0.contains(*name);
    let missing: Vec<_> = named.iter().filter(known).collect();
    assert!(missing.is_empty(), "not shown here: {missing:?}");
}

/// The names that the crate exports.
fn public_types() -> Vec<String> {
    let exports = include_str!("../../src/lib.rs");
    let exports = exports.split("pub use ").skip(1).map(|export| export.split(';').next().unwrap());
    let names = exports.flat_map(|export| export.split(|c: char| !c.is_alphanumeric()));
    let names = names.filter(|name| name.starts_with(char::is_uppercase));
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn no_error_shows_the_secret_of_a_session() {
    let redis = own().await;
    let client = RedisClient::connect(redis.url()).with(quick()).await.unwrap();
    let sessions = Sessions::new(client, KeySpace::new()).lifetime(Duration::from_secs(60));
    let id: SessionId = sessions.create(NewSession::new(42, "Kael")).await.unwrap().session.id;
    let secret = id.to_string().rsplit_once('.').unwrap().1.to_owned();
    raw(redis.url(), &format!("DEL session:{id}"));
    raw(redis.url(), &format!("LPUSH session:{id} x"));
    for error in [
        sessions.touch(&id).await.unwrap_err(),
        sessions.get(&id).await.unwrap_err(),
        sessions.connect(&id, &Uuid::nil().to_string()).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::WrongType { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains(&secret), "{error}");
    }
}
