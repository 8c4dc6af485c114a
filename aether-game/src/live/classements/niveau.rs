//! Levels and experience onto their board.

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Projection, Recorded};
use aether_realtime::leaderboard::Change;
use aether_redis::RedisTx;
use serde::Deserialize;

use super::{LEVEL, level_score, points};
use crate::joueur::{Joueur, JoueurEvent};
use crate::values::{Experience, Niveau};

/// Keeps [`LEVEL`]: each event counts once, however often and in whichever order it comes.
#[derive(Debug, Clone, Copy, Default)]
pub struct LevelBoardProjection;

/// What it listens to.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = JoueurEvent)]
#[serde(rename_all_fields = "camelCase")]
#[doc(hidden)]
pub enum Progression {
    /// The player begins.
    JoueurCree {
        /// The name that others see.
        pseudo: String,
        /// The level.
        niveau: Niveau,
    },
    /// Experience was gained.
    ExperienceGagnee {
        /// In total, before.
        avant: Experience,
        /// In total, after.
        apres: Experience,
    },
    /// The next level was reached.
    NiveauAtteint {
        /// It.
        nouveau_niveau: Niveau,
        /// Experience in total.
        experience_totale: Experience,
    },
}

impl Projection<RedisTx> for LevelBoardProjection {
    type Events = Progression;

    fn name(&self) -> &'static str {
        "classement_niveau"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Joueur::TYPE])
    }

    async fn project(
        &self,
        events: &[Recorded<Progression>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        let mut board = tx.leaderboard(&LEVEL);
        events.iter().for_each(|recorded| board.write(change(recorded)));
        Ok(())
    }
}

/// An event tells what it adds, where it does not tell the whole score.
fn change(recorded: &Recorded<Progression>) -> Change {
    let joueur = recorded.aggregate_id;
    match &recorded.event {
        Progression::JoueurCree { pseudo, niveau } => {
            let score = level_score(*niveau, Experience::ZERO);
            Change::set(joueur, score, recorded).named(pseudo)
        }
        Progression::ExperienceGagnee { avant, apres } => {
            Change::add(joueur, points(*apres) - points(*avant), recorded)
        }
        Progression::NiveauAtteint { nouveau_niveau, experience_totale } => {
            Change::set(joueur, level_score(*nouveau_niveau, *experience_totale), recorded)
        }
    }
}
