//! Who caused an event, and in the course of what: data about an event that is not of the domain.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ids::EventId;
use crate::json::Json;

/// What travels from a command to its events, and from an event to the commands it causes.
///
/// Stored as a JSON object with the keys `correlationId`, `causationId`, `userId`, `sessionId` and
/// `ipAddress`; anything else is a free key in [`extra`](Metadata::extra).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// Shared by everything that follows from one request. The engine gives every command one.
    pub correlation_id: Option<Uuid>,
    /// The event whose handling led to this one, if any.
    pub causation_id: Option<EventId>,
    /// The user on whose behalf the command ran.
    pub user_id: Option<String>,
    /// The user's session.
    pub session_id: Option<String>,
    /// The user's network address.
    pub ip_address: Option<IpAddr>,
    /// Free keys of the application.
    pub extra: Map<String, Value>,
}

impl Metadata {
    /// Reads stored metadata. Never fails: a known key with an unexpected value is kept in
    /// [`extra`](Metadata::extra) as it was stored.
    #[must_use]
    pub fn from_stored(json: &Json) -> Self {
        let mut metadata = Self::default();
        let Ok(Value::Object(fields)) = json.decode() else {
            return metadata;
        };
        for (key, value) in fields {
            let text = value.as_str();
            let taken = match key.as_str() {
                "correlationId" => fill(&mut metadata.correlation_id, parse(text)),
                "causationId" => fill(&mut metadata.causation_id, parse(text).map(EventId::new)),
                "userId" => fill(&mut metadata.user_id, text.map(str::to_owned)),
                "sessionId" => fill(&mut metadata.session_id, text.map(str::to_owned)),
                "ipAddress" => fill(&mut metadata.ip_address, parse(text)),
                _ => false,
            };
            if !taken {
                metadata.extra.insert(key, value);
            }
        }
        metadata
    }
}

fn parse<T: std::str::FromStr>(text: Option<&str>) -> Option<T> {
    text?.parse().ok()
}

fn fill<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}

impl Serialize for Metadata {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &self.correlation_id {
            map.serialize_entry("correlationId", id)?;
        }
        if let Some(id) = &self.causation_id {
            map.serialize_entry("causationId", id)?;
        }
        if let Some(id) = &self.user_id {
            map.serialize_entry("userId", id)?;
        }
        if let Some(id) = &self.session_id {
            map.serialize_entry("sessionId", id)?;
        }
        if let Some(address) = &self.ip_address {
            map.serialize_entry("ipAddress", address)?;
        }
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer).map(|json| Self::from_stored(&json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back() -> Result<(), Box<dyn std::error::Error>> {
        let metadata = Metadata {
            correlation_id: Some(Uuid::from_u128(1)),
            causation_id: Some(EventId::new(Uuid::from_u128(2))),
            user_id: Some("u-7".into()),
            ip_address: Some("::1".parse()?),
            extra: Map::from_iter([("build".to_owned(), Value::from(12))]),
            ..Metadata::default()
        };
        assert_eq!(Metadata::from_stored(&Json::encode(&metadata)?), metadata);
        Ok(())
    }

    #[test]
    fn unexpected_values_are_kept_not_lost() -> Result<(), Box<dyn std::error::Error>> {
        let stored = Json::parse(r#"{"userId":12,"correlationId":"not a uuid"}"#)?;
        let metadata = Metadata::from_stored(&stored);
        assert_eq!(metadata.extra.len(), 2);
        assert_eq!(metadata.user_id, None);
        Ok(())
    }
}
