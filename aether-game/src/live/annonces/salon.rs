//! What is said in a zone.

use std::sync::Arc;

use aether_core::event::JsonError;
use aether_core::{Error, Json};
use aether_realtime::bus::{Bus, Listener, Notice, Signal};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::live::keys::channels;
use crate::values::{JoueurId, Propos, ZoneId};

/// Something that a player says in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parole {
    /// Who.
    pub joueur_id: JoueurId,
    /// Under which name.
    pub pseudo: String,
    /// What: a line without anything invisible.
    pub texte: Propos,
    /// When.
    pub dite_a: DateTime<Utc>,
}

/// The chat of zones: what is said is heard by those who listen at that moment, and kept nowhere. How much somebody may say, and
/// where, is for the server to decide. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Salon {
    bus: Arc<dyn Bus>,
}

impl Salon {
    /// Chats over this bus.
    #[must_use]
    pub fn new(bus: impl Bus) -> Self {
        Self { bus: Arc::new(bus) }
    }

    /// Says something to all who listen in a zone. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones of the bus: after a retry it may be heard twice.
    pub async fn dire(&self, zone: ZoneId, parole: &Parole) -> Result<(), Error> {
        let body = Json::encode(parole)
            .map_err(|error: JsonError| Error::Backend { source: error.into() })?;
        self.bus.publish(&[Notice::passing(channels::zone(zone), body)]).await
    }

    /// Listens to a zone, from now on.
    #[must_use]
    pub fn ecouter(&self, zone: ZoneId) -> Ecoute {
        Ecoute { listener: self.bus.listen(&channels::zone(zone)) }
    }
}

/// Somebody who listens to a zone.
#[derive(Debug)]
pub struct Ecoute {
    listener: Listener,
}

impl Ecoute {
    /// Waits until what is said is heard.
    pub async fn pret(&mut self) -> bool {
        while let Some(signal) = self.listener.next().await {
            if signal == Signal::Up {
                return true;
            }
        }
        false
    }

    /// The next thing that is said; none when the bus has ended. What cannot be read is passed over. Cancel safe.
    pub async fn suivante(&mut self) -> Option<Parole> {
        loop {
            let Signal::Notice(notice) = self.listener.next().await? else { continue };
            let parole = notice.body.and_then(|body| body.decode().ok());
            if parole.is_some() {
                return parole;
            }
        }
    }
}
