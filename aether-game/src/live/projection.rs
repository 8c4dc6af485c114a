//! Combat events into Redis.

use std::collections::HashMap;

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded, RecordedEvent};
use aether_redis::{GuardedWrite, Key, RedisTx};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::combat::{
    Combat, CombatEvent, CombatId, EffetActif, EtatCombat, EtatParticipant, FinEffet, Participant,
    ParticipantId, TypeEffet, ZoneId,
};

use super::keys::{CombatKeys, ZoneKeys};
use super::state::LiveAction;
use super::{COMBAT_LIFETIME, RECENT_ACTIONS, ZONE_LIFETIME};

/// Keeps the live state of every combat in Redis, one guarded write per event.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveCombatProjection;

impl LiveCombatProjection {
    /// What its checkpoint is kept under.
    pub const NAME: &'static str = "live_combat";
}

/// What the end of a combat has to know about its start.
#[derive(Debug, Clone)]
struct Start {
    zone: ZoneId,
    participants: Vec<ParticipantId>,
}

impl Projection<RedisTx> for LiveCombatProjection {
    type Events = CombatEvent;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// The kinds of entities.
    fn tables(&self) -> &'static [&'static str] {
        &["combat", "zone"]
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    async fn project(
        &self,
        events: &[Recorded<CombatEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        let mut started: HashMap<CombatId, Start> = HashMap::new();
        for recorded in events {
            let id = CombatId::from(recorded.aggregate_id);
            let combat = Step { id, keys: CombatKeys::new(tx.keys(), id), recorded };
            match &recorded.event {
                CombatEvent::CombatDemarre { zone_id, participants, .. } => {
                    tx.write(combat.started(*zone_id, participants));
                    let member = combat.membership(&ZoneKeys::new(tx.keys(), *zone_id), true);
                    tx.write(member);
                    let participants = participants.iter().map(|it| it.participant_id).collect();
                    started.insert(id, Start { zone: *zone_id, participants });
                }
                CombatEvent::CombatTermine { resultat, .. } => {
                    let start = match started.remove(&id) {
                        Some(start) => Some(start),
                        None => stored_start(tx, &combat.keys).await?,
                    };
                    // gone from Redis: nothing to end
                    let Some(start) = start else { continue };
                    tx.write(combat.ended(resultat.etat_final(), &start));
                    let member = combat.membership(&ZoneKeys::new(tx.keys(), start.zone), false);
                    tx.write(member);
                }
                event => tx.write(combat.went_on(event)?),
            }
        }
        Ok(())
    }
}

/// The start of a combat that an earlier batch put into Redis.
async fn stored_start(tx: &RedisTx, keys: &CombatKeys) -> Result<Option<Start>, BoxError> {
    let (state, order) = (keys.state(), keys.turn_order());
    let most = Combat::PARTICIPANTS_MAX as u32;
    let state = tx.client().hash(&state).await.map_err(aether_core::Error::from)?;
    let order = tx.client().sorted_set(&order, most).await.map_err(aether_core::Error::from)?;
    let Some(zone) = state.get("zone_id") else {
        return Ok(None);
    };
    let participants = order.iter().map(|(id, _)| Ok(id.parse::<uuid::Uuid>()?.into()));
    Ok(Some(Start {
        zone: zone.parse::<uuid::Uuid>()?.into(),
        participants: participants.collect::<Result<_, uuid::Error>>()?,
    }))
}

/// One event on its way into Redis.
struct Step<'a> {
    id: CombatId,
    keys: CombatKeys,
    recorded: &'a RecordedEvent,
}

impl Step<'_> {
    fn started(&self, zone: ZoneId, participants: &[Participant]) -> GuardedWrite {
        let state = [
            ("combat_id", self.id.to_string()),
            ("etat", EtatCombat::EnCours.to_string()),
            ("tour_actuel", "0".to_owned()),
            ("participant_actif_id", String::new()),
            ("prochain_timeout", String::new()),
            ("zone_id", zone.to_string()),
        ];
        let order =
            participants.iter().map(|it| (it.participant_id.to_string(), f64::from(it.initiative)));
        let write = GuardedWrite::create(self.keys.entity(), self.recorded)
            .lifetime(COMBAT_LIFETIME)
            .hash(self.keys.state(), state)
            .sorted_set_add(self.keys.turn_order(), order);
        participants.iter().fold(write, |write, it| {
            let fields = [
                ("participant_id", it.participant_id.to_string()),
                ("nom", it.nom.clone()),
                ("hp_actuel", it.hp.to_string()),
                ("hp_max", it.hp_max.to_string()),
                ("mp_actuel", it.mp.to_string()),
                ("mp_max", it.mp_max.to_string()),
                ("etat", EtatParticipant::Actif.to_string()),
                ("peut_agir", flag(true)),
            ];
            write.hash(self.participant(it.participant_id), fields)
        })
    }

    fn went_on(&self, event: &CombatEvent) -> Result<GuardedWrite, BoxError> {
        let write =
            GuardedWrite::update(self.keys.entity(), self.recorded).lifetime(COMBAT_LIFETIME);
        Ok(match event {
            CombatEvent::TourDebute {
                numero_tour,
                participant_actif,
                duree_maximale,
                debute_a,
                effets_actifs,
                ..
            } => {
                let until = *debute_a + TimeDelta::milliseconds((*duree_maximale).into());
                let state = [
                    ("tour_actuel", numero_tour.to_string()),
                    ("participant_actif_id", participant_actif.to_string()),
                    ("prochain_timeout", time(until)),
                ];
                let write = write.hash(self.keys.state(), state);
                self.effects(write, effets_actifs)
            }
            CombatEvent::ActionExecutee { acteur, mp_apres, etat_apres, .. } => {
                let fields =
                    [("mp_actuel", mp_apres.to_string()), ("etat", etat_apres.to_string())];
                let write = write.hash(self.participant(*acteur), fields);
                let write = match etat_apres {
                    EtatParticipant::Actif => write,
                    _ => write.hash(self.participant(*acteur), [("peut_agir", flag(false))]),
                };
                let action = serde_json::to_string(&LiveAction::of(event, self.recorded))?;
                write.list_push(self.keys.recent_actions(), action, RECENT_ACTIONS)
            }
            CombatEvent::EffetStatutApplique {
                effet_id, cible, type_effet, effets_actifs, ..
            } => {
                let member = format!("effect:{type_effet}:{effet_id}");
                let write = write
                    .set_add(self.keys.effects(*cible), [member])
                    .hash(self.participant(*cible), [("peut_agir", can_act(effets_actifs))]);
                self.effects(write, effets_actifs)
            }
            CombatEvent::EffetStatutExpire {
                effet_id,
                cible,
                type_effet,
                raison,
                effets_actifs,
                ..
            } => {
                let member = format!("effect:{type_effet}:{effet_id}");
                let write = write
                    .set_remove(self.keys.effects(*cible), [member])
                    .delete(self.keys.effect(*effet_id));
                match raison {
                    // who is out of the fight cannot act, stunned or not
                    FinEffet::HorsCombat => write,
                    _ => write
                        .hash(self.participant(*cible), [("peut_agir", can_act(effets_actifs))]),
                }
            }
            CombatEvent::DegatsInfliges { cible, hp_apres, .. }
            | CombatEvent::SoinsRecus { cible, hp_apres, .. } => {
                write.hash(self.participant(*cible), [("hp_actuel", hp_apres.to_string())])
            }
            CombatEvent::ParticipantMort { participant, etat, .. } => {
                let fields = [("etat", etat.to_string()), ("peut_agir", flag(false))];
                write.hash(self.participant(*participant), fields)
            }
            CombatEvent::TourTermine { .. } => write.hash(self.keys.state(), nobodys_turn()),
            // handled by the caller
            CombatEvent::CombatDemarre { .. } | CombatEvent::CombatTermine { .. } => write,
        })
    }

    fn ended(&self, etat: EtatCombat, start: &Start) -> GuardedWrite {
        let write = GuardedWrite::update(self.keys.entity(), self.recorded)
            .lifetime(COMBAT_LIFETIME)
            .hash(self.keys.state(), [("etat", etat.to_string())])
            .hash(self.keys.state(), nobodys_turn())
            .delete_under(self.keys.all_effects());
        start.participants.iter().fold(write, |write, &id| {
            write
                .hash(self.participant(id), [("peut_agir", flag(false))])
                .delete(self.keys.effects(id))
        })
    }

    fn membership(&self, zone: &ZoneKeys, active: bool) -> GuardedWrite {
        let member = [self.id.to_string()];
        let write =
            GuardedWrite::put(&zone.membership(self.id), self.recorded).lifetime(ZONE_LIFETIME);
        if active {
            write.set_add(zone.active_combats(), member)
        } else {
            write.set_remove(zone.active_combats(), member)
        }
    }

    fn effects(&self, write: GuardedWrite, effects: &[EffetActif]) -> GuardedWrite {
        effects.iter().fold(write, |write, effet| {
            let fields = [
                ("type_effet", effet.type_effet.to_string()),
                ("puissance", effet.puissance.to_string()),
                ("duree_tours_restants", effet.duree_tours_restants.to_string()),
            ];
            write.hash(self.keys.effect(effet.effet_id), fields)
        })
    }

    fn participant(&self, id: ParticipantId) -> Key {
        self.keys.participant(id)
    }
}

fn nobodys_turn() -> [(&'static str, &'static str); 2] {
    [("participant_actif_id", ""), ("prochain_timeout", "")]
}

fn can_act(effects: &[EffetActif]) -> String {
    flag(!effects.iter().any(|effet| effet.type_effet == TypeEffet::Etourdissement))
}

fn flag(value: bool) -> String {
    if value { "1" } else { "0" }.to_owned()
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
