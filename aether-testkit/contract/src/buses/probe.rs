//! A listener with patience.

use aether_core::uuid::Uuid;
use aether_core::{Json, Position};
use aether_realtime::bus::{Bus, Listener, Notice, Signal};
use aether_testkit::{DEADLINE, eventually};

/// The next signal.
pub(super) async fn next(listener: &mut Listener) -> Signal {
    let signal = tokio::time::timeout(DEADLINE, listener.next()).await;
    let Ok(signal) = signal else { panic!("{}: nothing in {DEADLINE:?}", listener.channel()) };
    signal.unwrap_or_else(|| panic!("the bus was closed"))
}

/// The next message, whatever else is told meanwhile.
pub(super) async fn next_notice(listener: &mut Listener) -> Notice {
    loop {
        if let Signal::Notice(notice) = next(listener).await {
            return notice;
        }
    }
}

/// Waits for the listener to be told something.
pub(super) async fn until(listener: &mut Listener, signal: Signal) {
    while next(listener).await != signal {}
}

/// A listener that is up.
pub(super) async fn listen(bus: &dyn Bus, channel: &str) -> Listener {
    let mut listener = bus.listen(channel);
    assert_eq!(next(&mut listener).await, Signal::Up, "{channel}: first it hears that it is up");
    listener
}

/// A message with a number.
pub(super) fn notice(channel: &str, number: u64) -> Notice {
    Notice {
        channel: channel.into(),
        position: Position::new(number),
        event_id: Some(Uuid::from_u128(number.into()).into()),
        after: Position::new(number.saturating_sub(1)),
        store: 3,
        incarnation: None,
        definition: 7,
        body: Json::encode(&number).ok(),
    }
}

/// Publishes, patiently: a bus that has just been cut may be away for a moment.
pub(super) async fn publish(bus: &dyn Bus, notices: &[Notice]) {
    eventually("published", async || bus.publish(notices).await.ok()).await;
}
