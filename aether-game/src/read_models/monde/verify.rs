//! What the table of the world has to say: the state of the aggregate, and what only events tell.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::rows::{
    BossPresent, BossVaincu, Classement, EtatMonde, EvenementActif, RessourcesDeZone,
    ZoneDecouverte,
};
use crate::monde::{Facteur, Monde, MondeEvent, TypeClassement};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{BossId, CombatId, EvenementId, MondeId, ZoneId};

#[derive(Default)]
pub(super) struct Etat {
    monde: Monde,
    change_a: Option<DateTime<Utc>>,
    sequence: Option<i64>,
    evenements: BTreeSet<EvenementId>,
    apparus: BTreeMap<BossId, DateTime<Utc>>,
    vaincus: BTreeMap<BossId, Defaite>,
    decouvertes: BTreeMap<ZoneId, ZoneDecouverte>,
    zones: BTreeSet<ZoneId>,
    facteurs: BTreeSet<Facteur>,
    classements: BTreeMap<TypeClassement, Classement>,
}

struct Defaite {
    apparition: u32,
    zone_id: ZoneId,
    combat_id: CombatId,
    vaincu_a: DateTime<Utc>,
    reapparait_a: DateTime<Utc>,
}

impl Fold for Etat {
    const AGGREGATES: &'static [&'static str] = &[Monde::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: MondeEvent = recorded.decode()?;
        self.monde.apply(&event);
        self.sequence = Some(sequence(recorded.position));
        self.note(event);
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        report.compare(pool, self.row()).await
    }
}

impl Etat {
    /// What the state does not keep, or cannot list.
    fn note(&mut self, event: MondeEvent) {
        match event {
            MondeEvent::CycleJourNuitChange { change_a, .. } => self.change_a = Some(change_a),
            MondeEvent::ZoneDecouverte { zone_id, nom, joueur_id, decouverte_a } => {
                let zone = ZoneDecouverte { nom, joueur_id, decouverte_a };
                self.decouvertes.insert(zone_id, zone);
            }
            MondeEvent::BossApparu { boss_id, apparu_a, .. } => {
                self.apparus.insert(boss_id, apparu_a);
            }
            MondeEvent::BossVaincu {
                boss_id,
                apparition,
                zone_id,
                combat_id,
                vaincu_a,
                reapparait_a,
                ..
            } => {
                let defaite = Defaite { apparition, zone_id, combat_id, vaincu_a, reapparait_a };
                self.vaincus.insert(boss_id, defaite);
            }
            MondeEvent::EvenementMondialDeclenche(depart) => {
                self.evenements.insert(depart.evenement_id);
            }
            MondeEvent::RessourcesDeclarees { zone_id, .. } => {
                self.zones.insert(zone_id);
            }
            MondeEvent::FacteurEconomiqueModifie { facteur, .. } => {
                self.facteurs.insert(facteur);
            }
            MondeEvent::ClassementPublie { classement, lignes, publie_a } => {
                self.classements.insert(classement, Classement { lignes, publie_a });
            }
            _ => {}
        }
    }

    fn row(self) -> Option<EtatMonde> {
        let last_event_sequence = self.sequence?;
        let moment = self.monde.moment();
        Some(EtatMonde {
            monde_id: MondeId::UNIQUE,
            cycle_jour_nuit: moment.map(|it| it.heure),
            saison: moment.map(|it| it.saison),
            jour_saison: moment.map(|it| it.jour_saison),
            evenements_actifs: self.evenements_actifs(),
            boss_vaincus: self.boss_vaincus(),
            ressources_mondiales: self.ressources(),
            facteurs_economiques: self
                .facteurs
                .iter()
                .map(|facteur| (*facteur, self.monde.facteur(*facteur)))
                .collect(),
            derniere_mise_a_jour_cycle: self.change_a,
            last_event_sequence,
            heure_absolue: moment.map(|it| it.heure_absolue),
            boss_presents: self.boss_presents(),
            zones_decouvertes: self.decouvertes,
            classements: self.classements,
        })
    }

    fn evenements_actifs(&self) -> BTreeMap<EvenementId, EvenementActif> {
        let actif = |id: &EvenementId| {
            let evenement = self.monde.evenement(*id)?;
            let depart = evenement.depart.clone();
            Some((*id, EvenementActif { depart, progres: evenement.progres }))
        };
        self.evenements.iter().filter_map(actif).collect()
    }

    fn boss_presents(&self) -> BTreeMap<BossId, BossPresent> {
        let present = |(id, apparu_a): (&BossId, &DateTime<Utc>)| {
            let boss = self.monde.boss(*id).filter(|it| it.reapparait_a.is_none())?;
            let present = BossPresent {
                nom: boss.nom.clone(),
                zone_id: boss.zone_id,
                apparition: boss.apparition,
                apparu_a: *apparu_a,
            };
            Some((*id, present))
        };
        self.apparus.iter().filter_map(present).collect()
    }

    fn boss_vaincus(&self) -> BTreeMap<BossId, BossVaincu> {
        let vaincu = |(id, defaite): (&BossId, &Defaite)| {
            let vaincu = BossVaincu {
                nom: self.monde.boss(*id)?.nom.clone(),
                zone_id: defaite.zone_id,
                apparition: defaite.apparition,
                combat_id: defaite.combat_id,
                vaincu_a: defaite.vaincu_a,
                reapparait_a: defaite.reapparait_a,
            };
            Some((*id, vaincu))
        };
        self.vaincus.iter().filter_map(vaincu).collect()
    }

    fn ressources(&self) -> BTreeMap<ZoneId, RessourcesDeZone> {
        let zone = |id: &ZoneId| {
            let zone = self.monde.zone(*id)?;
            let gisements = zone.gisements.iter().map(|(id, gisement)| (*id, gisement.into()));
            Some((*id, RessourcesDeZone { heure: zone.heure, gisements: gisements.collect() }))
        };
        self.zones.iter().filter_map(zone).collect()
    }
}
