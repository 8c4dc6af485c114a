//! A skill is raised by one level.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::competence::apprentissage::events::{ApprentissageEvent, ModificateursActifs};
use crate::competence::apprentissage::refus::ApprentissageRefus;
use crate::competence::apprentissage::state::Apprentissage;
use crate::competence::mots::TypeCompetence;
use crate::values::{Niveau, NiveauCompetence};

/// A passive skill is never used and so learns nothing by use: for it the level of the player is enough.
pub(super) fn ameliorer(
    apprentissage: &Apprentissage,
    niveau_joueur: Niveau,
    vers: NiveauCompetence,
    maintenant: DateTime<Utc>,
) -> Decision {
    let apprise = apprentissage.apprise().ok_or(ApprentissageRefus::PasApprise)?;
    let avant = apprentissage.niveau;
    let apres = avant.plus(NiveauCompetence::MIN);
    let apres = apres.ok_or(ApprentissageRefus::NiveauMaximal { niveau: avant })?;
    if vers != apres {
        return Err(ApprentissageRefus::AutreNiveau { vers, suivant: apres });
    }
    let requis = Apprentissage::niveau_joueur_requis(apprise.niveau_requis, apres);
    if niveau_joueur < requis {
        return Err(ApprentissageRefus::NiveauInsuffisant { requis, niveau: niveau_joueur });
    }
    let requise = Apprentissage::experience_requise(apres);
    let experience = apprentissage.experience();
    if apprise.type_competence != TypeCompetence::Passive && experience < requise {
        return Err(ApprentissageRefus::ExperienceInsuffisante { requise, experience });
    }
    let par_niveau = apprise.modificateurs_niveau;
    Ok(vec![ApprentissageEvent::CompetenceAmelioree {
        joueur_id: apprise.joueur_id,
        competence_id: apprise.competence_id,
        niveau_avant: avant,
        niveau_apres: apres,
        modificateurs_avant: ModificateursActifs::au_niveau(par_niveau, avant),
        modificateurs_apres: ModificateursActifs::au_niveau(par_niveau, apres),
        amelioree_a: maintenant,
    }])
}
