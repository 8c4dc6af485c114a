//! A definition is created once, and is checked then: what learns the skill later can rely on it.

use std::collections::BTreeSet;

use crate::combat::Pouvoir;
use crate::competence::events::CompetenceEvent;
use crate::competence::fiche::FicheCompetence;
use crate::competence::mots::TypeCompetence;
use crate::competence::refus::CompetenceRefus;
use crate::competence::state::Competence;
use crate::values::Stat;

pub(super) fn creer(
    competence: &Competence,
    fiche: &FicheCompetence,
) -> Result<Vec<CompetenceEvent>, CompetenceRefus> {
    if competence.fiche.is_some() {
        return Err(CompetenceRefus::DejaCreee);
    }
    verifie_effets(fiche)?;
    verifie_niveaux(fiche)?;
    verifie_pre_requis(fiche)?;
    verifie_repos(fiche)?;
    Ok(vec![CompetenceEvent::CompetenceCreee(Box::new(fiche.clone()))])
}

fn verifie_effets(fiche: &FicheCompetence) -> Result<(), CompetenceRefus> {
    let nombre = fiche.effets.len();
    let maximum = FicheCompetence::EFFETS_MAX;
    if !(1..=maximum).contains(&nombre) {
        return Err(CompetenceRefus::NombreEffets { nombre, maximum });
    }
    fiche.effets.iter().try_for_each(verifie_effet)
}

fn verifie_effet(effet: &Pouvoir) -> Result<(), CompetenceRefus> {
    let (puissance, duree_tours, chance) = match *effet {
        Pouvoir::Degats { puissance, .. } | Pouvoir::Soin { puissance } => (puissance, 1, 100),
        Pouvoir::Effet { puissance, duree_tours, chance, .. } => (puissance, duree_tours, chance),
        Pouvoir::Dissipation => (0, 1, 100),
    };
    let maximum = FicheCompetence::PUISSANCE_MAX;
    if puissance > maximum {
        return Err(CompetenceRefus::Puissance { puissance, maximum });
    }
    let maximum = FicheCompetence::DUREE_TOURS_MAX;
    if !(1..=maximum).contains(&duree_tours) {
        return Err(CompetenceRefus::Duree { tours: duree_tours, maximum });
    }
    if chance > 100 {
        return Err(CompetenceRefus::Chance { chance });
    }
    Ok(())
}

fn verifie_niveaux(fiche: &FicheCompetence) -> Result<(), CompetenceRefus> {
    let modificateurs = fiche.modificateurs_niveau;
    let maximum = FicheCompetence::PUISSANCE_PAR_NIVEAU_MAX;
    if modificateurs.puissance > maximum {
        return Err(CompetenceRefus::Modificateur { pourcent: modificateurs.puissance, maximum });
    }
    let maximum = FicheCompetence::REDUCTION_PAR_NIVEAU_MAX;
    if modificateurs.reduction_cout > maximum {
        let pourcent = modificateurs.reduction_cout;
        return Err(CompetenceRefus::Modificateur { pourcent, maximum });
    }
    Ok(())
}

fn verifie_pre_requis(fiche: &FicheCompetence) -> Result<(), CompetenceRefus> {
    let requises = &fiche.pre_requis.competences;
    let nombre = requises.len();
    let maximum = FicheCompetence::PRE_REQUIS_MAX;
    if nombre > maximum {
        return Err(CompetenceRefus::TropDePreRequis { nombre, maximum });
    }
    let mut vues = BTreeSet::from([fiche.competence_id]);
    for it in requises {
        if !vues.insert(it.competence_id) {
            return Err(CompetenceRefus::PreRequisInvalide { competence: it.competence_id });
        }
    }
    Ok(())
}

/// What is never used costs nothing and does not rest.
fn verifie_repos(fiche: &FicheCompetence) -> Result<(), CompetenceRefus> {
    let gratuite = fiche.cout_mana == Stat::ZERO && fiche.cout_stamina == Stat::ZERO;
    let passive = fiche.type_competence == TypeCompetence::Passive;
    if passive && !(gratuite && fiche.cooldown_tours == 0) {
        return Err(CompetenceRefus::PassiveCouteuse);
    }
    Ok(())
}
