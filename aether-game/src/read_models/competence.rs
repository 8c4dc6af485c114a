//! `competences` and `competences_joueur`: skills, and what players have learned of them.
//!
//! A row of `competences_joueur` is fed by two streams, that of the learned skill and that of the player's bar. So the projection runs on one
//! shard, and goes by the position in the log. `cooldown_restant_secondes` follows the clock and is left to
//! [`TempsDeRecharge`](crate::jobs::TempsDeRecharge); readers go by `cooldown_fin_a`.

mod changes;
mod rows;
mod verify;

pub use rows::{Competence, CompetenceJoueur};

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::{Apprises, Competences};
use super::verify::VerifyReport;
use crate::competence::{ApprentissageEvent, BarreEvent, CompetenceEvent};

/// All that is stored under the type of skills.
#[derive(Debug, Clone, EventSet)]
pub enum EvenementDeCompetence {
    /// Of a definition.
    Definition(CompetenceEvent),
    /// Of a learned skill.
    Apprentissage(ApprentissageEvent),
    /// Of a bar.
    Barre(BarreEvent),
}

/// Fills `competences` and `competences_joueur`, with one statement each per batch. Needs a single shard.
#[derive(Debug, Clone, Copy, Default)]
pub struct SkillProjection;

impl Projection<PgTx> for SkillProjection {
    type Events = EvenementDeCompetence;

    fn name(&self) -> &'static str {
        "competences"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([crate::competence::Competence::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["competences", "competences_joueur"]
    }

    async fn project(
        &self,
        events: &[Recorded<EvenementDeCompetence>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut competences = Competences::default();
        let mut apprises = Apprises::default();
        for recorded in events {
            match &recorded.event {
                EvenementDeCompetence::Definition(event) => competences.apply(recorded, event),
                EvenementDeCompetence::Apprentissage(event) => apprises.learn(recorded, event),
                EvenementDeCompetence::Barre(event) => apprises.place(recorded, event),
            }
        }
        competences.write(tx).await?;
        apprises.write(tx).await
    }
}

/// Compares the tables of skills with a fold of the log, when both are at rest. Keeps definitions and learned skills in memory. The
/// seconds of rest are compared as of the last run of their job.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_competences(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Competences>(store).await
}
