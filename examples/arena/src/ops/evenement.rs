//! An event as the console shows it.

use aether_core::RecordedEvent;
use aether_core::uuid::Uuid;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What stands where an observer may not see a value.
const HIDDEN: &str = "…";

/// An event of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EvenementDuJournal {
    event_id: Uuid,
    position: u64,
    #[serde(rename = "type")]
    kind: String,
    type_agregat: String,
    agregat_id: Uuid,
    version: u32,
    quand: DateTime<Utc>,
    correlation_id: Option<Uuid>,
    /// The event that led to it.
    cause_id: Option<Uuid>,
    /// The account that asked for it.
    compte_id: Option<String>,
    /// What happened; for observers its shape alone.
    donnees: Value,
}

impl EvenementDuJournal {
    pub(super) fn of(event: &RecordedEvent, sees_payloads: bool) -> Self {
        let metadata = event.metadata();
        let payload = serde_json::from_str(event.payload.as_str()).unwrap_or_default();
        Self {
            event_id: event.event_id.as_uuid(),
            position: event.position.get(),
            kind: event.event_type.to_string(),
            type_agregat: event.aggregate_type.to_string(),
            agregat_id: event.aggregate_id.as_uuid(),
            version: event.version.get(),
            quand: event.timestamp,
            correlation_id: metadata.correlation_id,
            cause_id: metadata.causation_id.map(|id| id.as_uuid()),
            compte_id: metadata.user_id,
            donnees: if sees_payloads { payload } else { masked(payload) },
        }
    }
}

/// The shape of a value: its fields are told, what is in them is not.
pub(super) fn masked(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, masked(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        Value::Null => Value::Null,
        _ => Value::String(HIDDEN.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_masked_payload_tells_its_fields_and_no_value() {
        let seen = masked(json!({ "or": 7, "noms": ["Kael"], "titre": null, "vu": true }));
        assert_eq!(seen, json!({ "or": "…", "noms": ["…"], "titre": null, "vu": "…" }));
    }
}
