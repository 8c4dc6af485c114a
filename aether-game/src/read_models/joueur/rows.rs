//! Rows of players.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::joueur::{Bilan, Classe, Stats};
use crate::read_models::row::Row;
use crate::values::{CombatId, Experience, JoueurId, Niveau, Or};

/// A row of `joueurs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joueur {
    /// The player.
    pub joueur_id: JoueurId,
    /// The name for signing in.
    pub username: String,
    /// The name that others see.
    pub pseudo: String,
    /// The class.
    pub classe: Classe,
    /// The level.
    pub niveau: Niveau,
    /// Experience in total.
    pub experience: Experience,
    /// The experience in total that the next level takes; none at the last.
    pub experience_prochain_niveau: Option<Experience>,
    /// What the player is made of.
    pub stats_base: Stats,
    /// What equipment adds.
    pub stats_equipement: Stats,
    /// Both together.
    pub stats_totales: Stats,
    /// The gold in the purse.
    pub or: Or,
    /// Gems. No rule of the game gives any yet.
    pub gemmes: u32,
    /// A title. No rule of the game gives any yet.
    pub titre: Option<String>,
    /// The guild. No rule of the game founds any yet.
    pub guilde_id: Option<String>,
    /// The guild's name.
    pub guilde_nom: Option<String>,
    /// Reputation outside of that with characters. No rule of the game gives any yet.
    pub reputation: serde_json::Value,
    /// Achievements. No rule of the game gives any yet.
    pub realisations: serde_json::Value,
    /// Combats in numbers.
    pub statistiques_jeu: Bilan,
    /// When the player signed in last.
    pub derniere_connexion: Option<DateTime<Utc>>,
    /// When the player began.
    pub cree_a: DateTime<Utc>,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// Skill points to spend.
    pub points_competence: u32,
    /// Open orders.
    pub ordres_ouverts: u32,
    /// The combat that the player is in.
    pub combat_id: Option<CombatId>,
}

/// A row of `historique_niveau`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NiveauAtteint {
    /// The entry: the id of the event.
    pub historique_id: Uuid,
    /// Who.
    pub joueur_id: JoueurId,
    /// Which level.
    pub niveau_atteint: Niveau,
    /// With which experience in total.
    pub experience_total: Experience,
    /// When.
    pub atteint_a: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
}

impl Row for Joueur {
    const TABLE: &'static str = "joueurs";

    type Key = JoueurId;

    fn key(&self) -> JoueurId {
        self.joueur_id
    }
}

impl Row for NiveauAtteint {
    const TABLE: &'static str = "historique_niveau";

    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.historique_id
    }
}
