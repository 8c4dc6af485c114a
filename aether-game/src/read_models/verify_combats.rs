//! The proof: the read models against a fold of the events they were made from.
//!
//! The fold is that of the aggregate, which shares no code with the projections.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use aether_core::backend::EventStore;
use aether_core::log::Read;
use aether_core::{Aggregate as _, Filter, Position, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::{EffetStatut, InstanceCombat, ParticipantCombat};
use crate::combat::{Combat, CombatEvent, Recompenses, Vue};

/// How many combats are compared at a time.
const CHUNK: usize = 500;
/// How many differences a report lists in full; further ones are only counted.
const LISTED: usize = 100;

/// What the read models have to say, folded from events.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    combats: BTreeMap<Uuid, Folded>,
    events: u64,
    position: Position,
}

#[derive(Debug, Clone, Default)]
struct Folded {
    combat: Combat,
    /// When it ended and what was won.
    fin: Option<(DateTime<Utc>, Recompenses)>,
    events: i64,
    actions: i64,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CombatsReport {
    /// How many combats were compared.
    pub combats: usize,
    /// How many events they were folded from.
    pub events: u64,
    /// Up to where.
    pub position: Position,
    /// The first hundred differences.
    pub differences: Vec<CombatDifference>,
    /// How many differences there are.
    pub difference_count: usize,
}

/// A place where a read model says something else than the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CombatDifference {
    /// The combat.
    pub combat_id: Uuid,
    /// The table.
    pub table: &'static str,
    /// The row, when it is not the combat's own.
    pub row: Option<Uuid>,
    /// What differs.
    pub what: &'static str,
    /// What the events say.
    pub expected: String,
    /// What the read model says.
    pub found: String,
}

impl CombatsReport {
    /// Whether the read models say exactly what the events say.
    #[must_use]
    pub const fn is_equal(&self) -> bool {
        self.difference_count == 0
    }

    fn compare<T: PartialEq + fmt::Debug>(
        &mut self,
        (combat_id, table, row): (Uuid, &'static str, Option<Uuid>),
        what: &'static str,
        expected: &T,
        found: &T,
    ) {
        if expected == found {
            return;
        }
        self.difference_count += 1;
        if self.differences.len() < LISTED {
            let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
            let difference = CombatDifference { combat_id, table, row, what, expected, found };
            self.differences.push(difference);
        }
    }
}

impl fmt::Display for CombatsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { combats, events, difference_count, .. } = self;
        write!(f, "{combats} combats from {events} events: {difference_count} differences")
    }
}

impl fmt::Display for CombatDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { combat_id, table, row, what, expected, found } = self;
        write!(f, "combat {combat_id}, {table}")?;
        if let Some(row) = row {
            write!(f, " {row}")?;
        }
        write!(f, ": {what} is {found}, the events say {expected}")
    }
}

/// Reads all combats from a store and compares the read models with them, when both are at rest:
/// events that the projections have not seen yet show up as differences.
///
/// Reads the whole log once, keeps the folded combats (a few kilobytes each) in memory, and asks three
/// queries for each 500 combats.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A
/// difference is no error.
pub async fn verify_combats(pool: &PgPool, store: &dyn EventStore) -> Result<CombatsReport, Error> {
    let mut expected = Expected::default();
    let mut read = Read::all().limit(5000).filter(Filter::all().aggregate_types([Combat::TYPE]));
    loop {
        let page = store.read(read.clone()).await?;
        for event in &page.events {
            expected.apply(event)?;
        }
        if page.caught_up {
            return expected.compare(pool).await;
        }
        read = read.after(page.position);
    }
}

impl Expected {
    /// Folds an event in, in the order of the log. Events of other aggregates are passed over.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](aether_core::Error::Undecodable).
    pub fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        if &*recorded.aggregate_type != Combat::TYPE {
            return Ok(());
        }
        let event: CombatEvent = recorded.decode()?;
        let folded = self.combats.entry(recorded.aggregate_id.as_uuid()).or_default();
        folded.events += 1;
        folded.actions += i64::from(matches!(event, CombatEvent::ActionExecutee { .. }));
        folded.combat.apply(&event);
        if let CombatEvent::CombatTermine { termine_a, recompenses, .. } = event {
            folded.fin = Some((termine_a, recompenses));
        }
        self.events += 1;
        self.position = recorded.position;
        Ok(())
    }

    /// Compares the read models with what was folded.
    ///
    /// # Errors
    ///
    /// What the database says. A difference is no error.
    pub async fn compare(&self, pool: &PgPool) -> Result<CombatsReport, Error> {
        let mut report = CombatsReport {
            combats: self.combats.len(),
            events: self.events,
            position: self.position,
            ..CombatsReport::default()
        };
        let (stored,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM instances_combat").fetch_one(pool).await?;
        let of_all = (Uuid::nil(), "instances_combat", None);
        report.compare(of_all, "number of rows", &(self.combats.len() as i64), &stored);
        let combats: Vec<(&Uuid, &Folded)> = self.combats.iter().collect();
        for chunk in combats.chunks(CHUNK) {
            let stored = Stored::of(pool, chunk.iter().map(|(id, _)| **id).collect()).await?;
            for (id, folded) in chunk {
                stored.compare(**id, folded, &mut report);
            }
        }
        Ok(report)
    }
}

/// The rows of some combats.
struct Stored {
    instances: HashMap<Uuid, InstanceCombat>,
    participants: HashMap<Uuid, ParticipantCombat>,
    effects: HashMap<Uuid, Vec<EffetStatut>>,
    logs: HashMap<Uuid, (i64, i64)>,
}

impl Stored {
    async fn of(pool: &PgPool, ids: Vec<Uuid>) -> Result<Self, Error> {
        let instances: Vec<InstanceCombat> =
            sqlx::query_as("SELECT * FROM instances_combat WHERE combat_id = ANY($1)")
                .bind(&ids)
                .fetch_all(pool)
                .await?;
        let participants: Vec<ParticipantCombat> =
            sqlx::query_as("SELECT * FROM participants_combat WHERE combat_id = ANY($1)")
                .bind(&ids)
                .fetch_all(pool)
                .await?;
        let all: Vec<EffetStatut> =
            sqlx::query_as("SELECT * FROM effets_statut WHERE combat_id = ANY($1)")
                .bind(&ids)
                .fetch_all(pool)
                .await?;
        let logs: Vec<(Uuid, i64, i64)> =
            sqlx::query_as(include_str!("sql/count_logs.sql")).bind(&ids).fetch_all(pool).await?;
        let mut effects: HashMap<Uuid, Vec<EffetStatut>> = HashMap::new();
        for effect in all {
            effects.entry(effect.participant_id.as_uuid()).or_default().push(effect);
        }
        Ok(Self {
            instances: instances.into_iter().map(|it| (it.combat_id.as_uuid(), it)).collect(),
            participants: participants
                .into_iter()
                .map(|it| (it.participant_id.as_uuid(), it))
                .collect(),
            effects,
            logs: logs.into_iter().map(|(id, events, actions)| (id, (events, actions))).collect(),
        })
    }

    fn compare(&self, id: Uuid, folded: &Folded, report: &mut CombatsReport) {
        let Folded { combat, fin, events, actions } = folded;
        let (stored_events, stored_actions) = self.logs.get(&id).copied().unwrap_or_default();
        report.compare((id, "historique_combat", None), "rows", events, &stored_events);
        report.compare((id, "actions_combat", None), "rows", actions, &stored_actions);
        self.compare_instance(id, combat, fin.as_ref(), report);
        for vue in combat.participants() {
            let row = vue.id().as_uuid();
            match self.participants.get(&row) {
                Some(found) if found.combat_id.as_uuid() == id => {
                    let at = (id, "participants_combat", Some(row));
                    compare_participant(at, vue, found, report);
                    let peut_agir = fin.is_none() && vue.peut_agir();
                    report.compare(at, "peut_agir", &peut_agir, &found.peut_agir);
                }
                _ => {
                    let at = (id, "participants_combat", Some(row));
                    report.compare(at, "row", &"there", &"missing");
                }
            }
            let effects = self.effects.get(&row).map_or(&[][..], Vec::as_slice);
            compare_effects((id, "effets_statut", Some(row)), vue, effects, report);
        }
    }

    fn compare_instance(
        &self,
        id: Uuid,
        combat: &Combat,
        fin: Option<&(DateTime<Utc>, Recompenses)>,
        report: &mut CombatsReport,
    ) {
        let at = (id, "instances_combat", None);
        let (Some(found), Some(depart)) = (self.instances.get(&id), combat.depart()) else {
            return report.compare(at, "row", &"there", &"missing");
        };
        report.compare(at, "etat", &combat.etat(), &found.etat);
        report.compare(at, "type_combat", &depart.type_combat, &found.type_combat);
        report.compare(at, "zone_id", &depart.zone_id, &found.zone_id);
        report.compare(at, "zone_nom", &depart.zone_nom, &found.zone_nom);
        report.compare(at, "tour_actuel", &combat.numero_tour(), &found.tour_actuel);
        report.compare(at, "ordre_tour", &combat.ordre_tour().collect(), &found.ordre_tour);
        let actif = combat.participant_actif();
        report.compare(at, "participant_actif_id", &actif, &found.participant_actif_id);
        report.compare(at, "heure_debut", &micros(depart.debute_a), &micros(found.heure_debut));
        let ended = fin.map(|(time, _)| micros(*time));
        report.compare(at, "heure_fin", &ended, &found.heure_fin.map(micros));
        report.compare(at, "duree_tour_ms", &depart.duree_tour_ms, &found.duree_tour_ms);
        let (timeout, stored) = (combat.echeance_tour(), found.prochain_timeout);
        report.compare(at, "prochain_timeout", &timeout.map(micros), &stored.map(micros));
        report.compare(at, "conditions_victoire", &depart.conditions, &found.conditions);
        let recompenses = fin.map_or(&depart.recompenses, |(_, won)| won);
        report.compare(at, "recompenses", recompenses, &found.recompenses);
    }
}

fn compare_participant(
    at: (Uuid, &'static str, Option<Uuid>),
    vue: Vue<'_>,
    found: &ParticipantCombat,
    report: &mut CombatsReport,
) {
    let Vue { fiche, combattant } = vue;
    report.compare(at, "entite_id", &fiche.entite_id, &found.entite_id);
    report.compare(at, "type_entite", &fiche.type_entite, &found.type_entite);
    report.compare(at, "camp", &fiche.camp, &found.camp);
    report.compare(at, "nom", &fiche.nom, &found.nom);
    report.compare(at, "niveau", &fiche.niveau, &found.niveau);
    report.compare(at, "initiative", &fiche.initiative, &found.initiative);
    report.compare(at, "position", &combattant.position, &found.position);
    report.compare(at, "etat", &combattant.etat, &found.etat);
    report.compare(at, "hp_actuel", &combattant.hp, &found.hp_actuel);
    report.compare(at, "hp_max", &fiche.hp_max, &found.hp_max);
    report.compare(at, "mp_actuel", &combattant.mp, &found.mp_actuel);
    report.compare(at, "mp_max", &fiche.mp_max, &found.mp_max);
    report.compare(at, "stamina_actuel", &combattant.stamina, &found.stamina_actuel);
    report.compare(at, "stamina_max", &fiche.stamina_max, &found.stamina_max);
    report.compare(at, "stats_combat", &fiche.stats, &found.stats);
    report.compare(at, "resistances", &fiche.resistances, &found.resistances);
    report.compare(at, "effets_actifs", &combattant.effets, &found.effets_actifs);
    report.compare(at, "equipement.objets", &fiche.objets, &found.objets);
    let restants = found.objets_restants.iter().map(|it| it.quantite).collect();
    report.compare(at, "equipement.restants", &combattant.objets, &restants);
    report.compare(at, "competences", &fiche.competences, &found.competences);
    report.compare(at, "recharges", &combattant.recharges, &found.recharges);
}

fn compare_effects(
    at: (Uuid, &'static str, Option<Uuid>),
    vue: Vue<'_>,
    found: &[EffetStatut],
    report: &mut CombatsReport,
) {
    let expected = vue.combattant.effets.iter().map(|it| {
        let left = u32::from(it.duree_tours_restants);
        (it.effet_id, it.type_effet, it.puissance, left, u32::from(it.stacks), it.modificateurs())
    });
    let found = found.iter().map(|it| {
        let left = it.duree_tours_restants;
        (it.effet_id, it.type_effet, it.puissance, left, it.stacks, it.modificateurs)
    });
    let (mut expected, mut found): (Vec<_>, Vec<_>) = (expected.collect(), found.collect());
    expected.sort_by_key(|it| it.0);
    found.sort_by_key(|it| it.0);
    report.compare(at, "effects", &expected, &found);
}

/// As PostgreSQL keeps it.
fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}
