//! A character dies once.

use chrono::{DateTime, Utc};

use crate::pnj::events::PnjEvent;
use crate::pnj::fiche::FichePnj;
use crate::values::JoueurId;

pub(super) fn tuer(
    fiche: &FichePnj,
    tueur: Option<JoueurId>,
    maintenant: DateTime<Utc>,
) -> Vec<PnjEvent> {
    vec![PnjEvent::PnjMort {
        pnj_id: fiche.pnj_id,
        pnj_nom: fiche.nom.clone(),
        zone_id: fiche.zone_id,
        tueur,
        mort_a: maintenant,
    }]
}
