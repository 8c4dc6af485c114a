//! A quest is finished when every objective is complete.
//!
//! What was complete in time is finished also after that: a process finishes it, and it may come late.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::quete::progres::events::{Engagement, ProgresEvent};
use crate::quete::progres::refus::ProgresRefus;
use crate::quete::progres::state::Progres;

pub(super) fn terminer(
    progres: &Progres,
    engagement: &Engagement,
    maintenant: DateTime<Utc>,
) -> Decision {
    if !progres.est_complete() {
        progres.a_temps(engagement.tentative, maintenant)?;
        return Err(ProgresRefus::Incomplete { pourcentage: progres.pourcentage() });
    }
    Ok(vec![ProgresEvent::QueteTerminee {
        joueur_id: engagement.joueur_id,
        quete_id: engagement.quete_id,
        tentative: engagement.tentative,
        recompenses: engagement.recompenses.clone(),
        recompense_due: !engagement.recompenses.est_vide(),
        disponible_a: engagement.disponible_a(maintenant),
        terminee_a: maintenant,
    }])
}
