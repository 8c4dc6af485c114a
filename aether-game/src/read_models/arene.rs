//! `cotes_arene`: how strong players are, by the results of their combats of type `PVP` and `ARENE`.
//!
//! The rating is Elo's, see [`elo`]. It depends on the ratings of those one fought, so this projection reads rows before it
//! writes them, inside the transaction that moves its checkpoint. Needs a single shard: any two players may meet.
//! `combats_cotes` holds the players of rated combats until they end.

mod changes;
pub mod elo;
mod rows;
mod verify;

pub use rows::{CombatCote, CoteArene, Duelliste};

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};
use serde::Deserialize;

use super::verify::VerifyReport;
use crate::combat::{Camp, Combat, CombatEvent, EntiteId, ParticipantId, TypeCombat, TypeEntite};

/// Fills `cotes_arene`, with five statements at most per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct ArenaProjection;

impl ArenaProjection {
    /// What its checkpoint is kept under.
    pub const NAME: &'static str = "arene";
}

/// What it listens to.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = CombatEvent)]
#[serde(rename_all_fields = "camelCase")]
#[doc(hidden)]
pub enum Duels {
    /// A combat began.
    CombatDemarre {
        /// Its kind.
        type_combat: TypeCombat,
        /// Who fights.
        participants: Vec<Combattant>,
    },
    /// It ended.
    CombatTermine {
        /// Everybody of the winning side; nobody when time ran out.
        vainqueurs: Vec<ParticipantId>,
    },
}

/// What a rating needs of a participant.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[doc(hidden)]
pub struct Combattant {
    participant_id: ParticipantId,
    entite_id: EntiteId,
    type_entite: TypeEntite,
    camp: Camp,
    nom: String,
}

impl Projection<PgTx> for ArenaProjection {
    type Events = Duels;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cotes_arene", "combats_cotes"]
    }

    async fn project(&self, events: &[Recorded<Duels>], tx: &mut PgTx) -> Result<(), BoxError> {
        let mut arene = changes::Arene::default();
        events.iter().for_each(|recorded| arene.apply(recorded));
        arene.read(tx).await?;
        arene.write(tx).await
    }
}

impl Combattant {
    /// If it is a player.
    fn duelliste(&self) -> Option<Duelliste> {
        let Self { participant_id, entite_id, camp, ref nom, .. } = *self;
        let joueur_id = (self.type_entite == TypeEntite::Joueur).then(|| entite_id.joueur())?;
        Some(Duelliste { participant_id, joueur_id, nom: nom.clone(), camp })
    }
}

/// Whether combats of this type are rated.
const fn est_cote(type_combat: TypeCombat) -> bool {
    matches!(type_combat, TypeCombat::Pvp | TypeCombat::Arene)
}

/// Compares the ratings with a fold of the log, when both are at rest. Keeps the ratings and the combats that go on in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_arene(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Arene>(store).await
}
