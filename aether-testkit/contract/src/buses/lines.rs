//! The bus on its own: who hears what, and who is told what.

use std::sync::Arc;

use aether_core::log::Incarnation;
use aether_core::uuid::Uuid;
use aether_core::{EventId, Json, Position};
use aether_realtime::bus::{Notice, Signal};
use aether_testkit::eventually;

use super::probe::{listen, next, next_notice, notice, publish, until};
use super::{CAPACITY, Place};

/// All listeners of a channel hear what is sent there, in every process; others do not.
pub async fn a_notice_reaches_every_listener_of_its_channel_and_nobody_else(backend: Arc<Place>) {
    let (here, there) = (backend.connect().await, backend.connect().await);
    let mut listeners = vec![
        listen(&*here, "combat:1:updates").await,
        listen(&*here, "combat:1:updates").await,
        listen(&*there, "combat:1:updates").await,
    ];
    let mut other = listen(&*there, "combat:10:updates").await;
    publish(&*here, &[notice("combat:1:updates", 1)]).await;
    publish(&*there, &[notice("combat:10:updates", 2), notice("combat:1:updates", 3)]).await;
    for listener in &mut listeners {
        assert_eq!(next_notice(listener).await, notice("combat:1:updates", 1));
        assert_eq!(next_notice(listener).await, notice("combat:1:updates", 3));
    }
    assert_eq!(next_notice(&mut other).await, notice("combat:10:updates", 2));
}

/// A notice comes out as it went in.
pub async fn every_part_of_a_notice_arrives(backend: Arc<Place>) {
    let bus = backend.connect().await;
    let mut listener = listen(&*bus, "player:é:notifications").await;
    let body =
        serde_json::json!({ "text": "ç \"a\" \u{1F3B2}\n", "nothing": null, "hp": [1.5, -2] });
    let whole = Notice {
        channel: "player:é:notifications".into(),
        position: Position::END,
        event_id: Some(EventId::new(Uuid::from_u128(u128::MAX - 2))),
        after: Position::new(i64::MAX as u64 - 7),
        store: u64::MAX - 1,
        incarnation: Some(Incarnation::new(Uuid::from_u128(u128::MAX - 3))),
        definition: u64::MAX,
        body: Json::encode(&body).ok(),
    };
    let bare = Notice { event_id: None, incarnation: None, body: None, ..whole.clone() };
    let passing = Notice::passing("player:é:notifications", Json::empty());
    let large = Json::encode(&"x".repeat(300_000)).ok();
    let large = Notice { body: large, ..whole.clone() };
    for sent in [whole, bare, passing, large] {
        publish(&*bus, std::slice::from_ref(&sent)).await;
        assert_eq!(next_notice(&mut listener).await, sent);
    }
}

/// On a channel, what one publisher sends arrives in its order.
pub async fn notices_keep_the_order_of_their_publisher(backend: Arc<Place>) {
    let (here, there) = (backend.connect().await, backend.connect().await);
    let mut listener = listen(&*there, "order").await;
    let mut expected = 1;
    for batch in [1, 2, 30, 1, 50, 7] {
        let notices: Vec<Notice> = (0..batch).map(|n| notice("order", expected + n)).collect();
        publish(&*here, &notices).await;
        for _ in 0..batch {
            assert_eq!(next_notice(&mut listener).await.position.get(), expected);
            expected += 1;
        }
    }
}

/// Publishing where nobody listens is fine.
pub async fn nobody_needs_to_listen(backend: Arc<Place>) {
    let bus = backend.connect().await;
    bus.publish(&[notice("personne", 1)]).await.expect("it can publish");
    bus.publish(&[]).await.expect("it can publish");
    let mut listener = listen(&*bus, "personne").await;
    publish(&*bus, &[notice("personne", 2)]).await;
    assert_eq!(next_notice(&mut listener).await.position.get(), 2, "from now on, not from before");
}

/// A listener that may have missed something is told, and told again when nothing is missing any more.
pub async fn a_cut_is_told_and_heals(backend: Arc<Place>) {
    let (bus, publisher) = (backend.connect().await, backend.connect().await);
    let mut listeners =
        [listen(&*bus, "a").await, listen(&*bus, "a").await, listen(&*bus, "b").await];
    for round in 1..=3 {
        backend.cut().await;
        for listener in &mut listeners {
            until(listener, Signal::Down).await;
        }
        backend.mend().await;
        for listener in &mut listeners {
            until(listener, Signal::Up).await;
        }
        publish(&*publisher, &[notice("a", round), notice("b", round)]).await;
        for listener in &mut listeners {
            assert_eq!(next_notice(listener).await.position.get(), round);
        }
    }
    backend.cut().await;
    let mut late = bus.listen("a");
    backend.mend().await;
    until(&mut late, Signal::Up).await;
}

/// A listener that does not keep up misses messages, hears so, and continues with the newest. Others miss nothing.
pub async fn a_slow_listener_is_told_and_holds_up_nobody(backend: Arc<Place>) {
    let bus = backend.connect().await;
    let mut slow = listen(&*bus, "flot").await;
    let mut quick = listen(&*bus, "flot").await;
    for number in 1..=CAPACITY as u64 * 3 {
        publish(&*bus, &[notice("flot", number)]).await;
        assert_eq!(next_notice(&mut quick).await.position.get(), number);
    }
    assert_eq!(next(&mut slow).await, Signal::Lagged);
    publish(&*bus, &[notice("flot", 1000)]).await;
    assert_eq!(next_notice(&mut slow).await.position.get(), 1000);
    assert_eq!(next_notice(&mut quick).await.position.get(), 1000);
}

/// As long as somebody listens there is one subscription, and then none.
pub async fn the_subscription_ends_with_its_last_listener(backend: Arc<Place>) {
    let bus = backend.connect().await;
    let mut first = listen(&*bus, "zone:3:chat").await;
    let second = listen(&*bus, "zone:3:chat").await;
    assert!(backend.is_subscribed("zone:3:chat").await);
    drop(second);
    publish(&*bus, &[notice("zone:3:chat", 1)]).await;
    assert_eq!(next_notice(&mut first).await.position.get(), 1);
    drop(first);
    let ended = async || (!backend.is_subscribed("zone:3:chat").await).then_some(());
    eventually("the subscription has ended", ended).await;
}

/// Listeners that come and go quickly always end up hearing.
pub async fn who_comes_back_at_once_hears_again(backend: Arc<Place>) {
    let bus = backend.connect().await;
    for round in 1..=50 {
        let mut listener = bus.listen("va-et-vient");
        if round % 3 == 0 {
            continue;
        }
        until(&mut listener, Signal::Up).await;
        publish(&*bus, &[notice("va-et-vient", round)]).await;
        while next_notice(&mut listener).await.position.get() != round {}
    }
}

/// Many channels over one connection: each hears its own.
pub async fn a_hundred_channels_are_kept_apart(backend: Arc<Place>) {
    let bus = backend.connect().await;
    let name = |n: u64| format!("combat:{n}:updates");
    let mut listeners: Vec<_> = (0..100).map(|n| bus.listen(&name(n))).collect();
    for listener in &mut listeners {
        until(listener, Signal::Up).await;
    }
    let notices: Vec<Notice> =
        (0..500).map(|number| notice(&name(number % 100), number + 1)).collect();
    publish(&*bus, &notices).await;
    for (n, listener) in listeners.iter_mut().enumerate() {
        for turn in 0..5 {
            assert_eq!(next_notice(listener).await.position.get(), turn * 100 + n as u64 + 1);
        }
    }
}
