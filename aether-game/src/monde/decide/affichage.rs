//! What operators and jobs show: factors of the economy, and rankings.

use chrono::{DateTime, Utc};

use super::lot;
use crate::monde::commands::NouvelleLigne;
use crate::monde::events::MondeEvent;
use crate::monde::formes::LigneClassement;
use crate::monde::mots::{Facteur, TypeClassement};
use crate::monde::refus::MondeRefus;
use crate::monde::state::Monde;
use crate::values::Intervention;

pub(super) fn modifier(
    monde: &Monde,
    facteur: Facteur,
    valeur: u16,
    intervention: &Intervention,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let maximum = Monde::FACTEUR_MAX;
    if !(1..=maximum).contains(&valeur) {
        return Err(MondeRefus::FacteurHorsBornes { valeur, maximum });
    }
    let avant = monde.facteur(facteur);
    if avant == valeur {
        return Ok(Vec::new());
    }
    let intervention = intervention.clone();
    Ok(vec![MondeEvent::FacteurEconomiqueModifie { facteur, avant, apres: valeur, intervention }])
}

pub(super) fn publier(
    classement: TypeClassement,
    lignes: &[NouvelleLigne],
    publie_a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(lignes.iter().map(|ligne| ligne.id), Monde::LOT_MAX)?;
    if !lignes.is_sorted_by(|haut, bas| haut.score >= bas.score) {
        return Err(MondeRefus::ClassementEnDesordre);
    }
    let lignes = lignes.iter().map(|ligne| LigneClassement {
        rang: lignes.partition_point(|autre| autre.score > ligne.score) as u32 + 1,
        id: ligne.id,
        nom: ligne.nom.clone(),
        score: ligne.score,
    });
    Ok(vec![MondeEvent::ClassementPublie { classement, lignes: lignes.collect(), publie_a }])
}
