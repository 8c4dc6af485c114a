//! The 40 zones and what grows in them, and the 60 bosses that dwell there.

use super::bornes;
use super::hasard::Hasard;
use super::items::WorldItem;
use super::noms::{self, LIEUX, LIEUX_DITS, Noms};
use crate::combat::EntiteId;
use crate::item::TypeItem;
use crate::monde::NouveauGisement;
use crate::values::{BossId, ItemId, Niveau, Nom, RessourceId, ZoneId};

/// A zone of a [`World`](super::World).
#[derive(Debug, Clone, PartialEq)]
pub struct WorldZone {
    /// Its id.
    pub id: ZoneId,
    /// Its name.
    pub nom: Nom,
    /// For which level it is.
    pub niveau: Niveau,
    /// What one can gather there.
    pub gisements: Vec<NouveauGisement>,
}

/// A boss of a [`World`](super::World).
#[derive(Debug, Clone, PartialEq)]
pub struct WorldBoss {
    /// Its id.
    pub id: BossId,
    /// Its name.
    pub nom: Nom,
    /// Where it appears.
    pub zone_id: ZoneId,
    /// Its level.
    pub niveau: Niveau,
    /// How many seconds it rests when it is beaten.
    pub repos_s: u32,
}

impl WorldBoss {
    /// What it is in combats, and for quests that ask to kill it.
    #[must_use]
    pub const fn entite(&self) -> EntiteId {
        EntiteId::new(self.id.as_uuid())
    }
}

/// All zones, the easiest first.
pub(super) fn zones(
    noms: &mut Noms,
    hasard: &mut Hasard,
    items: &[WorldItem],
    id: impl Fn(usize) -> ZoneId,
) -> Vec<WorldZone> {
    let zone = |place: usize| {
        let id = id(place);
        let palier = place / 4;
        WorldZone {
            id,
            nom: noms.compose(hasard, [&LIEUX, &LIEUX_DITS]),
            niveau: bornes::niveau(1 + place as u32 * 5 / 2),
            gisements: gisements(hasard, id, items, palier),
        }
    };
    (0..40).map(zone).collect()
}

/// Three to six materials of a tier.
fn gisements(
    hasard: &mut Hasard,
    zone: ZoneId,
    items: &[WorldItem],
    palier: usize,
) -> Vec<NouveauGisement> {
    let materiaux = items.iter().filter(|it| it.proprietes.type_item == TypeItem::Materiau);
    // every tenth material is of the same tier
    let du_palier: Vec<ItemId> = materiaux.skip(palier).step_by(10).map(|it| it.id).collect();
    let premier = hasard.below(8) as usize;
    let choisis = du_palier.iter().cycle().skip(premier).take(hasard.between(3, 6) as usize);
    let gisement = |item: &ItemId| NouveauGisement {
        ressource: RessourceId::v5(zone, item.as_uuid()),
        item: *item,
        maximum: bornes::au_moins_un(hasard.between(200, 2_000)),
        par_heure: hasard.between(1, 12),
    };
    choisis.map(gisement).collect()
}

/// All bosses, three in two zones.
pub(super) fn boss(
    noms: &mut Noms,
    hasard: &mut Hasard,
    zones: &[WorldZone],
    id: impl Fn(usize) -> BossId,
) -> Vec<WorldBoss> {
    let boss = |place: usize| {
        let zone = zones.get(place * 2 / 3)?;
        Some(WorldBoss {
            id: id(place),
            nom: noms::boss(noms, hasard),
            zone_id: zone.id,
            niveau: bornes::niveau(u32::from(zone.niveau.get()) + 2),
            repos_s: hasard.between(4, 72) * 3_600,
        })
    };
    (0..60).filter_map(boss).collect()
}
