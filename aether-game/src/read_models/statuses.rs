//! `effets_statut`: one row per effect at work, folded from a batch.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{failed, int, json, sequence};
use crate::combat::{CombatEvent, SourceEffet, TypeEffet};

/// What a batch changes about effects, in the order of their ids.
#[derive(Default)]
pub(super) struct Statuses {
    laid_on: BTreeMap<Uuid, Row>,
    /// Turns left and the event that said so, of effects laid on in earlier batches.
    ticked: BTreeMap<Uuid, (i32, i64)>,
    over: BTreeSet<Uuid>,
    /// Combats that ended: none of their effects is left.
    ended: BTreeSet<Uuid>,
}

struct Row {
    participant_id: Uuid,
    combat_id: Uuid,
    type_effet: TypeEffet,
    source_type: SourceEffet,
    source_id: Uuid,
    puissance: i32,
    duree: i32,
    stacks: i32,
    modificateurs: String,
    est_debuff: bool,
    peut_etre_dissipe: bool,
    applique_a: DateTime<Utc>,
    event_sequence: i64,
    last_sequence: i64,
}

impl Statuses {
    /// Takes an event in.
    pub(super) fn apply(
        &mut self,
        recorded: &RecordedEvent,
        event: &CombatEvent,
    ) -> Result<(), BoxError> {
        let combat_id = recorded.aggregate_id.as_uuid();
        let sequence = sequence(recorded.position);
        match event {
            CombatEvent::EffetStatutApplique {
                effet_id,
                cible,
                type_effet,
                puissance,
                duree_tours,
                stacks,
                est_debuff,
                peut_etre_dissipe,
                source_type,
                source_id,
                modificateurs,
                ..
            } => {
                self.ticked.remove(&effet_id.as_uuid());
                let row = Row {
                    participant_id: cible.as_uuid(),
                    combat_id,
                    type_effet: *type_effet,
                    source_type: *source_type,
                    source_id: *source_id,
                    puissance: int(*puissance),
                    duree: i32::from(*duree_tours),
                    stacks: i32::from(*stacks),
                    modificateurs: json(modificateurs)?,
                    est_debuff: *est_debuff,
                    peut_etre_dissipe: *peut_etre_dissipe,
                    applique_a: recorded.timestamp,
                    event_sequence: sequence,
                    last_sequence: sequence,
                };
                self.laid_on.insert(effet_id.as_uuid(), row);
            }
            CombatEvent::TourDebute { effets_actifs, .. } => {
                for effet in effets_actifs {
                    let left = i32::from(effet.duree_tours_restants);
                    match self.laid_on.get_mut(&effet.effet_id.as_uuid()) {
                        Some(row) => (row.duree, row.last_sequence) = (left, sequence),
                        None => {
                            self.ticked.insert(effet.effet_id.as_uuid(), (left, sequence));
                        }
                    }
                }
            }
            CombatEvent::EffetStatutExpire { effet_id, .. } => {
                let effet_id = effet_id.as_uuid();
                self.laid_on.remove(&effet_id);
                self.ticked.remove(&effet_id);
                self.over.insert(effet_id);
            }
            CombatEvent::CombatTermine { .. } => {
                self.ended.insert(combat_id);
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes every change, with three statements at most.
    pub(super) async fn write(mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        self.laid_on.retain(|_, row| !self.ended.contains(&row.combat_id));
        delete(self.over, self.ended, tx).await?;
        upsert(self.laid_on, tx).await?;
        tick(self.ticked, tx).await
    }
}

async fn upsert(rows: BTreeMap<Uuid, Row>, tx: &mut PgTx) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    macro_rules! column {
        (|$row:pat_param| $value:expr) => {
            rows.values().map(|$row| $value).collect::<Vec<_>>()
        };
    }
    sqlx::query(include_str!("sql/upsert_effects.sql"))
        .bind(rows.keys().copied().collect::<Vec<_>>())
        .bind(column!(|row| row.participant_id))
        .bind(column!(|row| row.combat_id))
        .bind(column!(|row| row.type_effet.as_str()))
        .bind(column!(|row| row.source_type.as_str()))
        .bind(column!(|row| row.source_id))
        .bind(column!(|row| row.puissance))
        .bind(column!(|row| row.duree))
        .bind(column!(|row| row.stacks))
        .bind(column!(|row| row.modificateurs.as_str()))
        .bind(column!(|row| row.est_debuff))
        .bind(column!(|row| row.peut_etre_dissipe))
        .bind(column!(|row| row.applique_a))
        .bind(column!(|row| row.event_sequence))
        .bind(column!(|row| row.last_sequence))
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn tick(rows: BTreeMap<Uuid, (i32, i64)>, tx: &mut PgTx) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("sql/tick_effects.sql"))
        .bind(rows.keys().copied().collect::<Vec<_>>())
        .bind(rows.values().map(|(left, _)| *left).collect::<Vec<_>>())
        .bind(rows.values().map(|(_, sequence)| *sequence).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn delete(
    over: BTreeSet<Uuid>,
    ended: BTreeSet<Uuid>,
    tx: &mut PgTx,
) -> Result<(), BoxError> {
    if over.is_empty() && ended.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("sql/delete_effects.sql"))
        .bind(Vec::from_iter(over))
        .bind(Vec::from_iter(ended))
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}
