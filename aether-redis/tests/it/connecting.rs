//! Logging in with whatever password, and each failure to connect said as what it is.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use aether_realtime::bus::{Bus as _, Signal};
use aether_redis::{Error, GuardedWrite, KeySpace, RedisBus, RedisClient, RedisSettings};
use aether_servers::{Redis, RedisOptions};

use crate::probe::{Place, eventually, on_every_topology, own, quick, raw, stamp, with_user};

/// Ends words and commands, opens quotes, and means something in addresses and to shells.
const PASSWORD: &str = " \t\"'\r\n\\é%+#/?@:&= ";

/// As a word of an inline command.
fn quoted(text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("\"{bytes}\"")
}

/// As a part of an address.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn any_user_and_password_log_in(place: Place) {
    let user = format!("o'neil\"%{}", place.keys.prefix());
    let rule =
        format!("ACL SETUSER {} on {} ~* &* +@all", quoted(&user), quoted(&format!(">{PASSWORD}")));
    let mut servers = crate::probe::servers_of(place.url());
    let mut url = with_user(place.url(), &format!("{}:{}", percent(&user), percent(PASSWORD)));
    if url.starts_with("redis-sentinel") {
        servers.extend(crate::probe::sentinels_of(place.url()));
        let user = percent(&user);
        let password = percent(PASSWORD);
        url.push_str(&format!("&sentinelUsername={user}&sentinelPassword={password}"));
    }
    for server in &servers {
        assert_eq!(raw(server, &rule), "+OK");
    }
    let client = RedisClient::connect(&url).with(quick()).await.unwrap();
    let entity = place.keys.entity("e", 1);
    let write = GuardedWrite::create(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
    assert_eq!(client.write([write]).await.unwrap().applied, 1);
    // the connection that listens logs in on its own
    let bus = RedisBus::new(client, place.keys.clone()).unwrap();
    let mut listener = bus.listen("a");
    let told = tokio::time::timeout(Duration::from_secs(10), listener.next()).await;
    assert_eq!(told.unwrap(), Some(Signal::Up));
    // nobody else gets in with it
    let wrong = with_user(place.url(), &format!("{}:{}", percent(&user), percent("\t ")));
    let error = RedisClient::connect(&wrong).with(quick()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("neil"), "{error:?}");
}

on_every_topology! {
    any_user_and_password_log_in,
}

#[tokio::test]
async fn a_user_without_a_password_is_not_taken_for_the_default_one() {
    let redis = own().await;
    assert_eq!(raw(redis.url(), "ACL SETUSER nobody on nopass ~own:* +@all"), "+OK");
    let client =
        RedisClient::connect(&with_user(redis.url(), "nobody")).with(quick()).await.unwrap();
    let entity = KeySpace::new().entity("e", 1);
    let write = GuardedWrite::create(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
    let error = client.write([write]).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
}

#[tokio::test]
async fn what_an_address_says_and_nobody_understands_is_refused() {
    for url in [
        "redis://127.0.0.1:1?db=3",
        "redis://127.0.0.1:1/3?db=3",
        "rediss://127.0.0.1:1?ssl_cert_reqs=none",
        "redis-cluster://127.0.0.1:1/3",
        "redis-cluster://127.0.0.1:1?node=anna:hunter2@127.0.0.1:2",
        "redis-sentinel://127.0.0.1:1?sentinelServiceName=m&db=3",
        "redis://anna:hunter2#rest@127.0.0.1:1",
    ] {
        let error = RedisClient::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::Address { .. }) && !error.is_transient(), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}: {error:?}");
    }
}

/// The error of a connection, with what it has to say and whether a retry may help.
async fn refused(url: &str, says: &[&str], transient: bool) -> Error {
    refused_with(quick(), url, says, transient).await
}

async fn refused_with(settings: RedisSettings, url: &str, says: &[&str], transient: bool) -> Error {
    let error = RedisClient::connect(url).with(settings).await.unwrap_err();
    let text = error.to_string();
    for said in says {
        assert_eq!(text.matches(said).count(), 1, "{said:?} once: {text}");
    }
    assert_eq!(error.is_transient(), transient, "{text}");
    for noise in ["Error:", "Some(", "kind:"] {
        assert!(!text.contains(noise), "{text}");
    }
    error
}

#[tokio::test]
async fn a_closed_port_is_named() {
    let error = refused("redis://127.0.0.1:1", &["127.0.0.1:1", "Connection refused"], true).await;
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn too_many_clients_is_an_error_of_its_own_that_passes() {
    let redis = own().await;
    assert_eq!(raw(redis.url(), "CONFIG SET maxclients 1"), "+OK");
    let error = refused(redis.url(), &["max number of clients"], true).await;
    assert!(matches!(error, Error::TooManyClients { .. }), "{error:?}");
}

#[tokio::test]
async fn a_user_without_rights_is_denied_when_it_connects() {
    let redis = own().await;
    for (rules, missing) in
        [("-@all", "permissions"), ("-ping", "'ping'"), ("-evalsha", "'evalsha'")]
    {
        let rule = format!("ACL SETUSER anna reset on >secret ~* &* +@all {rules}");
        assert_eq!(raw(redis.url(), &rule), "+OK");
        let error = refused(&with_user(redis.url(), "anna:secret"), &[missing], false).await;
        assert!(matches!(error, Error::Denied { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_full_redis_can_be_connected_to_and_says_that_it_is_full() {
    let redis = own().await;
    assert_eq!(raw(redis.url(), "CONFIG SET maxmemory 1"), "+OK");
    let client = RedisClient::connect(redis.url()).with(quick()).await.unwrap();
    let entity = KeySpace::new().entity("e", 1);
    let write = GuardedWrite::create(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
    let error = client.write([write]).await.unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }) && error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_scheme_that_does_not_fit_the_server_says_what_to_write() {
    let mismatch = |error: Error| assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
    let (plain, tls) = tokio::join!(own(), Redis::start(RedisOptions::default().tls()));
    let tls = tls.unwrap();
    mismatch(refused(&tls.url().replace("rediss", "redis"), &["write rediss"], false).await);
    let roots = quick().root_certificates(tls.certificate().unwrap());
    let url = plain.url().replace("redis", "rediss");
    mismatch(refused_with(roots, &url, &["write redis in"], false).await);
    mismatch(
        refused(&plain.url().replace("redis", "redis-cluster"), &["no node of a"], false).await,
    );
    let sentinel =
        format!("{}?sentinelServiceName=aether", plain.url().replace("redis", "redis-sentinel"));
    mismatch(refused(&sentinel, &["is no sentinel"], false).await);
}

#[tokio::test]
async fn an_address_of_a_node_or_a_sentinel_needs_its_scheme() {
    let (sentinel, cluster) = tokio::join!(Place::sentinel(), Place::cluster());
    let node = format!("redis://{}", crate::probe::servers_of(cluster.url())[0]);
    let error = refused(&node, &["redis-cluster://"], false).await;
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
    let watcher = format!("redis://{}", crate::probe::sentinels_of(sentinel.url())[0]);
    let error = RedisClient::connect(&watcher).with(quick()).await.unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
    let unknown = sentinel.url().replace("=aether", "=other");
    let error = refused(&unknown, &["no service \"other\""], false).await;
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
}

/// A server that greets as an older one does, or is none at all.
fn stranger(hello: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let (mut stream, mut said) = (stream.unwrap(), [0; 1024]);
                while let Ok(read @ 1..) = stream.read(&mut said) {
                    let said = String::from_utf8_lossy(&said[..read]).to_uppercase();
                    let answer = match () {
                        () if said.contains("HELLO") => hello,
                        () if said.contains("INFO") => "$5\r\nnone\n\r\n",
                        () if said.contains("CLIENT") => ":1\r\n",
                        () if hello.starts_with("HTTP") => hello,
                        () => "+PONG\r\n",
                    };
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("redis://{address}")
}

#[tokio::test]
async fn a_server_that_is_too_old_or_none_is_not_used() {
    let six = "%2\r\n$7\r\nversion\r\n$6\r\n6.2.14\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n";
    let five = "-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n";
    let proxy = "-NOPROTO unsupported protocol version\r\n";
    let http = "HTTP/1.1 400 Bad Request\r\n\r\n";
    for (hello, says) in [
        (six, "it is version 6.2.14"),
        (five, "HELLO"),
        (proxy, "it does not speak RESP3"),
        (http, "no redis"),
    ] {
        let error = refused(&stranger(hello), &[says, "Redis 7"], false).await;
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_lazy_client_waits_for_what_passes() {
    let redis = own().await;
    assert_eq!(raw(redis.url(), "CONFIG SET maxclients 1"), "+OK");
    let client = RedisClient::connect(redis.url()).with(quick().lazy(true)).await.unwrap();
    assert_eq!(raw(redis.url(), "CONFIG SET maxclients 100"), "+OK");
    eventually("it is connected", async || client.ping().await.is_ok()).await;
}
