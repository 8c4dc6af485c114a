//! World events, in `world:active_events` and `world:event:{id}`.

use std::collections::BTreeSet;

use aether_redis::{Entity, GuardedWrite, KeySpace, RedisClient, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::live::cache::Cachee;
use crate::live::fields::{Fields, parse};
use crate::live::keys::MondeKeys;
use crate::monde::{Evenement, Monde, TypeEvenement};
use crate::values::{EvenementId, ZoneId};

/// The world events that are on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveEvenements(pub BTreeSet<EvenementId>);

/// What is shown of a world event that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveEvenement {
    /// The event.
    pub evenement_id: EvenementId,
    /// Its name.
    pub nom: String,
    /// Its kind.
    pub type_evenement: TypeEvenement,
    /// Where; everywhere without one.
    pub zone_id: Option<ZoneId>,
    /// What is done.
    pub progres: u32,
    /// What has to be done.
    pub requis: u32,
    /// How many players take part.
    pub participants: usize,
    /// When it began.
    pub debute_a: DateTime<Utc>,
    /// When its time is over.
    pub fin_a: DateTime<Utc>,
}

impl From<&Monde> for LiveEvenements {
    fn from(monde: &Monde) -> Self {
        Self(monde.evenements().collect())
    }
}

impl From<&Evenement> for LiveEvenement {
    fn from(evenement: &Evenement) -> Self {
        let depart = &evenement.depart;
        Self {
            evenement_id: depart.evenement_id,
            nom: depart.nom.to_string(),
            type_evenement: depart.type_evenement,
            zone_id: depart.zone_id,
            progres: evenement.progres,
            requis: depart.requis,
            participants: evenement.participants.len(),
            debute_a: depart.debute_a,
            fin_a: depart.fin_a,
        }
    }
}

impl Cachee for LiveEvenements {
    fn entity(keys: &KeySpace, _: &str) -> Entity {
        MondeKeys::new(keys).active_events_entity()
    }

    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite {
        write.set_add(entity.root(), self.0.iter().map(ToString::to_string))
    }

    async fn read(client: &RedisClient, entity: &Entity) -> Result<Self> {
        let members = client.set(&entity.root()).await?;
        let ids = members.iter().map(|id| Ok(parse::<Uuid>(id, "event")?.into()));
        ids.collect::<Result<_>>().map(Self)
    }
}

impl Cachee for LiveEvenement {
    fn entity(keys: &KeySpace, id: &str) -> Entity {
        MondeKeys::new(keys).event_entity(id)
    }

    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite {
        let time = |it: DateTime<Utc>| it.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let fields = [
            ("evenement_id", self.evenement_id.to_string()),
            ("nom", self.nom.clone()),
            ("type_evenement", self.type_evenement.to_string()),
            ("zone_id", self.zone_id.map(|it| it.to_string()).unwrap_or_default()),
            ("progres", self.progres.to_string()),
            ("requis", self.requis.to_string()),
            ("participants", self.participants.to_string()),
            ("debute_a", time(self.debute_a)),
            ("fin_a", time(self.fin_a)),
        ];
        write.hash(entity.root(), fields)
    }

    async fn read(client: &RedisClient, entity: &Entity) -> Result<Self> {
        let fields = Fields(client.hash(&entity.root()).await?);
        Ok(Self {
            evenement_id: fields.get::<Uuid>("evenement_id")?.into(),
            nom: fields.get("nom")?,
            type_evenement: fields.get("type_evenement")?,
            zone_id: fields.optional::<Uuid>("zone_id")?.map(Into::into),
            progres: fields.get("progres")?,
            requis: fields.get("requis")?,
            participants: fields.get("participants")?,
            debute_a: fields.get("debute_a")?,
            fin_a: fields.get("fin_a")?,
        })
    }
}
