//! The process of a combat: it ends turns and combats whose time is over, and lets the players leave when it is over.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> tours: CombatDemarre
//!     tours --> tours: a turn's time is over / ExpirerTour
//!     tours --> tours: the combat's time is over / VerifierLimite
//!     tours --> boss: CombatTermine, a boss was in it / VaincreBoss
//!     tours --> [*]: CombatTermine / Quitter for each player
//!     boss --> [*]: the world has heard / Quitter for each player
//! ```
//!
//! A player leaves in one append: he is out of the combat, what he set aside for it is settled, what he wears has worn, and his
//! share of what was won is his. So he leaves once, and is paid once, whatever comes again.
//!
//! **A boss is beaten once per appearance.** When several parties fight it at once, the first to win takes it; those that come later leave
//! with nothing. A boss that never appeared in the world is an enemy like any other.

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{BoxError, EventSet, ProcessManager, Recorded};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::etape::mener;
use crate::combat::{CombatCommand, CombatEvent, Conditions, EntiteId, TypeEntite};
use crate::values::{BossId, CombatId, JoueurId, Quantite};

mod execute;
mod react;

pub use react::SuiviCombat;

/// Leads combats: turns, the end, and what players take out of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct CombatLifecycle;

impl CombatLifecycle {
    /// How many points of durability each worn piece loses by a combat.
    pub const USURE: Quantite = Quantite::MIN;
}

/// What is to be done about a combat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EtapeCombat {
    /// End a turn whose time is over.
    ExpirerTour {
        /// The combat.
        combat_id: CombatId,
        /// The turn.
        numero_tour: u32,
    },
    /// End the combat if its time is over.
    VerifierLimite {
        /// The combat.
        combat_id: CombatId,
    },
    /// Tell the world that a boss fell, if it did.
    VaincreBoss {
        /// The combat.
        combat_id: CombatId,
        /// The boss.
        boss_id: BossId,
    },
    /// Let a player leave.
    Quitter {
        /// The combat.
        combat_id: CombatId,
        /// Who.
        joueur_id: JoueurId,
        /// Whether with a share of what was won.
        recompense: bool,
    },
}

/// What it hears of combats.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = CombatEvent)]
#[allow(missing_docs, reason = "as in CombatEvent")]
pub enum Deroulement {
    CombatDemarre { participants: Vec<Present>, conditions: Conditions, debute_a: DateTime<Utc> },
    TourDebute { numero_tour: u32, duree_maximale: u32, debute_a: DateTime<Utc> },
    CombatTermine {},
}

/// Who fights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Present {
    /// Who it is outside of the combat.
    pub entite_id: EntiteId,
    /// What kind of being.
    pub type_entite: TypeEntite,
}

impl ProcessManager for CombatLifecycle {
    type State = SuiviCombat;
    type Command = EtapeCombat;
    type Events = Deroulement;

    fn name(&self) -> &'static str {
        "combat_lifecycle"
    }

    fn route(&self, event: &Recorded<Deroulement>) -> Route {
        Route::to(event.aggregate_id)
    }

    fn react(
        &self,
        suivi: &mut SuiviCombat,
        input: Input<'_, Deroulement, EtapeCombat>,
        then: &mut Reaction<EtapeCombat>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => suivi.entend(&event.event, then),
            Input::Timer(timer) => suivi.sonne(timer, then),
            Input::Done(etape) => suivi.fait(*etape, true, then),
            Input::Refused { command, .. } => suivi.fait(*command, false, then),
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, etape: &EtapeCombat, run: Run<'_>) -> Result<Outcome, BoxError> {
        match *etape {
            EtapeCombat::ExpirerTour { combat_id, numero_tour } => {
                run.command(combat_id, CombatCommand::ExpirerTour { numero_tour }).await
            }
            EtapeCombat::VerifierLimite { combat_id } => {
                run.command(combat_id, CombatCommand::VerifierLimite).await
            }
            EtapeCombat::VaincreBoss { combat_id, boss_id } => {
                execute::vaincre_boss(combat_id, boss_id, run).await
            }
            EtapeCombat::Quitter { combat_id, joueur_id, recompense } => {
                mener(&execute::Sortant { combat_id, joueur_id, recompense }, run).await
            }
        }
    }
}
