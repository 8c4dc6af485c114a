//! A finished attempt is paid once.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::quete::mots::EtatQuete;
use crate::quete::progres::events::ProgresEvent;
use crate::quete::progres::refus::ProgresRefus;
use crate::quete::progres::state::Progres;
use crate::values::TransactionId;

pub(super) fn recompenser(
    progres: &Progres,
    tentative: u32,
    transaction_id: TransactionId,
    maintenant: DateTime<Utc>,
) -> Decision {
    let engagement = progres.derniere(tentative)?;
    if progres.etat() != Some(EtatQuete::Complete) {
        return Err(ProgresRefus::PasTerminee { tentative });
    }
    if !progres.recompense_due() {
        return Err(ProgresRefus::RienDeDu { tentative });
    }
    Ok(vec![ProgresEvent::RecompenseObtenue {
        joueur_id: engagement.joueur_id,
        quete_id: engagement.quete_id,
        tentative,
        recompenses: engagement.recompenses.clone(),
        transaction_id,
        obtenue_a: maintenant,
    }])
}
