//! The world, as everybody sees it: what operators do about resources and the economy is not told.

use aether_core::uuid::Uuid;
use aether_game::read_models::EtatMonde;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The world.
#[derive(Default, Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Monde")]
pub(crate) struct MondeVu {
    /// The hour of its day; none before its clock began.
    heure: Option<u8>,
    #[schema(example = "PRINTEMPS")]
    saison: Option<&'static str>,
    jour_saison: Option<u8>,
    evenements: Vec<EvenementVu>,
    boss: Vec<BossVu>,
    zones: Vec<ZoneVue>,
}

/// An event of the world that goes on.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "EvenementDuMonde")]
struct EvenementVu {
    evenement_id: Uuid,
    nom: String,
    zone_id: Option<Uuid>,
    progres: u32,
    requis: u32,
    fin_a: DateTime<Utc>,
}

/// A boss that can be fought.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Boss")]
struct BossVu {
    boss_id: Uuid,
    nom: String,
    zone_id: Uuid,
    apparu_a: DateTime<Utc>,
}

/// A zone that somebody has found.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Zone")]
pub(crate) struct ZoneVue {
    zone_id: Uuid,
    nom: String,
    decouverte_a: DateTime<Utc>,
}

impl MondeVu {
    pub(crate) fn of(monde: EtatMonde) -> Self {
        let evenements = monde.evenements_actifs.iter().map(|(id, it)| EvenementVu {
            evenement_id: id.as_uuid(),
            nom: it.depart.nom.to_string(),
            zone_id: it.depart.zone_id.map(|id| id.as_uuid()),
            progres: it.progres,
            requis: it.depart.requis,
            fin_a: it.depart.fin_a,
        });
        let boss = monde.boss_presents.iter().map(|(id, it)| BossVu {
            boss_id: id.as_uuid(),
            nom: it.nom.to_string(),
            zone_id: it.zone_id.as_uuid(),
            apparu_a: it.apparu_a,
        });
        Self {
            heure: monde.cycle_jour_nuit,
            saison: monde.saison.map(|saison| saison.as_str()),
            jour_saison: monde.jour_saison,
            evenements: evenements.collect(),
            boss: boss.collect(),
            zones: ZoneVue::all(&monde),
        }
    }
}

impl ZoneVue {
    /// Those that somebody has found.
    pub(crate) fn all(monde: &EtatMonde) -> Vec<Self> {
        let zones = monde.zones_decouvertes.iter().map(|(id, it)| Self {
            zone_id: id.as_uuid(),
            nom: it.nom.to_string(),
            decouverte_a: it.decouverte_a,
        });
        zones.collect()
    }

    pub(crate) fn is(&self, zone: Uuid) -> bool {
        self.zone_id == zone
    }
}
