//! `joueurs` and `historique_niveau`: players, and the levels that they reached.

mod changes;
mod rows;
mod verify;

pub use rows::{Joueur, NiveauAtteint};

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::{Joueurs, Niveaux};
use super::verify::VerifyReport;
use crate::joueur::JoueurEvent;

/// Fills `joueurs` and `historique_niveau`, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlayerProjection;

impl Projection<PgTx> for PlayerProjection {
    type Events = JoueurEvent;

    fn name(&self) -> &'static str {
        "joueurs"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([crate::joueur::Joueur::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["joueurs", "historique_niveau"]
    }

    async fn project(
        &self,
        events: &[Recorded<JoueurEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut joueurs = Joueurs::default();
        let mut niveaux = Niveaux::default();
        for recorded in events {
            joueurs.apply(recorded);
            niveaux.apply(recorded);
        }
        joueurs.write(tx).await?;
        niveaux.write(tx).await
    }
}

/// Compares the tables of players with a fold of the log, when both are at rest. Keeps the players in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_joueurs(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Joueurs>(store).await
}
