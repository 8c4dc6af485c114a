//! The clock, and the zones that are discovered.

use chrono::{DateTime, Utc};

use crate::monde::events::MondeEvent;
use crate::monde::horloge::Moment;
use crate::monde::refus::MondeRefus;
use crate::monde::state::Monde;
use crate::values::{JoueurId, Nom, ZoneId};

/// Nothing within the hour, nor when another node's clock was ahead.
pub(super) fn avancer(monde: &Monde, change_a: DateTime<Utc>) -> Vec<MondeEvent> {
    let apres = Moment::a(change_a);
    match monde.moment {
        Some(avant) if avant.heure_absolue >= apres.heure_absolue => Vec::new(),
        avant => vec![MondeEvent::CycleJourNuitChange { avant, apres, change_a }],
    }
}

pub(super) fn decouvrir(
    monde: &Monde,
    zone_id: ZoneId,
    nom: &Nom,
    joueur_id: JoueurId,
    decouverte_a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    if monde.est_decouverte(zone_id) {
        return Ok(Vec::new());
    }
    if monde.zones_decouvertes.len() >= Monde::ZONES_MAX {
        return Err(MondeRefus::TropDeZones { maximum: Monde::ZONES_MAX });
    }
    let nom = nom.clone();
    Ok(vec![MondeEvent::ZoneDecouverte { zone_id, nom, joueur_id, decouverte_a }])
}
