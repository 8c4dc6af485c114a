//! Who may accept a quest, and what counts at once.

use aether_core::Draft;
use chrono::{DateTime, TimeDelta, Utc};

use super::Decision;
use super::avancer::{Ouverts, compter};
use crate::quete::fiche::FicheQuete;
use crate::quete::mots::EtatQuete;
use crate::quete::progres::commands::Accepter;
use crate::quete::progres::events::{Engagement, ProgresEvent};
use crate::quete::progres::refus::ProgresRefus;
use crate::quete::progres::state::Progres;

pub(super) fn accepter(
    progres: &Progres,
    demande: &Accepter,
    maintenant: DateTime<Utc>,
) -> Decision {
    let fiche = demande.fiche();
    verifie_suite(progres, demande, maintenant)?;
    verifie_joueur(fiche, demande)?;
    let engagement = Engagement {
        joueur_id: demande.joueur_id,
        quete_id: fiche.quete_id,
        tentative: progres.tentative().saturating_add(1),
        objectifs: fiche.objectifs.clone(),
        recompenses: fiche.recompenses.clone(),
        repete: fiche.repete,
        frequence_repetition: fiche.frequence_repetition,
        suivie: true,
        acceptee_a: maintenant,
        expire_a: echeance(fiche, maintenant),
    };
    let mut draft = Draft::of(progres);
    draft.emit(ProgresEvent::QueteAcceptee(Box::new(engagement)));
    for fait in &demande.acquis {
        compter(&mut draft, fait, Ouverts::Tous, maintenant);
    }
    Ok(draft.into_events())
}

/// Whether another attempt may follow the last one.
fn verifie_suite(
    progres: &Progres,
    demande: &Accepter,
    maintenant: DateTime<Utc>,
) -> Result<(), ProgresRefus> {
    let Some(dernier) = progres.engagement() else { return Ok(()) };
    let voulu = (demande.joueur_id, demande.fiche().quete_id);
    if voulu != (dernier.joueur_id, dernier.quete_id) {
        return Err(ProgresRefus::AutreFlux { joueur: dernier.joueur_id, quete: dernier.quete_id });
    }
    match progres.etat() {
        Some(EtatQuete::EnCours) => {
            return Err(ProgresRefus::DejaAcceptee { tentative: dernier.tentative });
        }
        _ if progres.recompense_due() => {
            return Err(ProgresRefus::RecompenseAPrendre { tentative: dernier.tentative });
        }
        _ => {}
    }
    let Some(terminee_a) = progres.terminee_a else { return Ok(()) };
    if !demande.fiche().repete {
        return Err(ProgresRefus::PasRepetable { terminee_a });
    }
    let frequence = demande.fiche().frequence_repetition;
    match frequence.map(|frequence| frequence.a_partir_de(terminee_a)) {
        Some(a_partir_de) if maintenant < a_partir_de => Err(ProgresRefus::TropTot { a_partir_de }),
        _ => Ok(()),
    }
}

fn verifie_joueur(fiche: &FicheQuete, demande: &Accepter) -> Result<(), ProgresRefus> {
    let requis = fiche.niveau_requis;
    if demande.niveau < requis {
        return Err(ProgresRefus::NiveauInsuffisant { requis, niveau: demande.niveau });
    }
    let manque = |quete: &&_| !demande.quetes_terminees.contains(*quete);
    if let Some(quete) = fiche.pre_requis.quetes.iter().find(manque) {
        return Err(ProgresRefus::PreRequisManquant { quete: *quete });
    }
    let nombre = demande.acquis.len();
    let maximum = Accepter::ACQUIS_MAX;
    if nombre > maximum {
        return Err(ProgresRefus::TropDAcquis { nombre, maximum });
    }
    Ok(())
}

fn echeance(fiche: &FicheQuete, maintenant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let duree = TimeDelta::minutes(fiche.duree_limite_minutes?.into());
    maintenant.checked_add_signed(duree)
}
