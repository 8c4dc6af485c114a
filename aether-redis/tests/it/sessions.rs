//! Sessions: valid or gone, never in between.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use aether_redis::{Error, KeySpace, NewSession, RedisClient, Session, SessionId, Sessions};
use tokio::task::JoinSet;

use crate::probe::{connect, eventually, own, raw, shared, shared_url};

fn kael() -> NewSession {
    NewSession::new(42, "Kael")
}

async fn sessions() -> (Sessions, RedisClient, KeySpace) {
    let (client, keys) = shared().await;
    (Sessions::new(client.clone(), keys.clone()), client, keys)
}

fn ids(sessions: &[Session]) -> BTreeSet<String> {
    sessions.iter().map(|session| session.id.to_string()).collect()
}

#[tokio::test]
async fn a_session_is_read_as_it_was_created() {
    let (sessions, ..) = sessions().await;
    let new = kael().ip_address(Ipv4Addr::LOCALHOST.into()).attribute("device", "phone");
    let created = sessions.create(new).await.unwrap();
    assert!(created.revoked.is_empty());
    let session = created.session;
    assert_eq!((session.user_id.as_str(), session.username.as_str()), ("42", "Kael"));
    assert_eq!(session.ip_address, Some(Ipv4Addr::LOCALHOST.into()));
    assert_eq!(session.attributes["device"], "phone");
    let age = SystemTime::now().duration_since(session.created_at).unwrap_or_default();
    assert!(age < Duration::from_secs(10), "{age:?}");
    assert_eq!(sessions.get(&session.id).await.unwrap(), Some(session.clone()));
    // the id as a client sends it back
    let id: SessionId = session.id.to_string().parse().unwrap();
    assert_eq!(sessions.get(&id).await.unwrap(), Some(session));
}

#[tokio::test]
async fn the_keys_are_those_of_the_model() {
    let (sessions, client, keys) = sessions().await;
    let session = sessions.create(kael()).await.unwrap().session;
    let hash = keys.key(&format!("session:{}", session.id));
    let set = keys.key("user:42:sessions");
    let fields = client.hash(&hash).await.unwrap();
    for field in ["user_id", "username", "ip_address", "created_at", "last_activity"] {
        assert!(fields.contains_key(field), "{field}");
    }
    assert_eq!(fields["websocket_connection_id"], "");
    assert_eq!(client.set(&set).await.unwrap(), BTreeSet::from([session.id.to_string()]));
    for key in [hash, set] {
        let left = client.time_to_live(&key).await.unwrap().unwrap();
        assert!((3590..=3600).contains(&left.as_secs()), "{key}: {left:?}");
    }
}

#[tokio::test]
async fn with_hash_tags_both_keys_lie_in_the_slot_of_the_user() {
    let (client, keys) = shared().await;
    let sessions = Sessions::new(client.clone(), keys.clone().hash_tags(true));
    let session = sessions.create(kael()).await.unwrap().session;
    let secret = session.id.to_string().split_off("42.".len());
    let hash = keys.key(&format!("session:{{42}}.{secret}"));
    assert_eq!(client.hash(&hash).await.unwrap()["username"], "Kael");
    assert_eq!(client.set(&keys.key("user:{42}:sessions")).await.unwrap().len(), 1);
    assert_eq!(sessions.list(42).await.unwrap(), std::slice::from_ref(&session));
    assert_eq!(sessions.revoke_all(42).await.unwrap(), [session]);
}

#[tokio::test]
async fn ids_are_not_guessed_and_not_logged() {
    let (sessions, ..) = sessions().await;
    let a = sessions.create(kael()).await.unwrap().session;
    let b = sessions.create(kael()).await.unwrap().session;
    assert_ne!(a.id, b.id);
    let secret = a.id.to_string().split_off("42.".len());
    assert_eq!(secret.len(), 64);
    assert!(!format!("{a:?}").contains(&secret));
    let digits = "00112233445566778899aabbccddeeff".repeat(2);
    let guesses = ["", ".", "42", "42."].map(str::to_owned);
    let wrong = [
        format!(".{digits}"),
        format!("{{42}}.{digits}"),
        format!("42.{}", digits.to_uppercase()),
        format!("42.+{}", &digits[1..]),
        format!("42.{}+{}", &digits[..32], &digits[33..]),
        format!("42.{}", &digits[..32]),
    ];
    for guess in guesses.into_iter().chain(wrong) {
        assert!(guess.parse::<SessionId>().is_err(), "{guess}");
    }
    let unknown: SessionId = format!("42.{digits}").parse().unwrap();
    assert_eq!(sessions.touch(&unknown).await.unwrap(), None);
    // the secret of one user does not open the session of another
    let other: SessionId = format!("43.{secret}").parse().unwrap();
    assert_eq!(sessions.touch(&other).await.unwrap(), None);
}

#[tokio::test]
async fn a_touch_renews_the_session_and_the_list() {
    let (sessions, client, keys) = sessions().await;
    let short = sessions.clone().lifetime(Duration::from_secs(60));
    let session = short.create(kael()).await.unwrap().session;
    let touched = sessions.touch(&session.id).await.unwrap().unwrap();
    assert!(touched.last_activity > session.last_activity);
    assert_eq!(touched.created_at, session.created_at);
    for key in [format!("session:{}", session.id), "user:42:sessions".to_owned()] {
        let left = client.time_to_live(&keys.key(&key)).await.unwrap().unwrap();
        assert!(left > Duration::from_secs(3500), "{key}: {left:?}");
    }
    // a shorter one does not end the list under the longer one
    short.create(kael()).await.unwrap();
    let left = client.time_to_live(&keys.key("user:42:sessions")).await.unwrap().unwrap();
    assert!(left > Duration::from_secs(3500), "{left:?}");
    // reading does not renew
    let before = sessions.get(&session.id).await.unwrap().unwrap().last_activity;
    assert_eq!(sessions.get(&session.id).await.unwrap().unwrap().last_activity, before);
}

#[tokio::test]
async fn a_session_that_has_ended_is_gone_and_leaves_the_list() {
    let (sessions, client, keys) = sessions().await;
    let stays = sessions.create(kael()).await.unwrap().session;
    let short = sessions.clone().lifetime(Duration::from_millis(30));
    let ends = short.create(kael()).await.unwrap().session;
    eventually("ended", async || sessions.get(&ends.id).await.unwrap().is_none()).await;
    assert_eq!(client.set(&keys.key("user:42:sessions")).await.unwrap().len(), 2);
    assert_eq!(ids(&sessions.list(42).await.unwrap()), BTreeSet::from([stays.id.to_string()]));
    assert_eq!(client.set(&keys.key("user:42:sessions")).await.unwrap().len(), 1);
    assert_eq!(sessions.touch(&ends.id).await.unwrap(), None);
    assert_eq!(sessions.revoke(&ends.id).await.unwrap(), None);
}

#[tokio::test]
async fn no_touch_carries_a_session_beyond_its_greatest_age() {
    let (sessions, client, keys) = sessions().await;
    let session = sessions.create(kael()).await.unwrap().session;
    let aged = sessions.clone().max_age(Duration::from_secs(100));
    aged.touch(&session.id).await.unwrap().unwrap();
    let left = client.time_to_live(&keys.key(&format!("session:{}", session.id))).await.unwrap();
    assert!(left.unwrap() <= Duration::from_secs(100), "{left:?}");
    let short = sessions.clone().max_age(Duration::from_millis(30));
    eventually("too old", async || short.touch(&session.id).await.unwrap().is_none()).await;
    assert_eq!(sessions.get(&session.id).await.unwrap(), None);
    let session = aged.create(kael()).await.unwrap().session;
    let left = client.time_to_live(&keys.key(&format!("session:{}", session.id))).await.unwrap();
    assert!(left.unwrap() <= Duration::from_secs(100), "{left:?}");
}

#[tokio::test]
async fn one_session_too_many_revokes_the_one_not_used_for_longest() {
    let (sessions, ..) = sessions().await;
    let sessions = sessions.max_per_user(3);
    let mut created = Vec::new();
    for _ in 0..3 {
        created.push(sessions.create(kael()).await.unwrap().session);
    }
    sessions.touch(&created[0].id).await.unwrap().unwrap();
    let fourth = sessions.create(kael()).await.unwrap();
    assert_eq!(ids(&fourth.revoked), ids(&created[1..2]));
    assert_eq!(sessions.touch(&created[1].id).await.unwrap(), None);
    let listed = sessions.list(42).await.unwrap();
    let newest_first: Vec<_> = listed.iter().map(|session| &session.id).collect();
    assert_eq!(newest_first, [&fourth.session.id, &created[0].id, &created[2].id]);
    // those that have ended do not count
    sessions.revoke(&created[2].id).await.unwrap().unwrap();
    assert!(sessions.create(kael()).await.unwrap().revoked.is_empty());
    // other users neither
    assert!(sessions.create(NewSession::new(43, "Lyra")).await.unwrap().revoked.is_empty());
    // a limit that was lowered is kept to from the next login on
    assert_eq!(sessions.max_per_user(1).create(kael()).await.unwrap().revoked.len(), 3);
}

#[tokio::test]
async fn many_logins_at_once_leave_as_many_sessions_as_are_allowed() {
    let (sessions, _, keys) = sessions().await;
    let sessions = sessions.max_per_user(5);
    let other = Sessions::new(connect(shared_url().await).await, keys).max_per_user(5);
    let mut logins = JoinSet::new();
    for n in 0..60 {
        let sessions = if n % 2 == 0 { sessions.clone() } else { other.clone() };
        logins.spawn(async move { sessions.create(kael()).await.unwrap().session.id });
    }
    let created = logins.join_all().await;
    let listed = sessions.list(42).await.unwrap();
    assert_eq!(listed.len(), 5);
    let mut valid = 0;
    for id in &created {
        valid += u32::from(sessions.get(id).await.unwrap().is_some());
    }
    assert_eq!(valid, 5);
}

#[tokio::test]
async fn revoking_ends_one_or_all_or_all_but_one() {
    let (sessions, client, keys) = sessions().await;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(sessions.create(kael()).await.unwrap().session);
    }
    let stranger = sessions.create(NewSession::new(43, "Lyra")).await.unwrap().session;
    sessions.connect(&created[0].id, "ws-1").await.unwrap();
    let one = sessions.revoke(&created[0].id).await.unwrap().unwrap();
    assert_eq!(one.websocket_connection_id.as_deref(), Some("ws-1"), "so that it can be closed");
    assert_eq!(sessions.revoke(&created[0].id).await.unwrap(), None);
    let others = sessions.revoke_others(&created[1].id).await.unwrap();
    assert_eq!(ids(&others), ids(&created[2..]));
    assert_eq!(ids(&sessions.list(42).await.unwrap()), ids(&created[1..2]));
    assert_eq!(ids(&sessions.revoke_all(42).await.unwrap()), ids(&created[1..2]));
    assert!(sessions.list(42).await.unwrap().is_empty());
    for session in &created {
        assert_eq!(sessions.touch(&session.id).await.unwrap(), None);
        let hash = keys.key(&format!("session:{}", session.id));
        assert!(client.hash(&hash).await.unwrap().is_empty());
    }
    assert!(sessions.touch(&stranger.id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_touch_never_brings_a_revoked_session_back() {
    let (sessions, client, keys) = sessions().await;
    for _ in 0..20 {
        let id = sessions.create(kael()).await.unwrap().session.id;
        let mut touches = JoinSet::new();
        for _ in 0..10 {
            let (sessions, id) = (sessions.clone(), id.clone());
            touches.spawn(async move { sessions.touch(&id).await.unwrap().is_some() });
        }
        sessions.revoke_all(42).await.unwrap();
        assert_eq!(sessions.get(&id).await.unwrap(), None, "from now on");
        touches.join_all().await;
        assert_eq!(sessions.touch(&id).await.unwrap(), None);
        assert!(client.hash(&keys.key(&format!("session:{id}"))).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn no_session_survives_revoke_all_unless_it_was_created_after() {
    let (sessions, ..) = sessions().await;
    for _ in 0..10 {
        let mut logins = JoinSet::new();
        for _ in 0..20 {
            let sessions = sessions.clone();
            logins.spawn(async move { sessions.create(kael()).await.unwrap().session.id });
        }
        let revoked = sessions.revoke_all(42).await.unwrap();
        let mut created = logins.join_all().await;
        let revoked = ids(&revoked);
        created.retain(|id| !revoked.contains(&id.to_string()));
        // a session that was not revoked is on the list, where the next call finds it
        let rest: BTreeSet<String> = created.iter().map(ToString::to_string).collect();
        assert_eq!(ids(&sessions.revoke_all(42).await.unwrap()), rest);
        for id in &created {
            assert_eq!(sessions.touch(id).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn a_login_that_was_checked_before_all_were_revoked_is_refused() {
    let (sessions, ..) = sessions().await;
    let mark = sessions.mark(42).await.unwrap();
    let current = sessions.create_since(&mark, kael()).await.unwrap().unwrap().session;
    sessions.revoke_others(&current.id).await.unwrap();
    assert_eq!(sessions.create_since(&mark, kael()).await.unwrap(), None);
    let second = sessions.mark(42).await.unwrap();
    assert!(sessions.create_since(&second, kael()).await.unwrap().is_some());
    sessions.revoke_all(42).await.unwrap();
    for mark in [&mark, &second] {
        assert_eq!(sessions.create_since(mark, kael()).await.unwrap(), None);
    }
    // revoking one is no reason to refuse another
    let third = sessions.mark(42).await.unwrap();
    let session = sessions.create(kael()).await.unwrap().session;
    sessions.revoke(&session.id).await.unwrap().unwrap();
    assert!(sessions.create_since(&third, kael()).await.unwrap().is_some());
    assert_eq!(sessions.create_since(&third, NewSession::new(43, "Lyra")).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_that_its_user_does_not_list_is_not_valid() {
    let (sessions, _, keys) = sessions().await;
    let session = sessions.create(kael()).await.unwrap().session;
    raw(shared_url().await, &format!("DEL {}", keys.key("user:42:sessions")));
    assert_eq!(sessions.get(&session.id).await.unwrap(), None);
    assert!(!sessions.connect(&session.id, "ws").await.unwrap());
    assert_eq!(sessions.touch(&session.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_connection_that_ends_late_does_not_hide_its_successor() {
    let (sessions, ..) = sessions().await;
    let id = sessions.create(kael()).await.unwrap().session.id;
    assert!(sessions.connect(&id, "first").await.unwrap());
    assert!(sessions.connect(&id, "second").await.unwrap());
    assert!(!sessions.disconnect(&id, "first").await.unwrap());
    let connection = async || sessions.get(&id).await.unwrap().unwrap().websocket_connection_id;
    assert_eq!(connection().await.as_deref(), Some("second"));
    assert!(sessions.disconnect(&id, "second").await.unwrap());
    assert_eq!(connection().await, None);
}

#[tokio::test]
async fn attributes_are_the_programs_own() {
    let (sessions, ..) = sessions().await;
    let id = sessions.create(kael().attribute("user_id", "1")).await.unwrap().session.id;
    assert!(sessions.set_attribute(&id, "locale", Some("fr")).await.unwrap());
    assert!(sessions.set_attribute(&id, "device", None).await.unwrap());
    let session = sessions.get(&id).await.unwrap().unwrap();
    assert_eq!(session.user_id, "42");
    let expected = [("locale", "fr"), ("user_id", "1")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(session.attributes, expected.into());
    assert!(sessions.set_attribute(&id, "locale", None).await.unwrap());
    assert!(!sessions.get(&id).await.unwrap().unwrap().attributes.contains_key("locale"));
    sessions.revoke(&id).await.unwrap();
    assert!(!sessions.set_attribute(&id, "locale", Some("fr")).await.unwrap());
    assert_eq!(sessions.get(&id).await.unwrap(), None);
}

#[tokio::test]
async fn a_user_id_that_cannot_be_a_hash_tag_is_refused() {
    let (sessions, ..) = sessions().await;
    for user in ["", "{42}", "a}b"] {
        let error = sessions.create(NewSession::new(user, "x")).await.unwrap_err();
        assert!(matches!(error, Error::InvalidKey { .. }), "{error}");
        assert!(matches!(sessions.revoke_all(user).await, Err(Error::InvalidKey { .. })));
    }
}

#[tokio::test]
async fn a_wrong_type_is_a_typed_error_and_changes_nothing() {
    let (sessions, client, keys) = sessions().await;
    let session = sessions.create(kael()).await.unwrap().session;
    let hash = keys.key(&format!("session:{}", session.id));
    let set = keys.key("user:43:sessions");
    raw(shared_url().await, &format!("SET {set} x"));
    let error = sessions.create(NewSession::new(43, "Lyra")).await.unwrap_err();
    let expected = set.to_string();
    assert!(
        matches!(&error, Error::WrongType { key, expected: "set" } if *key == expected),
        "{error}"
    );
    assert!(matches!(sessions.list(43).await, Err(Error::WrongType { .. })));
    assert!(matches!(sessions.revoke_all(43).await, Err(Error::WrongType { .. })));
    raw(shared_url().await, &format!("DEL {hash}"));
    raw(shared_url().await, &format!("SET {hash} x"));
    let error = sessions.touch(&session.id).await.unwrap_err();
    assert!(matches!(error, Error::WrongType { expected: "hash", .. }), "{error}");
    assert_eq!(client.set(&keys.key("user:42:sessions")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_redis_still_lets_users_stay_and_log_out() {
    let redis = own().await;
    let sessions = Sessions::new(connect(redis.url()).await, KeySpace::new());
    let session = sessions.create(kael()).await.unwrap().session;
    raw(redis.url(), "CONFIG SET maxmemory 1");
    assert!(matches!(sessions.create(kael()).await, Err(Error::OutOfMemory { .. })));
    assert!(sessions.touch(&session.id).await.unwrap().is_some());
    assert!(sessions.get(&session.id).await.unwrap().is_some());
    assert_eq!(sessions.list(42).await.unwrap().len(), 1);
    assert_eq!(sessions.revoke_all(42).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_flushed_redis_logs_everybody_out() {
    let redis = own().await;
    let sessions = Sessions::new(connect(redis.url()).await, KeySpace::new());
    let session = sessions.create(kael()).await.unwrap().session;
    raw(redis.url(), "FLUSHALL");
    assert_eq!(sessions.touch(&session.id).await.unwrap(), None);
}
