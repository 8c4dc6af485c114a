//! World events: they begin once, count what players do, and end on success, in time, or by an operator.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};

use super::lot;
use crate::monde::commands::DeclencherEvenement;
use crate::monde::events::MondeEvent;
use crate::monde::formes::{Contribution, EvenementDeclenche, Participation};
use crate::monde::mots::ResultatEvenement;
use crate::monde::refus::MondeRefus;
use crate::monde::state::{Evenement, Monde};
use crate::values::{EvenementId, Intervention, JoueurId};

pub(super) fn declencher(
    monde: &Monde,
    demande: &DeclencherEvenement,
    debute_a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let evenement = demande.evenement;
    if monde.evenement(evenement).is_some() || monde.termines.contains(&evenement) {
        return Err(MondeRefus::EvenementDejaLance { evenement });
    }
    if monde.evenements.len() >= Monde::EVENEMENTS_MAX {
        return Err(MondeRefus::TropDEvenements { maximum: Monde::EVENEMENTS_MAX });
    }
    let (nombre, maximum) = (demande.recompense.items.len(), Monde::ITEMS_MAX);
    if nombre > maximum {
        return Err(MondeRefus::RecompenseTropLongue { nombre, maximum });
    }
    Ok(vec![MondeEvent::EvenementMondialDeclenche(EvenementDeclenche {
        evenement_id: evenement,
        nom: demande.nom.clone(),
        type_evenement: demande.type_evenement,
        zone_id: demande.zone,
        requis: demande.requis.get(),
        recompense: demande.recompense.clone(),
        debute_a,
        fin_a: fin(demande.duree_s, debute_a)?,
    })])
}

fn fin(duree_s: u32, debute_a: DateTime<Utc>) -> Result<DateTime<Utc>, MondeRefus> {
    let (minimum_s, maximum_s) = (Monde::DUREE_MIN_S, Monde::DUREE_MAX_S);
    let fin_a = debute_a.checked_add_signed(TimeDelta::seconds(duree_s.into()));
    fin_a.filter(|_| (minimum_s..=maximum_s).contains(&duree_s)).ok_or(MondeRefus::DureeEvenement {
        duree_s,
        minimum_s,
        maximum_s,
    })
}

pub(super) fn progresser(
    monde: &Monde,
    evenement_id: EvenementId,
    contributions: &[(JoueurId, NonZeroU32)],
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(contributions.iter().map(|(joueur, _)| joueur), Monde::LOT_MAX)?;
    let evenement = en_cours(monde, evenement_id)?;
    let fin_a = evenement.depart.fin_a;
    if maintenant >= fin_a {
        return Err(MondeRefus::EvenementExpire { evenement: evenement_id, fin_a });
    }
    verifie_participants(evenement, contributions)?;
    let avant = evenement.progres;
    let somme = contributions.iter().map(|(_, quantite)| u64::from(quantite.get())).sum::<u64>();
    let requis = evenement.depart.requis;
    let apres = u32::try_from(u64::from(avant) + somme).unwrap_or(u32::MAX).min(requis);
    let contributions = contributions.iter().map(|it| contribution(evenement, *it)).collect();
    let progresse =
        MondeEvent::EvenementMondialProgresse { evenement_id, contributions, avant, apres, requis };
    let mut suite = aether_core::Draft::of(monde);
    suite.emit(progresse);
    if apres == requis {
        let evenement = en_cours(&suite, evenement_id)?;
        let fin = termine(evenement, ResultatEvenement::Reussi, None, maintenant);
        suite.emit(fin);
    }
    Ok(suite.into_events())
}

fn verifie_participants(
    evenement: &Evenement,
    contributions: &[(JoueurId, NonZeroU32)],
) -> Result<(), MondeRefus> {
    let maximum = Monde::PARTICIPANTS_MAX;
    let connus = &evenement.participants;
    let mut nouveaux = contributions.iter().filter(|(joueur, _)| !connus.contains_key(joueur));
    match nouveaux.nth(maximum.saturating_sub(connus.len())) {
        Some((joueur, _)) => Err(MondeRefus::EvenementComplet { joueur: *joueur, maximum }),
        None => Ok(()),
    }
}

fn contribution(
    evenement: &Evenement,
    (joueur_id, quantite): (JoueurId, NonZeroU32),
) -> Contribution {
    let avant = evenement.participants.get(&joueur_id).copied().unwrap_or(0);
    let quantite = quantite.get();
    Contribution { joueur_id, quantite, total: avant.saturating_add(quantite.into()) }
}

pub(super) fn expirer(
    monde: &Monde,
    evenement_id: EvenementId,
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let Some(evenement) = monde.evenement(evenement_id) else { return Ok(Vec::new()) };
    let fin_a = evenement.depart.fin_a;
    if maintenant < fin_a {
        return Err(MondeRefus::EvenementEnCours { evenement: evenement_id, fin_a });
    }
    Ok(vec![termine(evenement, ResultatEvenement::TempsEcoule, None, maintenant)])
}

pub(super) fn annuler(
    monde: &Monde,
    evenement_id: EvenementId,
    intervention: &Intervention,
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let evenement = en_cours(monde, evenement_id)?;
    let intervention = Some(intervention.clone());
    Ok(vec![termine(evenement, ResultatEvenement::Annule, intervention, maintenant)])
}

fn en_cours(monde: &Monde, evenement_id: EvenementId) -> Result<&Evenement, MondeRefus> {
    let introuvable = MondeRefus::EvenementIntrouvable { evenement: evenement_id };
    monde.evenement(evenement_id).ok_or(introuvable)
}

fn termine(
    evenement: &Evenement,
    resultat: ResultatEvenement,
    intervention: Option<Intervention>,
    termine_a: DateTime<Utc>,
) -> MondeEvent {
    let participant = |(joueur_id, total): (&JoueurId, &u64)| Participation {
        joueur_id: *joueur_id,
        total: *total,
    };
    MondeEvent::EvenementMondialTermine {
        evenement_id: evenement.depart.evenement_id,
        resultat,
        progres: evenement.progres,
        requis: evenement.depart.requis,
        participants: evenement.participants.iter().map(participant).collect(),
        recompense: evenement.depart.recompense.clone(),
        intervention,
        termine_a,
    }
}
