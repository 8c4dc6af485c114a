//! Bags: read from Redis, else from `inventaires` and `items_inventaire`, and invalidated by the bags' events.

use std::sync::Arc;

use aether_core::Recorded;
use aether_postgres::Error as PgError;
use aether_realtime::cache::{Cache, CacheAside, FetchError, Invalidation, Invalidator};
use aether_redis::{Entity, GuardedWrite, KeySpace, RedisClient, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

use super::PROFILE_LIFETIME;
use super::cache::{self, Cachee, ModelCache};
use super::fields::{Fields, parse};
use super::keys::SacKeys;
use crate::inventaire::{Inventaire, InventaireEvent};
use crate::queries;
use crate::values::{ItemId, JoueurId, SlotId};

/// What is shown of a bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSac {
    /// How many slots it has.
    pub capacite: u16,
    /// How many of them are taken.
    pub slots_utilises: u16,
    /// What it carries.
    pub poids_actuel: u32,
    /// What it can carry.
    pub poids_max: u32,
    /// What lies in it, by position.
    pub contenu: Vec<LiveSlot>,
}

/// What lies in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSlot {
    /// The slot.
    pub slot_id: SlotId,
    /// The item.
    pub item_id: ItemId,
    /// The item's name when the bag was read; none if the catalogue did not know it (yet).
    pub nom: Option<String>,
    /// How many.
    pub quantite: u16,
    /// Whether it is worn.
    pub est_equipe: bool,
    /// Where the slot is in the bag.
    pub position_slot: u16,
}

impl From<queries::Sac> for LiveSac {
    fn from(sac: queries::Sac) -> Self {
        let slot = |it: queries::Contenu| LiveSlot {
            slot_id: it.slot.slot_id,
            item_id: it.slot.item_id,
            nom: it.item.map(|item| item.nom.to_string()),
            quantite: it.slot.quantite.get(),
            est_equipe: it.slot.est_equipe,
            position_slot: it.slot.position_slot,
        };
        Self {
            capacite: sac.inventaire.capacite,
            slots_utilises: sac.inventaire.slots_utilises,
            poids_actuel: sac.inventaire.poids_actuel.get(),
            poids_max: sac.inventaire.poids_max.get(),
            contenu: sac.contenu.into_iter().map(slot).collect(),
        }
    }
}

impl LiveSlot {
    fn fields(&self) -> [(&'static str, String); 5] {
        [
            ("item_id", self.item_id.to_string()),
            ("nom", self.nom.clone().unwrap_or_default()),
            ("quantite", self.quantite.to_string()),
            ("est_equipe", u8::from(self.est_equipe).to_string()),
            ("position_slot", self.position_slot.to_string()),
        ]
    }

    fn read(slot_id: SlotId, fields: &Fields) -> Result<Self> {
        Ok(Self {
            slot_id,
            item_id: fields.get::<Uuid>("item_id")?.into(),
            nom: fields.optional("nom")?,
            quantite: fields.get("quantite")?,
            est_equipe: fields.get::<u8>("est_equipe")? == 1,
            position_slot: fields.get("position_slot")?,
        })
    }
}

impl Cachee for LiveSac {
    fn entity(keys: &KeySpace, joueur: &str) -> Entity {
        SacKeys::of(keys, joueur).entity().clone()
    }

    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite {
        let keys = SacKeys::from(entity);
        let meta = [
            ("capacite", self.capacite.to_string()),
            ("slots_utilises", self.slots_utilises.to_string()),
            ("poids_actuel", self.poids_actuel.to_string()),
            ("poids_max", self.poids_max.to_string()),
        ];
        let members = self.contenu.iter().map(|it| SacKeys::member(it.slot_id));
        let write = write.hash(keys.meta(), meta).set_add(keys.items(), members);
        let slots = self.contenu.iter();
        slots.fold(write, |write, it| write.hash(keys.item(it.slot_id), it.fields()))
    }

    async fn read(client: &RedisClient, entity: &Entity) -> Result<Self> {
        let keys = SacKeys::from(entity);
        let (meta, items) = (keys.meta(), keys.items());
        let (meta, members) = futures::try_join!(client.hash(&meta), client.set(&items))?;
        let ids = members.iter().map(|it| parse::<Uuid>(it.trim_start_matches("item:"), "slot"));
        let ids: Vec<SlotId> = ids.map(|id| id.map(Into::into)).collect::<Result<_>>()?;
        let hashes: Vec<_> = ids.iter().map(|id| keys.item(*id)).collect();
        let hashes = client.hashes(&hashes).await?.into_iter().map(Fields);
        let contenu = ids.into_iter().zip(hashes).map(|(id, fields)| LiveSlot::read(id, &fields));
        let mut contenu: Vec<_> = contenu.collect::<Result<_>>()?;
        contenu.sort_by_key(|it| it.position_slot);
        let meta = Fields(meta);
        Ok(Self {
            capacite: meta.get("capacite")?,
            slots_utilises: meta.get("slots_utilises")?,
            poids_actuel: meta.get("poids_actuel")?,
            poids_max: meta.get("poids_max")?,
            contenu,
        })
    }
}

/// Reads bags, from Redis where it can. One per process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Sacs {
    aside: CacheAside<LiveSac>,
    pool: PgPool,
}

impl Sacs {
    /// Bags in the tables of `pool`, cached under the prefix of `keys` for [`PROFILE_LIFETIME`].
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace, pool: PgPool) -> Self {
        let aside = cache::aside(client, keys, "player", "inventory", PROFILE_LIFETIME);
        Self { aside, pool }
    }

    /// A player's bag as the read model has it; none if nothing ever came into it (yet). A hit costs four round trips to Redis, a
    /// miss seven and one query. Where Redis is away, the query answers. An item that is given another name shows the old one
    /// until the bag changes, for [`PROFILE_LIFETIME`] at most.
    ///
    /// # Errors
    ///
    /// [`FetchError`] when PostgreSQL fails; it says whether a retry helps.
    pub async fn du_joueur(&self, joueur: JoueurId) -> Result<Option<Arc<LiveSac>>, FetchError> {
        let pool = self.pool.clone();
        let load = move || async move {
            let sac = queries::sac(&pool, joueur, None, Inventaire::CAPACITE_MAX.into()).await?;
            let version = |sac: &queries::Sac| sac.inventaire.last_event_sequence.cast_unsigned();
            Ok::<_, PgError>(sac.map(|sac| (version(&sac), sac)).map(|(at, sac)| (sac.into(), at)))
        };
        self.aside.fetch(joueur, load).await
    }

    /// The cache, for those who invalidate right after a commit.
    #[must_use]
    pub fn cache(&self) -> &Arc<dyn Cache> {
        self.aside.cache()
    }
}

/// Invalidates bags whenever one of their events has reached `inventaires`.
pub(super) fn invalidator(client: RedisClient, keys: KeySpace) -> Invalidator<InventaireEvent> {
    let touched = |event: &Recorded<InventaireEvent>| {
        let bag = Invalidation::entry("player", event.event.joueur_id(), "inventory");
        [bag.at(event.position.get())]
    };
    let cache = ModelCache::<LiveSac>::new(client, keys);
    Invalidator::new("live_sacs", cache, touched).after("inventaires")
}
