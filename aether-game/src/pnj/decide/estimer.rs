//! How a character comes to like a player more or less.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::pnj::events::PnjEvent;
use crate::pnj::fiche::FichePnj;
use crate::pnj::refus::PnjRefus;
use crate::pnj::reputation::Reputation;
use crate::pnj::state::Pnj;
use crate::values::{JoueurId, Motif};

pub(super) fn modifier(
    pnj: &Pnj,
    fiche: &FichePnj,
    joueur_id: JoueurId,
    variation: i32,
    motif: &Motif,
    maintenant: DateTime<Utc>,
) -> Decision {
    let avant = pnj.reputation(joueur_id);
    let apres = avant.varie(variation);
    if apres == avant {
        return Ok(Vec::new());
    }
    let maximum = Pnj::JOUEURS_MAX;
    if avant == Reputation::NEUTRE && pnj.nombre_de_reputations() >= maximum {
        return Err(PnjRefus::TropDeJoueurs { maximum });
    }
    Ok(vec![PnjEvent::ReputationModifiee {
        pnj_id: fiche.pnj_id,
        joueur_id,
        avant,
        apres,
        motif: motif.clone(),
        modifiee_a: maintenant,
    }])
}
