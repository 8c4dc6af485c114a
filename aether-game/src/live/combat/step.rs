//! What one event of a combat writes.

use aether_core::{BoxError, RecordedEvent};
use aether_redis::{GuardedWrite, Key, KeySpace};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::state::LiveAction;
use crate::combat::{
    CombatEvent, CombatId, EffetActif, EtatCombat, EtatParticipant, FinEffet, Participant,
    ParticipantId, TypeEffet, ZoneId,
};
use crate::live::keys::{CombatKeys, ZoneKeys};
use crate::live::{COMBAT_LIFETIME, RECENT_ACTIONS, ZONE_LIFETIME};

/// What the end of a combat has to know about its start.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) zone: ZoneId,
    pub(super) participants: Vec<ParticipantId>,
}

/// One event on its way into Redis.
pub(super) struct Step<'a> {
    id: CombatId,
    pub(super) keys: CombatKeys,
    recorded: &'a RecordedEvent,
}

impl<'a> Step<'a> {
    pub(super) fn new(keys: &KeySpace, id: CombatId, recorded: &'a RecordedEvent) -> Self {
        Self { id, keys: CombatKeys::new(keys, id), recorded }
    }

    pub(super) fn started(&self, zone: ZoneId, participants: &[Participant]) -> GuardedWrite {
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

    pub(super) fn went_on(&self, event: &CombatEvent) -> Result<GuardedWrite, BoxError> {
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

    pub(super) fn ended(&self, etat: EtatCombat, start: &Start) -> GuardedWrite {
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

    pub(super) fn membership(&self, zone: &ZoneKeys, active: bool) -> GuardedWrite {
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
