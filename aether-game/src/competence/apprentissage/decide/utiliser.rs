//! A skill is used, and rests.

use chrono::{DateTime, TimeDelta, Utc};

use super::Decision;
use crate::competence::apprentissage::events::ApprentissageEvent;
use crate::competence::apprentissage::refus::ApprentissageRefus;
use crate::competence::apprentissage::state::Apprentissage;

pub(super) fn utiliser(apprentissage: &Apprentissage, maintenant: DateTime<Utc>) -> Decision {
    let apprise = apprentissage.utilisable()?;
    if let Some(jusqu_a) = apprentissage.au_repos(maintenant) {
        return Err(ApprentissageRefus::AuRepos { jusqu_a });
    }
    let modificateurs = apprentissage.modificateurs();
    let experience_avant = apprentissage.experience();
    let experience_apres = experience_avant.plus(Apprentissage::EXPERIENCE_PAR_USAGE);
    let utilisee = ApprentissageEvent::CompetenceUtilisee {
        joueur_id: apprise.joueur_id,
        competence_id: apprise.competence_id,
        niveau_competence: apprentissage.niveau,
        cout_mana: modificateurs.cout(apprise.cout_mana),
        cout_stamina: modificateurs.cout(apprise.cout_stamina),
        experience_avant,
        experience_apres: experience_apres.unwrap_or(experience_avant),
        dernier_usage_avant: apprentissage.dernier_usage(),
        utilisee_a: maintenant,
    };
    let duree_secondes = u32::from(apprise.cooldown_tours) * Apprentissage::SECONDES_PAR_TOUR;
    let finit_a = maintenant.checked_add_signed(TimeDelta::seconds(duree_secondes.into()));
    let repos =
        finit_a.filter(|_| duree_secondes > 0).map(|finit_a| ApprentissageEvent::CooldownDemarre {
            joueur_id: apprise.joueur_id,
            competence_id: apprise.competence_id,
            duree_secondes,
            debute_a: maintenant,
            finit_a,
        });
    Ok([utilisee].into_iter().chain(repos).collect())
}
