//! What happens to a player.

use aether_core::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::{Classe, IssueCombat, RaisonExperience, RaisonStats};
use super::state::Bilan;
use super::stats::{Ecarts, Stats};
use crate::economie::TypeOrdre;
use crate::values::{
    CombatId, CompetenceId, Experience, Intervention, Niveau, Or, OrdreId, RaisonOr, TransactionId,
};

/// The events of a player. Values that change come as before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum JoueurEvent {
    /// The player begins.
    JoueurCree {
        /// The name for signing in, as it was accepted.
        username: String,
        /// The key of that name, under which it is reserved.
        username_cle: String,
        /// The name that others see, as it was accepted.
        pseudo: String,
        /// The class.
        classe: Classe,
        /// The level.
        niveau: Niveau,
        /// The experience in total that the next level takes.
        experience_prochain_niveau: Option<Experience>,
        /// What the player is made of.
        stats_base: Stats,
        /// The gold to begin with: a source, see [`RaisonOr::Creation`].
        or: Or,
        /// When.
        cree_a: DateTime<Utc>,
    },

    /// The player signed in.
    JoueurConnecte {
        /// When last before.
        precedente: Option<DateTime<Utc>>,
        /// When.
        connecte_a: DateTime<Utc>,
    },

    /// Experience was gained. The levels that it brings follow.
    ExperienceGagnee {
        /// How much.
        montant: Experience,
        /// In total, before.
        avant: Experience,
        /// In total, after.
        apres: Experience,
        /// Why.
        raison: RaisonExperience,
    },

    /// The next level was reached; each level of several at once has an event.
    NiveauAtteint {
        /// The level before.
        ancien_niveau: Niveau,
        /// The level after: one more.
        nouveau_niveau: Niveau,
        /// Skill points that it brings.
        points_competence_gagnes: u32,
        /// Skill points to spend, after.
        points_competence: u32,
        /// What was added to the stats.
        stats_augmentees: Stats,
        /// What the player is made of, after.
        stats_base: Stats,
        /// That with what equipment adds.
        stats_totales: Stats,
        /// Experience in total.
        experience_totale: Experience,
        /// The experience in total that the next level takes; none at the last.
        experience_prochain_niveau: Option<Experience>,
        /// When.
        atteint_a: DateTime<Utc>,
    },

    /// Stats changed, other than by a level.
    StatsModifiees {
        /// What the player is made of.
        base: Ecarts,
        /// What equipment adds.
        equipement: Ecarts,
        /// Both together, after.
        totales: Stats,
        /// Why.
        raison: RaisonStats,
        /// By whom, if it was an operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intervention: Option<Intervention>,
    },

    /// The class changed. The level did not.
    ClasseChangee {
        /// Before.
        ancienne_classe: Classe,
        /// After.
        nouvelle_classe: Classe,
        /// The level.
        niveau: Niveau,
    },

    /// Skill points were spent.
    PointsCompetenceDepenses {
        /// Before.
        avant: u32,
        /// After.
        apres: u32,
        /// On which skill.
        competence_id: CompetenceId,
    },

    /// The purse changed.
    OrModifie {
        /// Before.
        avant: Or,
        /// After.
        apres: Or,
        /// Why: a source, a sink or a move of gold.
        raison: RaisonOr,
        /// What it is a part of; for an order, the id is that of the order.
        transaction_id: TransactionId,
        /// The order that the gold was set aside for or given back from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ordre_id: Option<OrdreId>,
        /// By whom, if it was an operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intervention: Option<Intervention>,
    },

    /// An order counts as open.
    OrdreCompteOuvert {
        /// Which.
        ordre_id: OrdreId,
        /// Its side.
        type_ordre: TypeOrdre,
        /// The gold that is set aside for it; nothing for one to sell.
        reserve: Or,
        /// Open orders before.
        ouverts_avant: u32,
        /// Open orders after.
        ouverts_apres: u32,
    },

    /// An order counts as closed.
    OrdreCompteFerme {
        /// Which.
        ordre_id: OrdreId,
        /// Open orders before.
        ouverts_avant: u32,
        /// Open orders after.
        ouverts_apres: u32,
    },

    /// The player is in a combat.
    CombatRejoint {
        /// Which.
        combat_id: CombatId,
        /// When.
        rejoint_a: DateTime<Utc>,
    },

    /// The player is out of the combat.
    CombatQuitte {
        /// Which.
        combat_id: CombatId,
        /// How it ended for the player.
        issue: IssueCombat,
        /// All combats so far, this one included.
        bilan: Bilan,
        /// When.
        quitte_a: DateTime<Utc>,
    },

    /// The player died in a combat.
    JoueurMort {
        /// In which.
        combat_id: CombatId,
        /// Deaths so far, this one included.
        morts: u32,
        /// When.
        mort_a: DateTime<Utc>,
    },
}
