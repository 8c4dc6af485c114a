//! Who may learn a skill.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::competence::apprentissage::commands::Apprendre;
use crate::competence::apprentissage::events::{
    ApprentissageEvent, CompetenceApprise, ModificateursActifs,
};
use crate::competence::apprentissage::refus::ApprentissageRefus;
use crate::competence::apprentissage::state::Apprentissage;
use crate::competence::fiche::CompetenceRequise;
use crate::values::{Experience, NiveauCompetence};

pub(super) fn apprendre(
    apprentissage: &Apprentissage,
    demande: &Apprendre,
    maintenant: DateTime<Utc>,
) -> Decision {
    if apprentissage.apprise().is_some() {
        return Err(ApprentissageRefus::DejaApprise);
    }
    let fiche = demande.fiche();
    let requis = fiche.niveau_requis;
    if demande.niveau < requis {
        return Err(ApprentissageRefus::NiveauInsuffisant { requis, niveau: demande.niveau });
    }
    let manque = |it: &&CompetenceRequise| {
        demande.apprises.get(&it.competence_id).is_none_or(|niveau| *niveau < it.niveau)
    };
    if let Some(it) = fiche.pre_requis.competences.iter().find(manque) {
        return Err(ApprentissageRefus::PreRequisManquant {
            competence: it.competence_id,
            niveau: it.niveau,
        });
    }
    let premier = NiveauCompetence::MIN;
    Ok(vec![ApprentissageEvent::CompetenceApprise(Box::new(CompetenceApprise {
        joueur_id: demande.joueur_id,
        competence_id: fiche.competence_id,
        niveau_competence: premier,
        experience_competence: Experience::ZERO,
        modificateurs_actifs: ModificateursActifs::au_niveau(fiche.modificateurs_niveau, premier),
        type_competence: fiche.type_competence,
        niveau_requis: fiche.niveau_requis,
        cout_mana: fiche.cout_mana,
        cout_stamina: fiche.cout_stamina,
        cooldown_tours: fiche.cooldown_tours,
        modificateurs_niveau: fiche.modificateurs_niveau,
        apprise_a: maintenant,
    }))])
}
