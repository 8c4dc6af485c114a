//! What a batch changes about the world: one change of its row.

mod correction;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::correction::Correction;
use super::rows::{
    BossPresent, BossVaincu, Classement, EvenementActif, Ressource, RessourcesDeZone,
    ZoneDecouverte,
};
use crate::monde::{MondeEvent, Saison};
use crate::read_models::{row, sequence};
use crate::values::{MondeId, RessourceId, ZoneId};

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
pub(super) struct Change {
    monde_id: Option<MondeId>,
    cycle_jour_nuit: Option<u8>,
    saison: Option<Saison>,
    jour_saison: Option<u8>,
    heure_absolue: Option<i64>,
    derniere_mise_a_jour_cycle: Option<DateTime<Utc>>,
    evenements_actifs: Option<Correction>,
    boss_vaincus: Option<Correction>,
    boss_presents: Option<Correction>,
    zones_decouvertes: Option<Correction>,
    ressources_mondiales: Option<Correction>,
    facteurs_economiques: Option<Correction>,
    classements: Option<Correction>,
    last_event_sequence: i64,
}

/// The correction of a column, in the making.
fn of(column: &mut Option<Correction>) -> &mut Correction {
    column.get_or_insert_default()
}

impl Change {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<MondeEvent>) -> Result<(), BoxError> {
        self.monde_id = Some(MondeId::new(recorded.aggregate_id.as_uuid()));
        self.last_event_sequence = sequence(recorded.position);
        match &recorded.event {
            MondeEvent::CycleJourNuitChange { apres, change_a, .. } => {
                self.cycle_jour_nuit = Some(apres.heure);
                self.saison = Some(apres.saison);
                self.jour_saison = Some(apres.jour_saison);
                self.heure_absolue = Some(apres.heure_absolue);
                self.derniere_mise_a_jour_cycle = Some(*change_a);
            }
            MondeEvent::BossApparu { .. } | MondeEvent::BossVaincu { .. } => {
                self.boss(&recorded.event)?;
            }
            MondeEvent::EvenementMondialDeclenche(_)
            | MondeEvent::EvenementMondialProgresse { .. }
            | MondeEvent::EvenementMondialTermine { .. } => self.evenement(&recorded.event)?,
            MondeEvent::RessourcesDeclarees { .. }
            | MondeEvent::RessourcesRecoltees { .. }
            | MondeEvent::RessourceRegeneree { .. } => self.ressources(&recorded.event)?,
            MondeEvent::ZoneDecouverte { zone_id, nom, joueur_id, decouverte_a } => {
                let (nom, joueur_id, decouverte_a) = (nom.clone(), *joueur_id, *decouverte_a);
                let zone = ZoneDecouverte { nom, joueur_id, decouverte_a };
                of(&mut self.zones_decouvertes).set(zone_id, &zone)?;
            }
            MondeEvent::FacteurEconomiqueModifie { facteur, apres, .. } => {
                of(&mut self.facteurs_economiques).set(facteur, apres)?;
            }
            MondeEvent::ClassementPublie { classement, lignes, publie_a } => {
                let publie = Classement { lignes: lignes.clone(), publie_a: *publie_a };
                of(&mut self.classements).set(classement, &publie)?;
            }
        }
        Ok(())
    }

    fn boss(&mut self, event: &MondeEvent) -> Result<(), BoxError> {
        match event {
            MondeEvent::BossApparu { boss_id, nom, zone_id, apparition, apparu_a, .. } => {
                let present = BossPresent {
                    nom: nom.clone(),
                    zone_id: *zone_id,
                    apparition: *apparition,
                    apparu_a: *apparu_a,
                };
                of(&mut self.boss_presents).set(boss_id, &present)
            }
            MondeEvent::BossVaincu {
                boss_id,
                nom,
                zone_id,
                apparition,
                combat_id,
                vaincu_a,
                reapparait_a,
                ..
            } => {
                let vaincu = BossVaincu {
                    nom: nom.clone(),
                    zone_id: *zone_id,
                    apparition: *apparition,
                    combat_id: *combat_id,
                    vaincu_a: *vaincu_a,
                    reapparait_a: *reapparait_a,
                };
                of(&mut self.boss_presents).remove(boss_id);
                of(&mut self.boss_vaincus).set(boss_id, &vaincu)
            }
            _ => Ok(()),
        }
    }

    fn evenement(&mut self, event: &MondeEvent) -> Result<(), BoxError> {
        let evenements = of(&mut self.evenements_actifs);
        match event {
            MondeEvent::EvenementMondialDeclenche(depart) => {
                let actif = EvenementActif { depart: depart.clone(), progres: 0 };
                evenements.set(&depart.evenement_id, &actif)?;
            }
            MondeEvent::EvenementMondialProgresse { evenement_id, apres, .. } => {
                evenements.amend(evenement_id, json!({ "progres": apres }));
            }
            MondeEvent::EvenementMondialTermine { evenement_id, .. } => {
                evenements.remove(evenement_id);
            }
            _ => {}
        }
        Ok(())
    }

    fn ressources(&mut self, event: &MondeEvent) -> Result<(), BoxError> {
        match event {
            MondeEvent::RessourcesDeclarees { zone_id, gisements, heure, .. } => {
                let gisements = gisements.iter().map(|it| (it.ressource_id, Ressource::from(it)));
                let zone = RessourcesDeZone { heure: *heure, gisements: gisements.collect() };
                of(&mut self.ressources_mondiales).set(zone_id, &zone)?;
            }
            MondeEvent::RessourcesRecoltees { zone_id, recoltes, heure, .. } => {
                let restes = recoltes.iter().map(|it| (it.ressource_id, it.apres));
                self.quantites(zone_id, *heure, restes);
            }
            MondeEvent::RessourceRegeneree { zone_id, ressources, heure } => {
                let crues = ressources.iter().map(|it| (it.ressource_id, it.apres));
                self.quantites(zone_id, *heure, crues);
            }
            _ => {}
        }
        Ok(())
    }

    fn quantites(
        &mut self,
        zone_id: &ZoneId,
        heure: i64,
        quantites: impl Iterator<Item = (RessourceId, u32)>,
    ) {
        let gisement =
            |(id, quantite): (RessourceId, u32)| (id.to_string(), json!({ "quantite": quantite }));
        let gisements: Map<String, Value> = quantites.map(gisement).collect();
        let zone = json!({ "heure": heure, "gisements": gisements });
        of(&mut self.ressources_mondiales).amend(zone_id, zone);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changed = self.monde_id.is_some().then_some(self);
        row::write(changed.as_slice(), include_str!("sql/merge_etat_monde.sql"), tx).await
    }
}
