//! A definition is created once, and is checked then: what accepts the quest later can rely on it.

use std::collections::BTreeSet;

use crate::quete::events::QueteEvent;
use crate::quete::fiche::FicheQuete;
use crate::quete::refus::QueteRefus;
use crate::quete::state::Quete;

pub(super) fn creer(quete: &Quete, fiche: &FicheQuete) -> Result<Vec<QueteEvent>, QueteRefus> {
    if quete.fiche.is_some() {
        return Err(QueteRefus::DejaCreee);
    }
    verifie_objectifs(fiche)?;
    verifie_pre_requis(fiche)?;
    verifie_reglages(fiche)?;
    verifie_recompenses(fiche)?;
    Ok(vec![QueteEvent::QueteCreee(Box::new(fiche.clone()))])
}

fn verifie_objectifs(fiche: &FicheQuete) -> Result<(), QueteRefus> {
    let nombre = fiche.objectifs.len();
    let maximum = FicheQuete::OBJECTIFS_MAX;
    if !(1..=maximum).contains(&nombre) {
        return Err(QueteRefus::NombreObjectifs { nombre, maximum });
    }
    let mut ids = BTreeSet::new();
    let mut cibles = BTreeSet::new();
    for it in &fiche.objectifs {
        if !ids.insert(it.id) {
            return Err(QueteRefus::ObjectifEnDouble { objectif: it.id });
        }
        if !cibles.insert((it.ordre, it.type_objectif, it.cible)) {
            return Err(QueteRefus::CibleEnDouble { cible: it.cible, ordre: it.ordre });
        }
    }
    let total: u32 = fiche.objectifs.iter().map(|it| u32::from(it.requis.get())).sum();
    let maximum = FicheQuete::REQUIS_TOTAL_MAX;
    if total > maximum {
        return Err(QueteRefus::RequisTotal { total, maximum });
    }
    Ok(())
}

fn verifie_pre_requis(fiche: &FicheQuete) -> Result<(), QueteRefus> {
    let quetes = &fiche.pre_requis.quetes;
    let maximum = FicheQuete::PRE_REQUIS_MAX;
    if quetes.len() > maximum {
        return Err(QueteRefus::TropDePreRequis { nombre: quetes.len(), maximum });
    }
    let mut vues = BTreeSet::from([fiche.quete_id]);
    match quetes.iter().find(|quete| !vues.insert(**quete)) {
        Some(quete) => Err(QueteRefus::PreRequisInvalide { quete: *quete }),
        None => Ok(()),
    }
}

fn verifie_reglages(fiche: &FicheQuete) -> Result<(), QueteRefus> {
    if fiche.niveau_recommande < fiche.niveau_requis {
        return Err(QueteRefus::NiveauRecommande {
            requis: fiche.niveau_requis,
            recommande: fiche.niveau_recommande,
        });
    }
    if fiche.frequence_repetition.is_some() && !fiche.repete {
        return Err(QueteRefus::FrequenceSansRepetition);
    }
    let maximum = FicheQuete::DUREE_LIMITE_MAX;
    match fiche.duree_limite_minutes {
        Some(minutes) if !(1..=maximum).contains(&minutes) => {
            Err(QueteRefus::DureeLimite { minutes, maximum })
        }
        _ => Ok(()),
    }
}

fn verifie_recompenses(fiche: &FicheQuete) -> Result<(), QueteRefus> {
    let items = &fiche.recompenses.items;
    let maximum = FicheQuete::ITEMS_MAX;
    if items.len() > maximum {
        return Err(QueteRefus::TropDeRecompenses { nombre: items.len(), maximum });
    }
    let mut vus = BTreeSet::new();
    if let Some(it) = items.iter().find(|it| !vus.insert(it.item_id)) {
        return Err(QueteRefus::RecompenseEnDouble { item: it.item_id });
    }
    let nombre = fiche.dialogues.len();
    let maximum = FicheQuete::DIALOGUES_MAX;
    if nombre > maximum {
        return Err(QueteRefus::TropDeDialogues { nombre, maximum });
    }
    Ok(())
}
