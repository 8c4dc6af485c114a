//! Where to go, and what to gather there.

use std::collections::BTreeSet;

use crate::monde::Monde;
use crate::values::{Experience, ItemId, Niveau, Quantite, RessourceId, ZoneId};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;
use crate::world::zones::WorldZone;

/// What is gathered of a zone: the resource, what it gives, and how many.
pub type Recolte = (RessourceId, ItemId, Quantite);

/// The zone to set foot in: the one that is named, or one for a level where one was not yet.
pub fn a_explorer<'a>(
    catalogue: &'a Catalogue,
    (niveau, vues): (Niveau, &BTreeSet<ZoneId>),
    ou: Option<ZoneId>,
    hasard: &mut Hasard,
) -> Option<&'a WorldZone> {
    let niveau = niveau.get().saturating_add(4);
    let inconnue = |it: &WorldZone| it.niveau.get() <= niveau && !vues.contains(&it.id);
    let voulue = |it: &WorldZone| ou.map_or_else(|| inconnue(it), |id| it.id == id);
    let possibles: Vec<&WorldZone> = catalogue.zones().iter().filter(|it| voulue(it)).collect();
    hasard.pick(&possibles).copied()
}

/// What a first visit teaches: more to the first of all visitors.
#[must_use]
pub fn experience(premier: bool) -> Experience {
    bornes::experience(if premier { 200 } else { 25 })
}

/// One or two resources of a zone for a level, or one that is named.
pub fn a_recolter<'a>(
    catalogue: &'a Catalogue,
    niveau: Niveau,
    quoi: Option<ItemId>,
    hasard: &mut Hasard,
) -> Option<(&'a WorldZone, Vec<Recolte>)> {
    let niveau = niveau.get().saturating_add(3);
    let zones = catalogue.zones().iter().filter(|it| {
        let pousse = |item| it.gisements.iter().any(|gisement| gisement.item == item);
        quoi.map_or(it.niveau.get() <= niveau, pousse)
    });
    let zones: Vec<&WorldZone> = zones.collect();
    let zone = *hasard.pick(zones.get(zones.len().saturating_sub(4)..)?)?;
    Some((zone, dans_la_zone(zone, quoi, hasard)))
}

/// One or two resources of a zone, or the one that is named.
pub fn dans_la_zone(zone: &WorldZone, quoi: Option<ItemId>, hasard: &mut Hasard) -> Vec<Recolte> {
    let mut recoltes = Vec::new();
    for gisement in &zone.gisements {
        let voulu = quoi.map_or_else(|| hasard.chance(40), |item| item == gisement.item);
        if voulu && recoltes.len() < 2 {
            let quantite = bornes::quantite(hasard.between(4, 20));
            recoltes.push((gisement.ressource, gisement.item, quantite));
        }
    }
    recoltes
}

/// Whether a zone still has all that is to be gathered, and that is something.
#[must_use]
pub fn reste(monde: &Monde, zone: ZoneId, recoltes: &[Recolte]) -> bool {
    let gisements = monde.zone(zone).map(|zone| &zone.gisements);
    let assez = |(ressource, _, n): &Recolte| {
        let gisement = gisements.and_then(|it| it.get(ressource));
        gisement.is_some_and(|it| it.quantite >= u32::from(n.get()))
    };
    !recoltes.is_empty() && recoltes.iter().all(assez)
}
