//! The frames of `aether.v1`, each a JSON text.

use aether_core::uuid::Uuid;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::Place;

/// The sub-protocol.
pub(super) const NAME: &str = "aether.v1";
/// Its version in the hello.
pub(super) const VERSION: u32 = 1;
/// Bytes of a frame from a client.
pub(super) const FRAME: usize = 16 * 1024;
/// Channels of a socket.
pub(super) const CHANNELS: usize = 64;

/// Why a socket is closed. Codes below 4000 are those of RFC 6455.
pub(super) mod close {
    pub(in crate::realtime) const NOT_WEBSOCKET: u16 = 1002;
    pub(in crate::realtime) const NOT_TEXT: u16 = 1003;
    pub(in crate::realtime) const NO_FRAME: u16 = 1007;
    pub(in crate::realtime) const TOO_LARGE: u16 = 1009;
    /// The server leaves; the reason has the position.
    pub(in crate::realtime) const LEAVING: u16 = 1012;
    /// The session is not valid, or not any more.
    pub(in crate::realtime) const SESSION: u16 = 4401;
    /// A channel of somebody else.
    pub(in crate::realtime) const FOREIGN: u16 = 4403;
    /// No hello, or no answer to beats.
    pub(in crate::realtime) const SILENT: u16 = 4408;
    /// Too many channels.
    pub(in crate::realtime) const CHANNELS: u16 = 4409;
    /// Too many frames.
    pub(in crate::realtime) const LIMIT: u16 = 4429;
}

/// What a client sends.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Recue {
    /// The first frame: who it is.
    Bonjour {
        v: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jeton: Option<String>,
    },
    /// Listen to a channel.
    Abonner {
        id: u64,
        canal: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        apres: Option<String>,
    },
    /// Listen no more.
    Desabonner { id: u64, canal: String },
    /// Change something.
    Commande {
        id: u64,
        cle: String,
        nom: String,
        donnees: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u32>,
    },
    /// The answer to a beat.
    Battement {},
}

/// What a client gets.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum Envoyee {
    /// The answer to the hello.
    Pret {
        session: Option<Uuid>,
        joueur: Option<Uuid>,
        battement_ms: u64,
        position: Place,
        limites: Limites,
    },
    /// A channel is listened to.
    Abonne { id: u64, canal: String, repris: bool },
    /// It is not any more.
    Desabonne { id: u64, canal: String },
    /// How things stand on a channel: instead of the facts before.
    Image {
        canal: String,
        position: Place,
        /// The log was restored: what was seen on this channel may not have happened.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restaure: bool,
        etat: Value,
    },
    /// What happened; there is nothing else on the channel between the two positions.
    Fait {
        canal: String,
        apres: Place,
        position: Place,
        #[serde(rename = "type")]
        kind: String,
        donnees: Value,
    },
    /// A command was carried out.
    FaitDe {
        id: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<Place>,
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<u32>,
        #[serde(default, skip_serializing_if = "Value::is_null")]
        donnees: Value,
    },
    /// Something was not carried out.
    Refus(Refus),
    /// The client is slow: nothing follows on the channel until it is subscribed to again after this position.
    Ralenti { canal: String, position: Place },
    /// The server is there; the newest position of the log.
    Battement { position: Place },
}

/// Why something was not carried out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(Deserialize))]
pub(super) struct Refus {
    pub(super) id: u64,
    pub(super) code: String,
    pub(super) titre: String,
    pub(super) correlation: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// The current version, where another one was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u32>,
    /// In how many seconds a retry may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reessayer_s: Option<u64>,
}

/// What a socket has to keep to.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(Deserialize))]
pub(super) struct Limites {
    canaux: usize,
    trame: usize,
}

impl Limites {
    pub(super) const ALL: Self = Self { canaux: CHANNELS, trame: FRAME };
}

impl Envoyee {
    /// Its text.
    pub(super) fn text(&self) -> String {
        // strings and numbers alone: it is always written
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The examples of the description, each with the name of its message.
    fn examples() -> Vec<Value> {
        let text = include_str!("../../asyncapi.yaml");
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("- payload: "));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_example_of_the_description_is_a_frame_and_every_frame_has_one() {
        let mut said = HashSet::new();
        let mut heard = HashSet::new();
        for example in examples() {
            let name = example["t"].as_str().unwrap().to_owned();
            if let Ok(frame) = serde_json::from_value::<Recue>(example.clone()) {
                assert_eq!(serde_json::to_value(&frame).unwrap(), example);
                said.insert(name);
            } else {
                let frame: Envoyee = serde_json::from_value(example.clone()).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&frame.text()).unwrap(), example);
                heard.insert(name);
            }
        }
        assert_eq!((said.len(), heard.len()), (5, 9), "{said:?} {heard:?}");
    }

    #[test]
    fn a_frame_with_something_unknown_is_none() {
        for wrong in [
            r#"{"t":"bonjour","v":1,"x":2}"#,
            r#"{"t":"battement","position":"0"}"#,
            r#"{"t":"abonner","id":-1,"canal":"monde"}"#,
            r#"{"t":"pret"}"#,
            "7",
        ] {
            assert!(serde_json::from_str::<Recue>(wrong).is_err(), "{wrong}");
        }
    }
}
