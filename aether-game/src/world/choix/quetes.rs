//! Which quest to accept, and what to do next for one.

use std::collections::BTreeSet;

use crate::inventaire::Inventaire;
use crate::joueur::Joueur;
use crate::quete::{FicheQuete, Objectif, Progres, TypeObjectif};
use crate::values::{ItemId, Quantite, QueteId};
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;

/// A quest that a player can accept now, so far as its definition says: repeated ones may still have to wait.
pub fn a_accepter<'a>(
    catalogue: &'a Catalogue,
    joueur: &Joueur,
    terminees: &BTreeSet<QueteId>,
    en_cours: &[QueteId],
    hasard: &mut Hasard,
) -> Option<&'a FicheQuete> {
    let possible = |it: &FicheQuete| {
        let niveau = joueur.niveau();
        let faite = terminees.contains(&it.quete_id) && !it.repete;
        let a_portee = it.niveau_requis <= niveau && it.niveau_requis.get() + 25 > niveau.get();
        let libre = !faite && !en_cours.contains(&it.quete_id);
        libre && a_portee && it.pre_requis.quetes.iter().all(|avant| terminees.contains(avant))
    };
    let fiches = catalogue.quetes().iter().map(AsRef::as_ref);
    let possibles: Vec<&FicheQuete> = fiches.filter(|it| possible(it)).collect();
    hasard.pick(&possibles).copied()
}

/// The objectives that are open, each with how much is missing.
pub fn ouverts(progres: &Progres) -> impl Iterator<Item = (&Objectif, Quantite)> {
    let etape = progres.etape();
    let ouverts = progres.objectifs().filter(move |(it, _)| Some(it.ordre) == etape);
    ouverts.filter_map(|(it, fait)| {
        Some((it, Quantite::new(it.requis.get().saturating_sub(fait)).ok()?))
    })
}

/// What can be delivered of a bag: the objective, the item, and how many.
#[must_use]
pub fn a_livrer(progres: &Progres, sac: &Inventaire) -> Option<(Objectif, ItemId, Quantite)> {
    let mut collectes =
        ouverts(progres).filter(|(it, _)| it.type_objectif == TypeObjectif::Collect);
    collectes.find_map(|(objectif, manque)| {
        let item = ItemId::new(objectif.cible.as_uuid());
        let disponible = u16::try_from(fongibles(sac, item)).unwrap_or(u16::MAX);
        let quantite = Quantite::new(disponible.min(manque.get())).ok()?;
        Some((*objectif, item, quantite))
    })
}

/// How many pieces of an item lie in a bag that were never worn and are set aside for nothing.
#[must_use]
pub fn fongibles(sac: &Inventaire, item: ItemId) -> u32 {
    let slots = sac.slots().map(|(_, slot)| slot);
    let de_l_item = slots.filter(|it| it.fiche.item_id == item && it.equipement_id.is_none());
    de_l_item.map(|slot| u32::from(sac.libre(slot))).sum()
}
