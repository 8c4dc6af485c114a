//! Resources: they grow by the hour of the world, zone by zone, and are gathered.

use chrono::{DateTime, Utc};

use super::lot;
use crate::monde::commands::NouveauGisement;
use crate::monde::events::MondeEvent;
use crate::monde::formes::{Croissance, Gisement, Recolte};
use crate::monde::horloge::Moment;
use crate::monde::refus::MondeRefus;
use crate::monde::state::{Monde, Zone};
use crate::values::{Intervention, JoueurId, Quantite, RessourceId, ZoneId};

pub(super) fn declarer(
    monde: &Monde,
    zone_id: ZoneId,
    gisements: &[NouveauGisement],
    intervention: &Intervention,
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(gisements.iter().map(|gisement| gisement.ressource), Monde::GISEMENTS_MAX)?;
    if monde.zone(zone_id).is_none() && monde.zones.len() >= Monde::ZONES_MAX {
        return Err(MondeRefus::TropDeZones { maximum: Monde::ZONES_MAX });
    }
    let plein = |gisement: &NouveauGisement| Gisement {
        ressource_id: gisement.ressource,
        item_id: gisement.item,
        quantite: gisement.maximum.get(),
        maximum: gisement.maximum.get(),
        par_heure: gisement.par_heure,
    };
    Ok(vec![MondeEvent::RessourcesDeclarees {
        zone_id,
        gisements: gisements.iter().map(plein).collect(),
        heure: Moment::a(maintenant).heure_absolue,
        intervention: intervention.clone(),
    }])
}

pub(super) fn regenerer(
    monde: &Monde,
    zones: &[ZoneId],
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(zones.iter(), Monde::LOT_MAX)?;
    let heure = Moment::a(maintenant).heure_absolue;
    let zone = |zone_id: &ZoneId| Some(croissance(*zone_id, monde.zone(*zone_id)?, heure));
    Ok(zones.iter().filter_map(zone).flatten().collect())
}

/// What grew since the zone last changed, if anything did.
fn croissance(zone_id: ZoneId, zone: &Zone, heure: i64) -> Option<MondeEvent> {
    let croissance = |gisement: &Gisement| {
        let Gisement { ressource_id, quantite: avant, maximum, .. } = *gisement;
        let apres = gisement.apres(heure.saturating_sub(zone.heure));
        (apres != avant).then_some(Croissance { ressource_id, avant, apres, maximum })
    };
    let ressources: Vec<_> = zone.gisements.values().filter_map(croissance).collect();
    let event = MondeEvent::RessourceRegeneree { zone_id, ressources, heure };
    match &event {
        MondeEvent::RessourceRegeneree { ressources, .. } if ressources.is_empty() => None,
        _ => Some(event),
    }
}

impl Gisement {
    /// How many pieces there are after so many hours. None grow in an hour that a clock went back.
    fn apres(&self, heures: i64) -> u32 {
        let heures = u64::try_from(heures).unwrap_or(0);
        let pousse = u64::from(self.par_heure).saturating_mul(heures);
        let quantite = u64::from(self.quantite).saturating_add(pousse);
        u32::try_from(quantite).unwrap_or(u32::MAX).min(self.maximum)
    }
}

/// The zone grows up to now first, so that what was full does not grow for the hours before it was gathered.
pub(super) fn recolter(
    monde: &Monde,
    zone_id: ZoneId,
    joueur_id: JoueurId,
    recoltes: &[(RessourceId, Quantite)],
    maintenant: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(recoltes.iter().map(|(ressource, _)| ressource), Monde::GISEMENTS_MAX)?;
    let zone = monde.zone(zone_id).ok_or(MondeRefus::ZoneSansRessources { zone: zone_id })?;
    let heure = Moment::a(maintenant).heure_absolue.max(zone.heure);
    let heures = heure.saturating_sub(zone.heure);
    let recolte = |(ressource, quantite): &(RessourceId, Quantite)| {
        let gisement = zone.gisements.get(ressource);
        let gisement =
            gisement.ok_or(MondeRefus::RessourceIntrouvable { ressource: *ressource })?;
        gisement.recolte(*quantite, heures)
    };
    let recoltes = recoltes.iter().map(recolte).collect::<Result<Vec<_>, _>>()?;
    let mut events: Vec<_> = croissance(zone_id, zone, heure).into_iter().collect();
    events.push(MondeEvent::RessourcesRecoltees { zone_id, joueur_id, recoltes, heure });
    Ok(events)
}

impl Gisement {
    fn recolte(&self, quantite: Quantite, heures: i64) -> Result<Recolte, MondeRefus> {
        let Self { ressource_id, item_id, .. } = *self;
        let avant = self.apres(heures);
        let demande = u32::from(quantite.get());
        let epuisee =
            MondeRefus::RessourceEpuisee { ressource: ressource_id, demande, reste: avant };
        let apres = avant.checked_sub(demande).ok_or(epuisee)?;
        Ok(Recolte { ressource_id, item_id, quantite, avant, apres })
    }
}
