//! What to learn, to improve and to use.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::competence::{Apprentissage, FicheCompetence, TypeCompetence};
use crate::joueur::Joueur;
use crate::values::{CompetenceId, NiveauCompetence, PositionBarre};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;

/// A skill that a player can learn now: the level, the skill points and the skills before are there. None costs more than a point.
pub fn a_apprendre<'a>(
    catalogue: &'a Catalogue,
    joueur: &Joueur,
    apprises: &BTreeMap<CompetenceId, NiveauCompetence>,
    hasard: &mut Hasard,
) -> Option<&'a FicheCompetence> {
    if joueur.points_competence() < Apprentissage::points(NiveauCompetence::MIN) {
        return None;
    }
    let connue = |it: &FicheCompetence| apprises.contains_key(&it.competence_id);
    let permise = |it: &FicheCompetence| {
        let mut requises = it.pre_requis.competences.iter();
        let assez = |niveau: &NiveauCompetence, voulu| *niveau >= voulu;
        it.niveau_requis <= joueur.niveau()
            && requises.all(|r| apprises.get(&r.competence_id).is_some_and(|n| assez(n, r.niveau)))
    };
    let fiches = catalogue.competences().iter().map(AsRef::as_ref);
    let possibles: Vec<&FicheCompetence> = fiches.filter(|it| !connue(it) && permise(it)).collect();
    hasard.pick(&possibles).copied()
}

/// The level to which a player can improve a skill now, if any.
#[must_use]
pub fn niveau_suivant(joueur: &Joueur, apprise: &Apprentissage) -> Option<NiveauCompetence> {
    let fiche = apprise.apprise()?;
    let vers = apprise.niveau()?.plus(NiveauCompetence::MIN)?;
    let passive = fiche.type_competence == TypeCompetence::Passive;
    let exercee = passive || apprise.experience() >= Apprentissage::experience_requise(vers);
    let requis = Apprentissage::niveau_joueur_requis(fiche.niveau_requis, vers);
    let payable = joueur.points_competence() >= Apprentissage::points(vers);
    (exercee && payable && joueur.niveau() >= requis).then_some(vers)
}

/// Whether a skill can be used at this time.
#[must_use]
pub fn est_prete(apprise: &Apprentissage, maintenant: DateTime<Utc>) -> bool {
    apprise.utilisable().is_ok() && apprise.au_repos(maintenant).is_none()
}

/// A place on the bar.
pub fn position(hasard: &mut Hasard) -> PositionBarre {
    bornes::position(hasard.between(1, 10))
}
