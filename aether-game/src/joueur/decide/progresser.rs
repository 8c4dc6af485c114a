//! Experience, levels, and the skill points that they bring.

use aether_core::Facts;

use super::Suite;
use crate::joueur::events::JoueurEvent;
use crate::joueur::experience::{experience_requise, prochain_niveau, suivant};
use crate::joueur::mots::RaisonExperience;
use crate::joueur::refus::JoueurRefus;
use crate::joueur::state::Joueur;
use crate::values::{CompetenceId, Experience, Niveau};

pub(super) fn gagner(
    suite: &mut Suite,
    montant: Experience,
    raison: RaisonExperience,
    facts: &Facts,
) -> Result<(), JoueurRefus> {
    if montant == Experience::ZERO {
        return Ok(());
    }
    let avant = suite.experience;
    let pleine = JoueurRefus::ExperiencePleine { montant, totale: avant };
    let apres = avant.plus(montant).ok_or(pleine)?;
    suite.emit(JoueurEvent::ExperienceGagnee { montant, avant, apres, raison });
    while let Some(niveau) = suivant(suite.niveau).filter(|it| experience_requise(*it) <= apres) {
        atteindre(suite, niveau, facts);
    }
    Ok(())
}

fn atteindre(suite: &mut Suite, nouveau_niveau: Niveau, facts: &Facts) {
    let avant = suite.stats_base;
    let classe = suite.identite.as_ref().map(|identite| identite.classe);
    let gain = classe.map(|classe| classe.stats_par_niveau()).unwrap_or_default();
    let stats_base = avant.plus(gain);
    let gagnes = Joueur::POINTS_PAR_NIVEAU;
    suite.emit(JoueurEvent::NiveauAtteint {
        ancien_niveau: suite.niveau,
        nouveau_niveau,
        points_competence_gagnes: gagnes,
        points_competence: suite.points_competence + gagnes,
        stats_augmentees: stats_base.moins(avant),
        stats_base,
        stats_totales: stats_base.plus(suite.stats_equipement),
        experience_totale: suite.experience,
        experience_prochain_niveau: prochain_niveau(nouveau_niveau),
        atteint_a: facts.now(),
    });
}

pub(super) fn depenser(
    suite: &mut Suite,
    nombre: u32,
    competence_id: CompetenceId,
) -> Result<(), JoueurRefus> {
    let avant = suite.points_competence;
    let manque = JoueurRefus::PointsInsuffisants { demande: nombre, disponible: avant };
    let apres = avant.checked_sub(nombre).filter(|_| nombre > 0).ok_or(manque)?;
    suite.emit(JoueurEvent::PointsCompetenceDepenses { avant, apres, competence_id });
    Ok(())
}
