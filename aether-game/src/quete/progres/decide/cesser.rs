//! How an attempt ends without being finished, and whether the player follows it.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::quete::mots::{EtatQuete, RaisonEchec};
use crate::quete::progres::events::{Engagement, ProgresEvent};
use crate::quete::progres::refus::ProgresRefus;
use crate::quete::progres::state::Progres;

/// A timer's command: nothing once the attempt has ended or is complete, or if it has no time limit.
pub(super) fn expirer(progres: &Progres, tentative: u32, maintenant: DateTime<Utc>) -> Decision {
    let actuelle = progres.tentative();
    if tentative > actuelle {
        return Err(ProgresRefus::AutreTentative { tentative, actuelle });
    }
    let Ok(engagement) = progres.en_cours(tentative) else { return Ok(Vec::new()) };
    if progres.est_complete() || progres.echue {
        return Ok(Vec::new());
    }
    match engagement.expire_a {
        Some(expire_a) if maintenant < expire_a => Err(ProgresRefus::PasEncoreExpiree { expire_a }),
        Some(expire_a) => Ok(vec![ProgresEvent::EcheanceAtteinte {
            joueur_id: engagement.joueur_id,
            quete_id: engagement.quete_id,
            tentative,
            expire_a,
            constatee_a: maintenant,
        }]),
        None => Ok(Vec::new()),
    }
}

/// It fails, for want of time only if that was noted and nothing completed it meanwhile.
pub(super) fn echouer(
    progres: &Progres,
    tentative: u32,
    raison: RaisonEchec,
    maintenant: DateTime<Utc>,
) -> Decision {
    let engagement = progres.en_cours(tentative)?;
    match (raison, engagement.expire_a) {
        (RaisonEchec::Expiration, _) if progres.est_complete() => return Ok(Vec::new()),
        (RaisonEchec::Expiration, Some(expire_a)) if !progres.echue => {
            return Err(ProgresRefus::PasEncoreExpiree { expire_a });
        }
        (RaisonEchec::Expiration, None) => return Ok(Vec::new()),
        _ => {}
    }
    Ok(vec![echec(progres, engagement, raison, maintenant)])
}

fn echec(
    progres: &Progres,
    engagement: &Engagement,
    raison: RaisonEchec,
    maintenant: DateTime<Utc>,
) -> ProgresEvent {
    ProgresEvent::QueteEchouee {
        joueur_id: engagement.joueur_id,
        quete_id: engagement.quete_id,
        tentative: engagement.tentative,
        raison,
        pourcentage: progres.pourcentage(),
        echouee_a: maintenant,
    }
}

pub(super) fn abandonner(
    progres: &Progres,
    engagement: &Engagement,
    maintenant: DateTime<Utc>,
) -> Decision {
    Ok(vec![ProgresEvent::QueteAbandonnee {
        joueur_id: engagement.joueur_id,
        quete_id: engagement.quete_id,
        tentative: engagement.tentative,
        pourcentage: progres.pourcentage(),
        abandonnee_a: maintenant,
    }])
}

pub(super) fn suivre(progres: &Progres, suivie: bool) -> Decision {
    let engagement = progres.engagement().ok_or(ProgresRefus::PasAcceptee)?;
    if let Some(etat) = progres.etat().filter(|etat| *etat != EtatQuete::EnCours) {
        return Err(ProgresRefus::PasEnCours { etat });
    }
    if suivie == progres.est_suivie() {
        return Ok(Vec::new());
    }
    Ok(vec![ProgresEvent::SuiviModifie {
        joueur_id: engagement.joueur_id,
        quete_id: engagement.quete_id,
        tentative: engagement.tentative,
        suivie_avant: progres.est_suivie(),
        suivie_apres: suivie,
    }])
}
