//! Accounts: an aggregate of the server, beside those of the game.
//!
//! An account belongs to one player and begins in the append that creates the player. What its holder may do is in its events, with actor
//! and reason; the hash of its password is not: a log is for ever, and read by many. That hash has a table of its own
//! ([`credentials`](crate::auth::credentials)).

mod refus;

use aether_core::{Aggregate, Event, Facts, Shape, id};
use aether_game::values::JoueurId;
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use refus::CompteRefus;

id! {
    /// Identifies an account: follows from its player.
    pub(crate) struct CompteId of Compte;
}

impl CompteId {
    /// The account of a player.
    pub(crate) fn du_joueur(joueur: JoueurId) -> Self {
        Self::v5(joueur, "compte")
    }
}

/// What the holder of an account may do, from less to more.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Shape,
    ToSchema,
    ValueEnum,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    /// Plays.
    #[default]
    Joueur,
    /// Reads the console, too.
    Observateur,
    /// Acts in it.
    Operateur,
}

impl Role {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Joueur => "JOUEUR",
            Self::Observateur => "OBSERVATEUR",
            Self::Operateur => "OPERATEUR",
        }
    }

    /// The role with this name; the least where it is unknown.
    pub(crate) fn of(name: &str) -> Self {
        let all = [Self::Operateur, Self::Observateur];
        all.into_iter().find(|role| role.as_str() == name).unwrap_or_default()
    }
}

/// What happens to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
pub(crate) enum CompteEvent {
    /// It begins.
    CompteCree {
        /// The name for logging in.
        nom: String,
        /// Whose it is.
        joueur_id: JoueurId,
        /// When.
        cree_a: DateTime<Utc>,
    },
    /// Its holder may do something else.
    RoleChange {
        /// Before.
        avant: Role,
        /// Afterwards.
        apres: Role,
        /// Why.
        raison: String,
        /// By whom.
        acteur: String,
    },
}

/// What can be asked of an account.
#[derive(Debug, Clone)]
pub(crate) enum CompteCommand {
    /// Begin: a leg of the unit that creates the player.
    Creer { nom: String, joueur: JoueurId },
    /// Let its holder do something else.
    ChangerRole { role: Role, raison: String, acteur: String },
}

/// The state of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub(crate) struct Compte {
    titulaire: Option<Titulaire>,
    role: Role,
}

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub(crate) struct Titulaire {
    pub(crate) nom: String,
    pub(crate) joueur: JoueurId,
}

impl Compte {
    pub(crate) const fn titulaire(&self) -> Option<&Titulaire> {
        self.titulaire.as_ref()
    }

    pub(crate) const fn role(&self) -> Role {
        self.role
    }
}

impl Aggregate for Compte {
    const TYPE: &'static str = "Compte";
    type Command = CompteCommand;
    type Event = CompteEvent;
    type Error = CompteRefus;

    fn decide(
        &self,
        command: &CompteCommand,
        facts: &Facts,
    ) -> Result<Vec<CompteEvent>, CompteRefus> {
        match command {
            CompteCommand::Creer { .. } if self.titulaire.is_some() => Err(CompteRefus::Existe),
            CompteCommand::Creer { nom, joueur } => Ok(vec![CompteEvent::CompteCree {
                nom: nom.clone(),
                joueur_id: *joueur,
                cree_a: facts.now(),
            }]),
            _ if self.titulaire.is_none() => Err(CompteRefus::Inconnu),
            CompteCommand::ChangerRole { role, .. } if *role == self.role => Ok(vec![]),
            CompteCommand::ChangerRole { raison, .. } if raison.trim().is_empty() => {
                Err(CompteRefus::SansRaison)
            }
            CompteCommand::ChangerRole { role, raison, acteur } => {
                Ok(vec![CompteEvent::RoleChange {
                    avant: self.role,
                    apres: *role,
                    raison: raison.clone(),
                    acteur: acteur.clone(),
                }])
            }
        }
    }

    fn apply(&mut self, event: &CompteEvent) {
        match event {
            CompteEvent::CompteCree { nom, joueur_id, .. } => {
                self.titulaire = Some(Titulaire { nom: nom.clone(), joueur: *joueur_id });
            }
            CompteEvent::RoleChange { apres, .. } => self.role = *apres,
        }
    }
}
