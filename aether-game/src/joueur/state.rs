//! What is known of a player.

use std::collections::BTreeMap;

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::Classe;
use super::stats::Stats;
use crate::economie::TypeOrdre;
use crate::values::{CombatId, Experience, Montant, Niveau, Or, OrdreId};

/// The state of a player.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Joueur {
    pub(super) identite: Option<Identite>,
    pub(super) niveau: Niveau,
    pub(super) experience: Experience,
    pub(super) points_competence: u32,
    pub(super) stats_base: Stats,
    pub(super) stats_equipement: Stats,
    pub(super) or: Or,
    pub(super) ordres: BTreeMap<OrdreId, OrdreCompte>,
    pub(super) combat: Option<CombatId>,
    pub(super) bilan: Bilan,
    pub(super) derniere_connexion: Option<DateTime<Utc>>,
}

/// Who a player is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Identite {
    /// The name for signing in.
    pub username: String,
    /// The key under which that name is reserved.
    pub username_cle: String,
    /// The name that others see.
    pub pseudo: String,
    /// The class.
    pub classe: Classe,
}

/// An open order, as far as the player counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct OrdreCompte {
    /// Its side.
    pub type_ordre: TypeOrdre,
    /// The gold that was set aside, less what was given back.
    pub reserve: Or,
}

/// A player's combats in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Bilan {
    /// All.
    pub combats: u32,
    /// Won.
    pub victoires: u32,
    /// Lost.
    pub defaites: u32,
    /// Fled from.
    pub fuites: u32,
    /// Deaths in them.
    pub morts: u32,
}

impl Joueur {
    /// The gold that a player begins with.
    pub const OR_DE_DEPART: Or = Or::fixe::<100>();
    /// Most open orders.
    pub const ORDRES_MAX: usize = 100;
    /// Skill points that each level brings.
    pub const POINTS_PAR_NIVEAU: u32 = 1;
    /// What a change of class costs for each level, in coins.
    pub const PRIX_CLASSE_PAR_NIVEAU: u32 = 100;

    /// Who the player is; none before the creation.
    #[must_use]
    pub const fn identite(&self) -> Option<&Identite> {
        self.identite.as_ref()
    }

    /// The level.
    #[must_use]
    pub const fn niveau(&self) -> Niveau {
        self.niveau
    }

    /// Experience in total.
    #[must_use]
    pub const fn experience(&self) -> Experience {
        self.experience
    }

    /// Skill points to spend.
    #[must_use]
    pub const fn points_competence(&self) -> u32 {
        self.points_competence
    }

    /// What the player is made of.
    #[must_use]
    pub const fn stats_base(&self) -> Stats {
        self.stats_base
    }

    /// What equipment adds.
    #[must_use]
    pub const fn stats_equipement(&self) -> Stats {
        self.stats_equipement
    }

    /// Both together.
    #[must_use]
    pub fn stats_totales(&self) -> Stats {
        self.stats_base.plus(self.stats_equipement)
    }

    /// The gold in the purse. What is set aside for orders is not in it.
    #[must_use]
    pub const fn or(&self) -> Or {
        self.or
    }

    /// The open orders.
    pub fn ordres(&self) -> impl ExactSizeIterator<Item = (OrdreId, OrdreCompte)> {
        self.ordres.iter().map(|(id, ordre)| (*id, *ordre))
    }

    /// The combat that the player is in.
    #[must_use]
    pub const fn combat(&self) -> Option<CombatId> {
        self.combat
    }

    /// The player's combats in numbers.
    #[must_use]
    pub const fn bilan(&self) -> Bilan {
        self.bilan
    }

    /// When the player signed in last.
    #[must_use]
    pub const fn derniere_connexion(&self) -> Option<DateTime<Utc>> {
        self.derniere_connexion
    }

    /// What a change of class costs now.
    #[must_use]
    pub fn prix_changement_classe(&self) -> Montant {
        let prix = u32::from(self.niveau.get()) * Self::PRIX_CLASSE_PAR_NIVEAU;
        Montant::new(prix).unwrap_or(Montant::MIN)
    }
}
