//! `sets_equipement` and `pieces_equipement`: what players wear, and the state of each piece.

mod pieces;
mod rows;
mod sets;
mod verify;

pub use rows::{BonusSet, PieceEquipement, SetEquipement};

use aether_core::{BoxError, EventSet, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::pieces::Pieces;
use self::sets::Sets;
use super::verify::VerifyReport;
use crate::equipement::{Equipement, EquipementEvent};
use crate::inventaire::{Inventaire, InventaireEvent, Tenue};
use crate::item::Emplacement;
use crate::values::{EquipementId, JoueurId};

/// Fills `sets_equipement` from bags and `pieces_equipement` from pieces, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct EquipmentProjection;

/// What the projection listens to.
#[derive(Debug, EventSet)]
pub enum TenueEvent {
    /// What happens to a piece.
    #[event(of = Equipement)]
    Piece(EquipementEvent),
    /// What is put on and taken off.
    #[event(of = Inventaire)]
    Sac(PortEvent),
}

/// What a bag tells of what is worn.
#[derive(Debug, serde::Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = InventaireEvent)]
pub enum PortEvent {
    /// A piece was put on.
    ItemEquipe {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The piece.
        equipement_id: EquipementId,
        /// Where it is worn.
        emplacement: Emplacement,
        /// What was worn before, in sums.
        tenue_avant: Tenue,
        /// What is worn after, in sums.
        tenue_apres: Tenue,
    },
    /// A piece was taken off.
    ItemDesequipe {
        /// Whose bag.
        joueur_id: JoueurId,
        /// Where it was worn.
        emplacement: Emplacement,
        /// What is worn after, in sums.
        tenue_apres: Tenue,
    },
}

impl Projection<PgTx> for EquipmentProjection {
    type Events = TenueEvent;

    fn name(&self) -> &'static str {
        "equipement"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["sets_equipement", "pieces_equipement"]
    }

    async fn project(
        &self,
        events: &[Recorded<TenueEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut sets = Sets::default();
        let mut pieces = Pieces::default();
        for recorded in events {
            match &recorded.event {
                TenueEvent::Piece(event) => pieces.apply(recorded, event),
                TenueEvent::Sac(event) => sets.apply(recorded, event),
            }
        }
        pieces.write(tx).await?;
        sets.write(tx).await
    }
}

/// Compares the tables of equipment with a fold of the log, when both are at rest. Keeps bags and pieces in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_equipement(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Tenues>(store).await
}
