//! `instances_combat`: one row per combat, folded from a batch.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{failed, int, json, sequence};
use crate::combat::{CombatEvent, EtatCombat, TypeCombat};

/// What a batch changes about combats, in the order of their ids: two transactions that write the
/// same rows take them in the same order.
#[derive(Default)]
pub(super) struct Instances(BTreeMap<Uuid, Instance>);

#[derive(Default)]
struct Instance {
    /// Only for a combat that starts in this batch.
    start: Option<Start>,
    etat: Option<EtatCombat>,
    tour_actuel: Option<i32>,
    participant_actif: Option<Uuid>,
    prochain_timeout: Option<DateTime<Utc>>,
    heure_fin: Option<DateTime<Utc>>,
    recompenses: Option<String>,
    sequence: i64,
}

struct Start {
    type_combat: TypeCombat,
    zone_id: Uuid,
    zone_nom: String,
    ordre_tour: String,
    heure_debut: DateTime<Utc>,
    duree_tour_ms: i32,
    conditions: String,
}

impl Instances {
    /// Takes an event in.
    pub(super) fn apply(
        &mut self,
        recorded: &RecordedEvent,
        event: &CombatEvent,
    ) -> Result<(), BoxError> {
        let changes = matches!(
            event,
            CombatEvent::CombatDemarre { .. }
                | CombatEvent::TourDebute { .. }
                | CombatEvent::CombatTermine { .. }
        );
        if !changes {
            return Ok(());
        }
        let row = self.0.entry(recorded.aggregate_id.as_uuid()).or_default();
        row.sequence = sequence(recorded.position);
        match event {
            CombatEvent::CombatDemarre {
                type_combat,
                zone_id,
                zone_nom,
                ordre_initiative,
                conditions,
                duree_tour_ms,
                recompenses,
                debute_a,
                ..
            } => {
                row.etat = Some(EtatCombat::EnCours);
                row.recompenses = Some(json(recompenses)?);
                row.start = Some(Start {
                    type_combat: *type_combat,
                    zone_id: zone_id.as_uuid(),
                    zone_nom: zone_nom.clone(),
                    ordre_tour: json(ordre_initiative)?,
                    heure_debut: *debute_a,
                    duree_tour_ms: int(*duree_tour_ms),
                    conditions: json(conditions)?,
                });
            }
            CombatEvent::TourDebute {
                numero_tour,
                participant_actif,
                duree_maximale,
                debute_a,
                ..
            } => {
                row.tour_actuel = Some(int(*numero_tour));
                row.participant_actif = Some(participant_actif.as_uuid());
                let duration = TimeDelta::milliseconds((*duree_maximale).into());
                row.prochain_timeout = debute_a.checked_add_signed(duration);
            }
            CombatEvent::CombatTermine { resultat, recompenses, termine_a, .. } => {
                row.etat = Some(resultat.etat_final());
                row.heure_fin = Some(*termine_a);
                row.participant_actif = None;
                row.prochain_timeout = None;
                row.recompenses = Some(json(recompenses)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes every change, with two statements at most.
    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let (started, others): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(_, row)| row.start.is_some());
        insert(started, include_str!("sql/upsert_instances.sql"), tx).await?;
        update(others, tx).await
    }

    /// Inserts the combats that start in this batch and are not there yet; changes nothing else.
    pub(super) async fn ensure(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let started = self.0.into_iter().filter(|(_, row)| row.start.is_some()).collect();
        insert(started, include_str!("sql/ensure_instances.sql"), tx).await
    }
}

#[derive(Default)]
struct Columns {
    combat_id: Vec<Uuid>,
    etat: Vec<Option<&'static str>>,
    type_combat: Vec<&'static str>,
    zone_id: Vec<Uuid>,
    zone_nom: Vec<String>,
    tour_actuel: Vec<Option<i32>>,
    ordre_tour: Vec<String>,
    participant_actif: Vec<Option<Uuid>>,
    heure_debut: Vec<DateTime<Utc>>,
    heure_fin: Vec<Option<DateTime<Utc>>>,
    duree_tour_ms: Vec<i32>,
    prochain_timeout: Vec<Option<DateTime<Utc>>>,
    conditions: Vec<String>,
    recompenses: Vec<Option<String>>,
    sequence: Vec<i64>,
}

impl Columns {
    fn of(rows: Vec<(Uuid, Instance)>) -> Self {
        let mut columns = Self::default();
        for (combat_id, row) in rows {
            columns.combat_id.push(combat_id);
            columns.etat.push(row.etat.map(EtatCombat::as_str));
            columns.participant_actif.push(row.participant_actif);
            columns.heure_fin.push(row.heure_fin);
            columns.prochain_timeout.push(row.prochain_timeout);
            columns.recompenses.push(row.recompenses);
            columns.sequence.push(row.sequence);
            let Some(start) = row.start else {
                columns.tour_actuel.push(row.tour_actuel);
                continue;
            };
            columns.tour_actuel.push(Some(row.tour_actuel.unwrap_or(0)));
            columns.type_combat.push(start.type_combat.as_str());
            columns.zone_id.push(start.zone_id);
            columns.zone_nom.push(start.zone_nom);
            columns.ordre_tour.push(start.ordre_tour);
            columns.heure_debut.push(start.heure_debut);
            columns.duree_tour_ms.push(start.duree_tour_ms);
            columns.conditions.push(start.conditions);
        }
        columns
    }
}

async fn insert(
    rows: Vec<(Uuid, Instance)>,
    sql: &'static str,
    tx: &mut PgTx,
) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(rows);
    sqlx::query(sql)
        .bind(columns.combat_id)
        .bind(columns.etat)
        .bind(columns.type_combat)
        .bind(columns.zone_id)
        .bind(columns.zone_nom)
        .bind(columns.tour_actuel)
        .bind(columns.ordre_tour)
        .bind(columns.participant_actif)
        .bind(columns.heure_debut)
        .bind(columns.heure_fin)
        .bind(columns.duree_tour_ms)
        .bind(columns.prochain_timeout)
        .bind(columns.conditions)
        .bind(columns.recompenses)
        .bind(columns.sequence)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn update(rows: Vec<(Uuid, Instance)>, tx: &mut PgTx) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(rows);
    sqlx::query(include_str!("sql/update_instances.sql"))
        .bind(columns.combat_id)
        .bind(columns.etat)
        .bind(columns.tour_actuel)
        .bind(columns.participant_actif)
        .bind(columns.prochain_timeout)
        .bind(columns.heure_fin)
        .bind(columns.recompenses)
        .bind(columns.sequence)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}
