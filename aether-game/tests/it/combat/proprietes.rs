//! What holds for every combat.

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _, Facts};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::*;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::fixtures::at;

/// A combat from a seed, fought by bots to its end: its events, command by command.
pub(crate) fn fought(seed: u64, tactics: &[Tactic]) -> (Combat, Vec<Vec<CombatEvent>>) {
    let (_, start) = Rosters::new(seed).next_combat();
    let limit = start.conditions.limite_tours;
    let mut combat = Combat::default();
    let mut decisions = vec![];
    let mut command = CombatCommand::Demarrer(Box::new(start));
    loop {
        let facts = Facts::at(at(i64::from(combat.numero_tour()))).with_seed(seed);
        let decided = combat.decide(&command, &facts);
        let events = decided.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        for event in &events {
            combat.apply(event);
        }
        decisions.push(events);
        assert!(combat.numero_tour() <= limit);
        let Some(active) = combat.participant_actif() else { return (combat, decisions) };
        let tactic = tactics[combat.numero_tour() as usize % tactics.len()];
        command = tactic.choose(&combat, active);
    }
}

/// Any action of anybody on anybody, sensible or not, and how long after the turn's number it comes.
pub(crate) fn any_command(combat: &Combat, picks: [usize; 5]) -> (CombatCommand, TimeDelta) {
    let all: Vec<_> = combat.participants().collect();
    let [who, what, whom, which, strange] = picks;
    let active = combat.participant_actif();
    let acteur = match active {
        Some(active) if strange % 8 != 0 => active,
        _ => all[who % all.len()].id(),
    };
    let sheet = combat.participant(acteur).unwrap().fiche;
    let cibles: Vec<_> = (0..1 + strange % 3).map(|n| all[(whom + n) % all.len()].id()).collect();
    let action = match what % 8 {
        0 | 1 => Action::Attaque { cible: cibles[0] },
        2 | 3 if !sheet.competences.is_empty() => Action::Competence {
            competence_id: sheet.competences[which % sheet.competences.len()].competence_id,
            cibles,
        },
        4 if !sheet.objets.is_empty() => {
            Action::Objet { item_id: sheet.objets[which % sheet.objets.len()].item_id, cibles }
        }
        5 => Action::Deplacement { vers: (40 + which % 20) as u32 },
        6 => Action::Fuite,
        7 if strange % 5 == 0 => {
            let numero_tour = combat.numero_tour();
            let wait = TimeDelta::seconds(20 * (which % 3) as i64);
            return (CombatCommand::ExpirerTour { numero_tour }, wait);
        }
        _ => Action::Defense,
    };
    (CombatCommand::Agir { acteur, action }, TimeDelta::zero())
}

/// What the events of sixteen combats are as JSON, as a number (FNV-1a). A stored combat replays to the same events for ever, so it never changes.
#[test]
fn a_combat_replays_byte_for_byte_in_every_version() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for seed in 0..16 {
        let (_, decisions) = fought(seed, &Tactic::ALL);
        for event in decisions.iter().flatten() {
            for byte in event.encode().expect("encodes").as_str().bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }
    assert_eq!(hash, 4_446_696_088_281_537_450);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_asked_vitals_stay_in_range_and_events_fold_to_the_decided_state(
        seed: u64,
        picks in prop::collection::vec(any::<[usize; 5]>(), 1..120),
    ) {
        let (_, start) = Rosters::new(seed).next_combat();
        let mut log = Combat::default()
            .decide(&CombatCommand::Demarrer(Box::new(start)), &Facts::at(at(0)).with_seed(seed))
            .expect("starts");
        let mut combat = Combat::fold(&log);
        for picks in picks {
            let (command, wait) = any_command(&combat, picks);
            let now = at(i64::from(combat.numero_tour()) + 1) + wait;
            let Ok(events) = combat.decide(&command, &Facts::at(now)) else { continue };
            for event in &events {
                combat.apply(event);
                for vue in combat.participants() {
                    prop_assert!(vue.combattant.hp <= vue.fiche.hp_max);
                    prop_assert!(vue.combattant.mp <= vue.fiche.mp_max);
                    prop_assert!(vue.combattant.stamina <= vue.fiche.stamina_max);
                    prop_assert!(vue.combattant.effets.len() <= Combat::EFFETS_MAX);
                }
            }
            for vue in combat.participants() {
                prop_assert_eq!(vue.combattant.hp > 0, !matches!(
                    vue.combattant.etat, EtatParticipant::Ko | EtatParticipant::Mort
                ));
            }
            let over = combat.resultat().is_some();
            prop_assert_eq!(over, combat.participant_actif().is_none());
            log.extend(events);
        }
        // through JSON, as a store would give them back
        let stored: Vec<CombatEvent> = log.iter().map(|event| {
            let EventType { name, version } = *event.event_type();
            CombatEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
        }).collect();
        prop_assert_eq!(&stored, &log);
        prop_assert_eq!(Combat::fold(&stored), combat);
    }

    #[test]
    fn a_combat_of_bots_that_attack_ends(seed: u64) {
        let (combat, _) = fought(seed, &[Tactic::Aggressive]);
        prop_assert!(combat.resultat().is_some());
        // by blows, not by the limit
        prop_assert_ne!(combat.resultat(), Some(ResultatCombat::TempsEcoule));
    }

    #[test]
    fn a_combat_of_any_bots_ends(seed: u64, tactics in prop::sample::subsequence(&Tactic::ALL[..], 1..=4)) {
        let (combat, _) = fought(seed, &tactics);
        prop_assert!(combat.resultat().is_some());
    }

    #[test]
    fn the_same_seed_makes_the_same_events(seed: u64) {
        let (first, first_events) = fought(seed, &Tactic::ALL);
        let (second, second_events) = fought(seed, &Tactic::ALL);
        prop_assert_eq!(first_events, second_events);
        prop_assert_eq!(first, second);
    }

    #[test]
    fn a_snapshot_goes_on_as_the_combat_would(seed: u64, cut in 1_usize..40) {
        let (combat, decisions) = fought(seed, &Tactic::ALL);
        let cut = cut.min(decisions.len());
        let before = Combat::fold(decisions[..cut].iter().flatten());
        let json = serde_json::to_string(&before).expect("encodes");
        let mut restored: Combat = serde_json::from_str(&json).expect("decodes");
        prop_assert_eq!(&restored, &before);
        for event in decisions[cut..].iter().flatten() {
            restored.apply(event);
        }
        prop_assert_eq!(restored, combat);
    }

    #[test]
    fn before_and_after_pairs_are_those_of_the_state(seed: u64) {
        let (_, decisions) = fought(seed, &Tactic::ALL);
        let mut combat = Combat::default();
        for event in decisions.iter().flatten() {
            match event {
                CombatEvent::DegatsInfliges {
                    cible, hp_avant, hp_apres, degats_bruts, reduction, degats_finaux, mort, ..
                } => {
                    prop_assert_eq!(combat.participant(*cible).unwrap().combattant.hp, *hp_avant);
                    prop_assert_eq!(degats_bruts - reduction, *degats_finaux);
                    prop_assert_eq!(hp_avant.saturating_sub(*degats_finaux), *hp_apres);
                    prop_assert_eq!(*mort, *hp_apres == 0);
                }
                CombatEvent::SoinsRecus { cible, hp_avant, hp_apres, soin_final, .. } => {
                    prop_assert_eq!(combat.participant(*cible).unwrap().combattant.hp, *hp_avant);
                    prop_assert_eq!(hp_avant + soin_final, *hp_apres);
                }
                CombatEvent::ActionExecutee { acteur, mp_avant, stamina_avant, position_avant, etat_avant, .. } => {
                    let own = combat.participant(*acteur).unwrap().combattant.clone();
                    prop_assert_eq!(
                        (own.mp, own.stamina, own.position, own.etat),
                        (*mp_avant, *stamina_avant, *position_avant, *etat_avant)
                    );
                }
                _ => {}
            }
            combat.apply(event);
        }
    }
}

#[test]
fn bots_see_every_event_type_in_action() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let (_, decisions) = fought(seed, &Tactic::ALL);
        seen.extend(decisions.iter().flatten().map(|event| event.event_type().name));
    }
    assert_eq!(seen.len(), CombatEvent::TYPES.len(), "{seen:?}");
}
