//! `participants_combat`: one row per participant, folded from a batch.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use serde_json::json as value;
use uuid::Uuid;

use super::{failed, int, json, sequence};
use crate::combat::{
    CombatEvent, EffetActif, EtatParticipant, FinEffet, ObjetRestant, Participant, ParticipantId,
    Recharge, TypeEffet,
};

/// What a batch changes about participants, in the order of their ids.
#[derive(Default)]
pub(super) struct Sheets {
    rows: BTreeMap<Uuid, Row>,
    /// Combats that ended, and with which event.
    ended: BTreeMap<Uuid, i64>,
}

#[derive(Default)]
struct Row {
    combat_id: Uuid,
    /// Only for a participant whose combat starts in this batch.
    sheet: Option<Participant>,
    hp: Option<u32>,
    mp: Option<u32>,
    stamina: Option<u32>,
    position: Option<u32>,
    etat: Option<EtatParticipant>,
    effets: Option<Vec<EffetActif>>,
    restants: Option<Vec<ObjetRestant>>,
    recharges: Option<Vec<Recharge>>,
    peut_agir: Option<bool>,
    sequence: i64,
}

impl Row {
    fn of<'a>(
        rows: &'a mut BTreeMap<Uuid, Self>,
        recorded: &RecordedEvent,
        id: ParticipantId,
    ) -> &'a mut Self {
        let row = rows.entry(id.as_uuid()).or_default();
        row.combat_id = recorded.aggregate_id.as_uuid();
        row.sequence = sequence(recorded.position);
        row
    }

    fn set_effects(&mut self, effets: &[EffetActif], standing: bool) {
        let stunned = effets.iter().any(|it| it.type_effet == TypeEffet::Etourdissement);
        self.effets = Some(effets.to_vec());
        self.peut_agir = Some(standing && !stunned);
    }
}

impl Sheets {
    /// Takes an event in.
    pub(super) fn apply(
        &mut self,
        recorded: &RecordedEvent,
        event: &CombatEvent,
    ) -> Result<(), BoxError> {
        let combat_id = recorded.aggregate_id.as_uuid();
        match event {
            CombatEvent::CombatDemarre { participants, .. } => {
                for sheet in participants {
                    let row = Row {
                        combat_id,
                        sheet: Some(sheet.clone()),
                        sequence: sequence(recorded.position),
                        ..Row::default()
                    };
                    self.rows.insert(sheet.participant_id.as_uuid(), row);
                }
            }
            CombatEvent::TourDebute { participant_actif, recharges, effets_actifs, .. } => {
                let row = Row::of(&mut self.rows, recorded, *participant_actif);
                row.recharges = Some(recharges.clone());
                row.set_effects(effets_actifs, true);
            }
            CombatEvent::ActionExecutee {
                acteur,
                mp_apres,
                stamina_apres,
                position_apres,
                etat_apres,
                recharges,
                objets_restants,
                ..
            } => {
                let row = Row::of(&mut self.rows, recorded, *acteur);
                row.mp = Some(*mp_apres);
                row.stamina = Some(*stamina_apres);
                row.position = Some(*position_apres);
                row.etat = Some(*etat_apres);
                row.recharges = Some(recharges.clone());
                if let Some(objets) = objets_restants {
                    row.restants = Some(objets.clone());
                }
                if *etat_apres != EtatParticipant::Actif {
                    row.peut_agir = Some(false);
                }
            }
            CombatEvent::EffetStatutApplique { cible, effets_actifs, .. } => {
                Row::of(&mut self.rows, recorded, *cible).set_effects(effets_actifs, true);
            }
            CombatEvent::EffetStatutExpire { cible, effets_actifs, raison, .. } => {
                Row::of(&mut self.rows, recorded, *cible)
                    .set_effects(effets_actifs, *raison != FinEffet::HorsCombat);
            }
            CombatEvent::DegatsInfliges { cible, hp_apres, .. }
            | CombatEvent::SoinsRecus { cible, hp_apres, .. } => {
                Row::of(&mut self.rows, recorded, *cible).hp = Some(*hp_apres);
            }
            CombatEvent::ParticipantMort { participant, etat, .. } => {
                let row = Row::of(&mut self.rows, recorded, *participant);
                row.etat = Some(*etat);
                row.peut_agir = Some(false);
            }
            CombatEvent::TourTermine { .. } => {}
            CombatEvent::CombatTermine { .. } => {
                self.ended.insert(combat_id, sequence(recorded.position));
            }
        }
        Ok(())
    }

    /// Writes every change, with three statements at most.
    pub(super) async fn write(mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        let mut known_in_full = std::collections::BTreeSet::new();
        for row in self.rows.values_mut() {
            if let Some(&sequence) = self.ended.get(&row.combat_id) {
                row.effets = Some(Vec::new());
                row.peut_agir = Some(false);
                row.sequence = sequence;
            }
            if row.sheet.is_some() {
                known_in_full.insert(row.combat_id);
            }
        }
        // those that started in this batch have all their participants above
        self.ended.retain(|combat_id, _| !known_in_full.contains(combat_id));
        let (started, others): (Vec<_>, Vec<_>) =
            self.rows.into_iter().partition(|(_, row)| row.sheet.is_some());
        insert(started, tx).await?;
        update(others, tx).await?;
        end(self.ended, tx).await
    }
}

async fn insert(rows: Vec<(Uuid, Row)>, tx: &mut PgTx) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sheets: Vec<(Uuid, Row, Participant)> = rows
        .into_iter()
        .filter_map(|(id, mut row)| row.sheet.take().map(|sheet| (id, row, sheet)))
        .collect();
    macro_rules! column {
        (|$id:pat_param, $row:pat_param, $sheet:pat_param| $value:expr) => {
            sheets.iter().map(|($id, $row, $sheet)| $value).collect::<Vec<_>>()
        };
    }
    let texts = |text: fn(&Row, &Participant) -> Result<String, BoxError>| {
        sheets.iter().map(|(_, row, sheet)| text(row, sheet)).collect::<Result<Vec<_>, _>>()
    };
    let stats = texts(|_, sheet| Ok(json(&sheet.stats)?))?;
    let resistances = texts(|_, sheet| Ok(json(&sheet.resistances)?))?;
    let effets = texts(|row, _| Ok(json(row.effets.as_deref().unwrap_or_default())?))?;
    let equipement = texts(|row, sheet| {
        let whole = || {
            sheet
                .objets
                .iter()
                .map(|objet| ObjetRestant { item_id: objet.item_id, quantite: objet.quantite })
        };
        let restants = row.restants.clone().unwrap_or_else(|| whole().collect());
        Ok(json(&value!({ "objets": sheet.objets, "restants": restants }))?)
    })?;
    let competences = texts(|row, sheet| {
        let recharges = row.recharges.as_deref().unwrap_or_default();
        Ok(json(&value!({ "competences": sheet.competences, "recharges": recharges }))?)
    })?;
    sqlx::query(include_str!("sql/insert_participants.sql"))
        .bind(column!(|id, _, _| *id))
        .bind(column!(|_, row, _| row.combat_id))
        .bind(column!(|_, _, sheet| sheet.entite_id.as_uuid()))
        .bind(column!(|_, _, sheet| sheet.type_entite.as_str()))
        .bind(column!(|_, _, sheet| sheet.nom.as_str()))
        .bind(column!(|_, _, sheet| int(sheet.niveau)))
        .bind(column!(|_, _, sheet| sheet.initiative))
        .bind(column!(|_, row, sheet| int(row.position.unwrap_or(sheet.position))))
        .bind(column!(|_, row, _| row.etat.unwrap_or(EtatParticipant::Actif).as_str()))
        .bind(column!(|_, row, sheet| int(row.hp.unwrap_or(sheet.hp))))
        .bind(column!(|_, _, sheet| int(sheet.hp_max)))
        .bind(column!(|_, row, sheet| int(row.mp.unwrap_or(sheet.mp))))
        .bind(column!(|_, _, sheet| int(sheet.mp_max)))
        .bind(column!(|_, row, sheet| int(row.stamina.unwrap_or(sheet.stamina))))
        .bind(column!(|_, _, sheet| int(sheet.stamina_max)))
        .bind(stats)
        .bind(resistances)
        .bind(effets)
        .bind(equipement)
        .bind(competences)
        .bind(column!(|_, row, _| row.peut_agir.unwrap_or(true)))
        .bind(column!(|_, row, _| row.sequence))
        .bind(column!(|_, _, sheet| sheet.camp.as_str()))
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn update(rows: Vec<(Uuid, Row)>, tx: &mut PgTx) -> Result<(), BoxError> {
    if rows.is_empty() {
        return Ok(());
    }
    macro_rules! column {
        (|$id:pat_param, $row:pat_param| $value:expr) => {
            rows.iter().map(|($id, $row)| $value).collect::<Vec<_>>()
        };
    }
    let texts = |text: fn(&Row) -> Option<Result<String, BoxError>>| {
        rows.iter().map(|(_, row)| text(row).transpose()).collect::<Result<Vec<_>, _>>()
    };
    let effets = texts(|row| row.effets.as_ref().map(|it| Ok(json(it)?)))?;
    let restants = texts(|row| row.restants.as_ref().map(|it| Ok(json(it)?)))?;
    let recharges = texts(|row| row.recharges.as_ref().map(|it| Ok(json(it)?)))?;
    sqlx::query(include_str!("sql/update_participants.sql"))
        .bind(column!(|id, _| *id))
        .bind(column!(|_, row| row.combat_id))
        .bind(column!(|_, row| row.hp.map(int)))
        .bind(column!(|_, row| row.mp.map(int)))
        .bind(column!(|_, row| row.stamina.map(int)))
        .bind(column!(|_, row| row.position.map(int)))
        .bind(column!(|_, row| row.etat.map(EtatParticipant::as_str)))
        .bind(effets)
        .bind(restants)
        .bind(recharges)
        .bind(column!(|_, row| row.peut_agir))
        .bind(column!(|_, row| row.sequence))
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn end(ended: BTreeMap<Uuid, i64>, tx: &mut PgTx) -> Result<(), BoxError> {
    if ended.is_empty() {
        return Ok(());
    }
    let (combat_ids, sequences): (Vec<Uuid>, Vec<i64>) = ended.into_iter().unzip();
    sqlx::query(include_str!("sql/end_participants.sql"))
        .bind(combat_ids)
        .bind(sequences)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}
