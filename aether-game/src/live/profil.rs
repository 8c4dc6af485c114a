//! Profiles and stats of players: read from Redis, else from `joueurs`, and invalidated by the players' events.

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
use super::fields::{Fields, unexpected};
use super::keys::JoueurKeys;
use crate::joueur::{Bilan, Classe, JoueurEvent, Stats};
use crate::queries;
use crate::read_models::Joueur;
use crate::values::JoueurId;

/// What is shown of a player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fiche {
    /// The profile: `player:{id}:profile`.
    pub profil: Profil,
    /// Stats and combats in numbers: `player:{id}:stats`.
    pub stats: StatsJoueur,
}

/// A player's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profil {
    /// The player.
    pub joueur_id: JoueurId,
    /// The name that others see.
    pub pseudo: String,
    /// The class.
    pub classe: Classe,
    /// The level.
    pub niveau: u8,
    /// Experience in total.
    pub experience: u64,
    /// Hit points outside of a combat: all of them. In one, its participant tells.
    pub hp_actuel: u32,
    /// Most hit points.
    pub hp_max: u32,
    /// The gold in the purse.
    pub or: u32,
    /// A title.
    pub titre: Option<String>,
    /// The guild's name.
    pub guilde_nom: Option<String>,
}

/// What a player is made of, and combats in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatsJoueur {
    /// The player alone.
    pub stats_base: Stats,
    /// What equipment adds.
    pub stats_equipement: Stats,
    /// Both together.
    pub stats_totales: Stats,
    /// Combats in numbers.
    pub statistiques_jeu: Bilan,
}

impl From<&Joueur> for Fiche {
    fn from(row: &Joueur) -> Self {
        let hp = row.stats_totales.hp.get();
        let profil = Profil {
            joueur_id: row.joueur_id,
            pseudo: row.pseudo.clone(),
            classe: row.classe,
            niveau: row.niveau.get(),
            experience: row.experience.get(),
            hp_actuel: hp,
            hp_max: hp,
            or: row.or.get(),
            titre: row.titre.clone(),
            guilde_nom: row.guilde_nom.clone(),
        };
        let stats = StatsJoueur {
            stats_base: row.stats_base,
            stats_equipement: row.stats_equipement,
            stats_totales: row.stats_totales,
            statistiques_jeu: row.statistiques_jeu,
        };
        Self { profil, stats }
    }
}

impl Profil {
    fn fields(&self) -> [(&'static str, String); 10] {
        [
            ("joueur_id", self.joueur_id.to_string()),
            ("pseudo", self.pseudo.clone()),
            ("classe", self.classe.to_string()),
            ("niveau", self.niveau.to_string()),
            ("experience", self.experience.to_string()),
            ("hp_actuel", self.hp_actuel.to_string()),
            ("hp_max", self.hp_max.to_string()),
            ("or", self.or.to_string()),
            ("titre", self.titre.clone().unwrap_or_default()),
            ("guilde_nom", self.guilde_nom.clone().unwrap_or_default()),
        ]
    }

    fn read(fields: &Fields) -> Result<Self> {
        Ok(Self {
            joueur_id: fields.get::<Uuid>("joueur_id")?.into(),
            pseudo: fields.get("pseudo")?,
            classe: fields.get("classe")?,
            niveau: fields.get("niveau")?,
            experience: fields.get("experience")?,
            hp_actuel: fields.get("hp_actuel")?,
            hp_max: fields.get("hp_max")?,
            or: fields.get("or")?,
            titre: fields.optional("titre")?,
            guilde_nom: fields.optional("guilde_nom")?,
        })
    }
}

impl Cachee for Fiche {
    fn entity(keys: &KeySpace, id: &str) -> Entity {
        JoueurKeys::of(keys, id).entity().clone()
    }

    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite {
        let keys = JoueurKeys::from(entity);
        // numbers and strings only
        let stats = serde_json::to_string(&self.stats).unwrap_or_default();
        write.hash(keys.profile(), self.profil.fields()).text(keys.stats(), stats)
    }

    async fn read(client: &RedisClient, entity: &Entity) -> Result<Self> {
        let keys = JoueurKeys::from(entity);
        let (profile, stats) = (keys.profile(), keys.stats());
        let (profile, stats) = futures::try_join!(client.hash(&profile), client.text(&stats))?;
        let stats = serde_json::from_str(&stats.unwrap_or_default());
        Ok(Self {
            profil: Profil::read(&Fields(profile))?,
            stats: stats.map_err(|error| unexpected("stats", error))?,
        })
    }
}

/// Reads players, from Redis where it can. One per process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Profils {
    aside: CacheAside<Fiche>,
    pool: PgPool,
}

impl Profils {
    /// Players in the tables of `pool`, cached under the prefix of `keys` for [`PROFILE_LIFETIME`].
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace, pool: PgPool) -> Self {
        Self { aside: cache::aside(client, keys, "player", "profile", PROFILE_LIFETIME), pool }
    }

    /// A player as the read model has it; none if it does not know the player (yet). A hit costs three round trips to Redis, a
    /// miss six and one query. Where Redis is away, the query answers.
    ///
    /// # Errors
    ///
    /// [`FetchError`] when PostgreSQL fails; it says whether a retry helps.
    pub async fn fiche(&self, joueur: JoueurId) -> Result<Option<Arc<Fiche>>, FetchError> {
        let pool = self.pool.clone();
        let load = move || async move {
            let row = queries::profil(&pool, joueur).await?;
            let fiche = row.map(|row| (Fiche::from(&row), row.last_event_sequence.cast_unsigned()));
            Ok::<_, PgError>(fiche)
        };
        self.aside.fetch(joueur, load).await
    }

    /// The cache, for those who invalidate right after a commit.
    #[must_use]
    pub fn cache(&self) -> &Arc<dyn Cache> {
        self.aside.cache()
    }
}

/// Invalidates players whenever one of their events has reached `joueurs`.
pub(super) fn invalidator(client: RedisClient, keys: KeySpace) -> Invalidator<JoueurEvent> {
    let cache = ModelCache::<Fiche>::new(client, keys);
    let touched = |event: &Recorded<JoueurEvent>| {
        [Invalidation::entity("player", event.aggregate_id).at(event.position.get())]
    };
    Invalidator::new("live_profils", cache, touched).after("joueurs")
}
