//! What a quest asks for: one to three things, each of which exists.

use super::{Matiere, Place};
use crate::pnj::TypePnj;
use crate::quete::{CibleId, Objectif, TypeObjectif, TypeQuete};
use crate::values::{ObjectifId, QueteId};
use crate::world::bornes;
use crate::world::hasard::Hasard;
use crate::world::pnj::entite;

/// What is asked for, to what or whom, and how often.
type Demande = (TypeObjectif, CibleId, u32);

pub(super) fn objectifs(
    hasard: &mut Hasard,
    matiere: &Matiere<'_>,
    quete: QueteId,
    place: &Place,
    zone: usize,
) -> Vec<Objectif> {
    let nombre = match place.type_quete {
        TypeQuete::Quotidienne => 1,
        _ => hasard.between(1, 3),
    };
    let mut demandes: Vec<Demande> = relique(matiere, place).into_iter().collect();
    for _ in 0..nombre {
        let demande = demande(hasard, matiere, place, zone);
        let nouvelle = demande.filter(|it| demandes.iter().all(|autre| autre.1 != it.1));
        demandes.extend(nouvelle);
    }
    let objectif = |(n, (type_objectif, cible, requis)): (usize, Demande)| Objectif {
        id: ObjectifId::v5(quete, [n as u8]),
        type_objectif,
        cible,
        requis: bornes::quantite(requis),
        ordre: (n / 2) as u8,
    };
    demandes.into_iter().enumerate().map(objectif).collect()
}

/// What the quest before it has paid, in the main story.
fn relique(matiere: &Matiere<'_>, place: &Place) -> Option<Demande> {
    let precedente =
        place.rang.checked_sub(1).filter(|_| place.type_quete == TypeQuete::Principale)?;
    Some((TypeObjectif::Collect, matiere.relique(precedente)?.into(), 1))
}

fn demande(
    hasard: &mut Hasard,
    matiere: &Matiere<'_>,
    place: &Place,
    zone: usize,
) -> Option<Demande> {
    let boss = place.type_quete == TypeQuete::Evenement || place.rang % 10 == 9;
    match hasard.below(10) {
        0..4 => Some((TypeObjectif::Kill, creature(hasard, matiere, zone)?, hasard.between(1, 4))),
        4 if boss => Some((TypeObjectif::Kill, un_boss(hasard, matiere, zone)?, 1)),
        4..7 => {
            Some((TypeObjectif::Collect, materiau(hasard, matiere, zone)?, hasard.between(2, 8)))
        }
        7..9 => Some((TypeObjectif::Dialogue, voisin(hasard, matiere, zone)?, 1)),
        _ => Some((TypeObjectif::Explore, matiere.zones.get(zone)?.id.into(), 1)),
    }
}

/// A creature of this zone or one nearby.
fn creature(hasard: &mut Hasard, matiere: &Matiere<'_>, zone: usize) -> Option<CibleId> {
    let creatures = matiere.pnj_de(TypePnj::Creature);
    let place = (zone * creatures.len() / matiere.zones.len() + hasard.below(2) as usize)
        .min(creatures.len().checked_sub(1)?);
    Some(entite(creatures.get(place)?.pnj_id).into())
}

fn un_boss(hasard: &mut Hasard, matiere: &Matiere<'_>, zone: usize) -> Option<CibleId> {
    let id = matiere.zones.get(zone)?.id;
    let du_lieu: Vec<_> = matiere.boss.iter().filter(|it| it.zone_id == id).collect();
    hasard.pick(&du_lieu).map(|boss| boss.entite().into())
}

fn materiau(hasard: &mut Hasard, matiere: &Matiere<'_>, zone: usize) -> Option<CibleId> {
    let gisements = &matiere.zones.get(zone)?.gisements;
    hasard.pick(gisements).map(|gisement| gisement.item.into())
}

/// Somebody of this zone who talks to everybody.
fn voisin(hasard: &mut Hasard, matiere: &Matiere<'_>, zone: usize) -> Option<CibleId> {
    let id = matiere.zones.get(zone)?.id;
    let parlent = matiere.pnj.iter().filter(|it| it.zone_id == id && !it.dialogues.is_empty());
    let parlent: Vec<_> = parlent.collect();
    hasard.pick(&parlent).map(|pnj| pnj.pnj_id.into())
}
