//! Typed reads of the live state.

use std::collections::BTreeSet;

use aether_redis::{Error, Key, KeySpace, RedisClient, Result};
use uuid::Uuid;

use super::state::{LiveCombat, LiveEffet, LiveParticipant};
use crate::combat::{Combat, CombatId, EffetId, ParticipantId, ZoneId};
use crate::live::RECENT_ACTIONS;
use crate::live::fields::{Fields, parse, unexpected};
use crate::live::keys::{CombatKeys, ZoneKeys};

/// How often a combat is read again because it changed meanwhile.
const ATTEMPTS: u32 = 20;

/// The combats that are fought in a zone.
///
/// # Errors
///
/// Those of [`RedisClient::set`].
pub async fn active_combats(
    client: &RedisClient,
    keys: &KeySpace,
    zone: ZoneId,
) -> Result<BTreeSet<CombatId>> {
    let key = ZoneKeys::new(keys, zone).active_combats();
    client
        .set(&key)
        .await?
        .iter()
        .map(|id| parse::<Uuid>(id, "combat id").map(Into::into))
        .collect()
}

impl LiveCombat {
    /// A combat as Redis has it, all of it as of the same event; `None` if it is not there (unknown,
    /// expired, or Redis is being filled). A few round trips; again when it changed meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::NotReady`] if it changes faster than it can be read (retry);
    /// [`Error::UnexpectedReply`] and [`Error::WrongType`] if something else wrote to its keys;
    /// transient ones (retry).
    pub async fn load(client: &RedisClient, keys: &KeySpace, id: CombatId) -> Result<Option<Self>> {
        let keys = CombatKeys::new(keys, id);
        for _ in 0..ATTEMPTS {
            let before = client.sequence(keys.entity()).await?;
            if before.is_none() {
                return Ok(None);
            }
            let combat = read(client, &keys, id).await;
            if client.sequence(keys.entity()).await? == before {
                return combat.map(Some);
            }
        }
        Err(Error::NotReady { source: format!("combat {id} changes while it is read").into() })
    }
}

async fn read(client: &RedisClient, keys: &CombatKeys, id: CombatId) -> Result<LiveCombat> {
    let state = Fields(client.hash(&keys.state()).await?);
    let actions = client.list(&keys.recent_actions(), RECENT_ACTIONS).await?;
    let actions = actions.iter().map(|json| serde_json::from_str(json));
    let actions = actions.collect::<Result<_, _>>().map_err(|error| unexpected("action", error))?;
    Ok(LiveCombat {
        combat_id: id,
        etat: state.get("etat")?,
        tour_actuel: state.get("tour_actuel")?,
        participant_actif: state.optional::<Uuid>("participant_actif_id")?.map(Into::into),
        prochain_timeout: state.optional("prochain_timeout")?,
        zone_id: state.get::<Uuid>("zone_id")?.into(),
        participants: read_participants(client, keys).await?,
        recent_actions: actions,
    })
}

async fn read_participants(
    client: &RedisClient,
    keys: &CombatKeys,
) -> Result<Vec<LiveParticipant>> {
    let most = Combat::PARTICIPANTS_MAX as u32;
    let mut order = Vec::new();
    for (id, initiative) in client.sorted_set(&keys.turn_order(), most).await? {
        order.push((ParticipantId::from(parse::<Uuid>(&id, "participant id")?), initiative));
    }
    let all: Vec<Key> = order.iter().map(|(id, _)| keys.participant(*id)).collect();
    let effects: Vec<Key> = order.iter().map(|(id, _)| keys.effects(*id)).collect();
    let (all, effects) = (client.hashes(&all).await?, client.sets(&effects).await?);
    let mut participants = Vec::with_capacity(order.len());
    for (((id, initiative), fields), effects) in order.into_iter().zip(all).zip(effects) {
        let fields = Fields(fields);
        participants.push(LiveParticipant {
            participant_id: id,
            nom: fields.get("nom")?,
            initiative: initiative as i32,
            hp_actuel: fields.get("hp_actuel")?,
            hp_max: fields.get("hp_max")?,
            mp_actuel: Some(fields.get("mp_actuel")?),
            mp_max: Some(fields.get("mp_max")?),
            etat: fields.get("etat")?,
            peut_agir: fields.get::<u8>("peut_agir")? == 1,
            effets: read_effects(client, keys, &effects).await?,
        });
    }
    participants.sort_by_key(LiveParticipant::rank);
    Ok(participants)
}

/// Each member is `effect:{type}:{id}`.
async fn read_effects(
    client: &RedisClient,
    keys: &CombatKeys,
    members: &BTreeSet<String>,
) -> Result<Vec<LiveEffet>> {
    let mut ids = Vec::with_capacity(members.len());
    for member in members {
        let id = member.rsplit(':').next().unwrap_or_default();
        ids.push(EffetId::from(parse::<Uuid>(id, "effect id")?));
    }
    ids.sort_unstable();
    let all: Vec<Key> = ids.iter().map(|id| keys.effect(*id)).collect();
    let hashes = client.hashes(&all).await?.into_iter().map(Fields);
    let effect = |(effet_id, fields): (EffetId, Fields)| {
        Ok(LiveEffet {
            effet_id,
            type_effet: fields.get("type_effet")?,
            puissance: fields.get("puissance")?,
            duree_tours_restants: fields.get("duree_tours_restants")?,
        })
    };
    ids.into_iter().zip(hashes).map(effect).collect()
}
