//! What a batch changes about ratings.

use std::collections::BTreeMap;

use aether_core::uuid::Uuid;
use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;

use super::rows::{CombatCote, CoteArene};
use super::{Combattant, Duels, elo, est_cote};
use crate::combat::ParticipantId;
use crate::read_models::{failed, row, sequence};
use crate::values::{CombatId, JoueurId};

/// The rated combats of a batch: those that began, how those ended that did, and the ratings of who fought in them.
#[derive(Default)]
pub(super) struct Arene {
    departs: BTreeMap<CombatId, CombatCote>,
    fins: Vec<Fin>,
    cotes: BTreeMap<JoueurId, CoteArene>,
}

/// A combat ended.
struct Fin {
    combat_id: CombatId,
    vainqueurs: Vec<ParticipantId>,
    sequence: i64,
}

/// A combat that goes on, or not any more.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    depart: &'a CombatCote,
    fini: bool,
}

impl Arene {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<Duels>) {
        let combat_id = CombatId::from(recorded.aggregate_id);
        let sequence = sequence(recorded.position);
        match &recorded.event {
            Duels::CombatDemarre { type_combat, participants } if est_cote(*type_combat) => {
                let joueurs = participants.iter().filter_map(Combattant::duelliste).collect();
                let depart = CombatCote { combat_id, joueurs, last_event_sequence: sequence };
                self.departs.insert(combat_id, depart);
            }
            Duels::CombatDemarre { .. } => {}
            Duels::CombatTermine { vainqueurs } => {
                self.fins.push(Fin { combat_id, vainqueurs: vainqueurs.clone(), sequence });
            }
        }
    }

    /// Reads the combats that began in an earlier batch, and the ratings of all who fought in those that ended.
    pub(super) async fn read(&mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        let ended = self.fins.iter().map(|fin| fin.combat_id);
        let ended: Vec<Uuid> =
            ended.filter(|id| !self.departs.contains_key(id)).map(CombatId::as_uuid).collect();
        let departs: Vec<CombatCote> =
            rows(include_str!("sql/combats_cotes.sql"), ended, tx).await?;
        self.departs.extend(departs.into_iter().map(|depart| (depart.combat_id, depart)));
        let ended = self.fins.iter().filter_map(|fin| self.departs.get(&fin.combat_id));
        let joueurs =
            ended.flat_map(|depart| depart.joueurs.iter().map(|it| it.joueur_id.as_uuid()));
        let joueurs = joueurs.collect();
        let cotes: Vec<CoteArene> = rows(include_str!("sql/cotes_arene.sql"), joueurs, tx).await?;
        self.cotes.extend(cotes.into_iter().map(|cote| (cote.joueur_id, cote)));
        Ok(())
    }

    pub(super) async fn write(mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        let fins = std::mem::take(&mut self.fins);
        fins.iter().for_each(|fin| self.end(fin));
        let changed: Vec<_> = self.cotes.into_values().collect();
        row::write(&changed, include_str!("sql/merge_cotes_arene.sql"), tx).await?;
        let ended = |id| fins.iter().any(|fin| fin.combat_id == id);
        let departs = self.departs.values();
        let changed: Vec<_> =
            departs.map(|depart| Change { depart, fini: ended(depart.combat_id) }).collect();
        row::write(&changed, include_str!("sql/merge_combats_cotes.sql"), tx).await
    }

    fn end(&mut self, fin: &Fin) {
        let Some(depart) = self.departs.get(&fin.combat_id) else { return };
        let cotes = &self.cotes;
        let before = |joueur| cotes.get(&joueur).map_or(elo::DEPART, |row| row.cote);
        for (joueur, cote) in depart.resultat(&fin.vainqueurs, before) {
            let combats = self.cotes.get(&joueur.joueur_id).map_or(0, |row| row.combats);
            let row = CoteArene {
                joueur_id: joueur.joueur_id,
                nom: joueur.nom.clone(),
                cote,
                combats: combats + 1,
                dernier_combat_id: fin.combat_id,
                last_event_sequence: fin.sequence,
            };
            self.cotes.insert(joueur.joueur_id, row);
        }
    }
}

/// The rows with these keys.
async fn rows<R: DeserializeOwned + Send + Unpin + 'static>(
    sql: &'static str,
    keys: Vec<Uuid>,
    tx: &mut PgTx,
) -> Result<Vec<R>, BoxError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query_scalar::<_, Json<R>>(sql).bind(keys);
    let rows = query.fetch_all(&mut **tx).await.map_err(failed)?;
    Ok(rows.into_iter().map(|Json(row)| row).collect())
}
