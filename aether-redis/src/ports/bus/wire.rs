//! A notice as it travels.

use std::sync::Arc;

use aether_core::log::Incarnation;
use aether_core::{EventId, Json, Position};
use aether_realtime::bus::Notice;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Serialize, Deserialize)]
struct Message<'a> {
    sequence: Position,
    /// Older code has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
    after: Position,
    /// As `definition`; older code has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    store: String,
    /// Older code has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incarnation: Option<Incarnation>,
    /// In hexadecimal digits: JSON numbers do not hold 64 bits everywhere.
    definition: String,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
}

pub(super) fn encode(notice: &Notice) -> serde_json::Result<String> {
    let payload = notice.body.as_ref().map(|body| serde_json::from_str(body.as_str()));
    serde_json::to_string(&Message {
        sequence: notice.position,
        event: notice.event_id,
        after: notice.after,
        store: if notice.store == 0 { String::new() } else { format!("{:x}", notice.store) },
        incarnation: notice.incarnation,
        definition: format!("{:x}", notice.definition),
        payload: payload.transpose()?,
    })
}

/// `None` if it is not one of ours.
pub(super) fn decode(channel: &str, text: &str) -> Option<Notice> {
    let message: Message<'_> = serde_json::from_str(text).ok()?;
    Some(Notice {
        channel: Arc::from(channel),
        position: message.sequence,
        event_id: message.event,
        after: message.after,
        store: match message.store.as_str() {
            "" => 0,
            store => u64::from_str_radix(store, 16).ok()?,
        },
        incarnation: message.incarnation,
        definition: u64::from_str_radix(&message.definition, 16).ok()?,
        body: message.payload.map(|payload| Json::from_stored(payload.get())),
    })
}

#[cfg(test)]
mod tests {
    use aether_core::uuid::Uuid;

    use super::*;

    #[test]
    fn a_notice_comes_out_as_it_went_in() -> Result<(), Box<dyn std::error::Error>> {
        let body = Json::encode(&serde_json::json!({ "nom": "Kael", "hp": [1, null, 2.5] }))?;
        for (body, store) in [(Some(body), u64::MAX), (None, 0)] {
            let notice = Notice {
                channel: "combat:7:updates".into(),
                position: Position::new(i64::MAX as u64),
                event_id: body.is_some().then(|| EventId::new(Uuid::from_u128(7))),
                after: Position::new(3),
                store,
                incarnation: body.is_some().then(|| Incarnation::new(Uuid::from_u128(8))),
                definition: u64::MAX - 1,
                body,
            };
            let text = encode(&notice)?;
            assert_eq!(decode("combat:7:updates", &text), Some(notice), "{text}");
        }
        assert_eq!(decode("x", "hello"), None);
        Ok(())
    }

    #[test]
    fn a_notice_of_the_release_before_has_no_event() {
        let text = r#"{"sequence":3,"after":2,"store":"ab","definition":"ff","payload":[1]}"#;
        let notice = decode("x", text);
        let notice = notice.map(|notice| (notice.position.get(), notice.event_id, notice.store));
        assert_eq!(notice, Some((3, None, 0xab)));
    }
}
