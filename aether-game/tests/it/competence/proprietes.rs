//! What holds for every skill, whatever is asked.

use std::collections::BTreeSet;

use aether_core::event::EventType;
use aether_core::{Aggregate, Event, Facts};
use aether_game::competence::*;
use aether_game::values::*;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::fixtures::*;

/// Events as a store would give them back.
fn stored<E: Event>(log: &[E]) -> Vec<E> {
    let back = |event: &E| {
        let EventType { name, version } = *event.event_type();
        E::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
    };
    log.iter().map(back).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_asked_a_skill_is_never_used_while_it_rests(
        tours: u8,
        is_passive in prop::bool::weighted(0.1),
        picks in prop::collection::vec(any::<[u8; 3]>(), 1..200),
    ) {
        let skill = || if is_passive { passive() } else { avec(|it| it.cooldown_tours = tours) };
        let mut state = Apprentissage::default();
        let mut log = Vec::new();
        let mut rested_at: Option<DateTime<Utc>> = None;
        let mut now = 0;
        for [what, wait, level] in picks {
            now += i64::from(wait) * 20;
            let command = match what % 8 {
                0 => apprendre(skill()),
                1 | 2 => ameliorer(1 + level % 100, 1 + (level / 25) % 10),
                _ => UTILISER,
            };
            let before = state.clone();
            let Ok(events) = state.decide(&command, &Facts::at(at(now))) else {
                prop_assert_eq!(&state, &before);
                continue;
            };
            for event in events {
                match &event {
                    ApprentissageEvent::CompetenceUtilisee {
                        experience_avant, experience_apres, dernier_usage_avant, ..
                    } => {
                        prop_assert!(!is_passive);
                        prop_assert!(rested_at.is_none_or(|end| at(now) >= end));
                        prop_assert_eq!(*experience_avant, state.experience());
                        prop_assert!(experience_avant < experience_apres);
                        prop_assert_eq!(*dernier_usage_avant, state.dernier_usage());
                    }
                    ApprentissageEvent::CooldownDemarre { finit_a, .. } => {
                        prop_assert_eq!(*finit_a, at(now + i64::from(tours) * 30));
                        rested_at = Some(*finit_a);
                    }
                    ApprentissageEvent::CompetenceAmelioree {
                        niveau_avant, niveau_apres, modificateurs_avant, modificateurs_apres, ..
                    } => {
                        prop_assert_eq!(Some(*niveau_avant), state.niveau());
                        prop_assert_eq!(niveau_apres.get(), niveau_avant.get() + 1);
                        prop_assert_eq!(*modificateurs_avant, state.modificateurs());
                        prop_assert!(modificateurs_apres.reduction_cout <= 90);
                    }
                    _ => prop_assert!(log.is_empty(), "learned once"),
                }
                state.apply(&event);
                log.push(event);
            }
        }
        let back = stored(&log);
        prop_assert_eq!(&back, &log);
        prop_assert_eq!(&Apprentissage::fold(&back), &state);
        let snapshot = serde_json::to_string(&state).expect("encodes");
        prop_assert_eq!(serde_json::from_str::<Apprentissage>(&snapshot).expect("decodes"), state);
    }

    #[test]
    fn whatever_is_asked_a_place_has_one_skill_and_a_skill_one_place(
        picks in prop::collection::vec((1_u8..=10, 0_u128..14, any::<bool>()), 1..200),
    ) {
        let mut barre = Barre::default();
        let mut log = Vec::new();
        for (position, n, retire) in picks {
            let position = PositionBarre::new(position).unwrap();
            let competence_id = competence_id(n);
            let command = match retire && n < 4 {
                true => BarreCommand::Retirer { position },
                false => BarreCommand::Placer { joueur_id: joueur(), competence_id, position },
            };
            for event in barre.decide(&command, &Facts::at(at(0))).unwrap() {
                let BarreEvent::BarreModifiee { position, competence_avant, .. } = &event else {
                    unreachable!()
                };
                prop_assert_eq!(*competence_avant, barre.competence(*position));
                barre.apply(&event);
                log.push(event);
            }
            let distinct: BTreeSet<_> = barre.places().map(|(_, competence)| competence).collect();
            prop_assert_eq!(distinct.len(), barre.places().count());
        }
        let back = stored(&log);
        prop_assert_eq!(&back, &log);
        prop_assert_eq!(&Barre::fold(&back), &barre);
        let snapshot = serde_json::to_string(&barre).expect("encodes");
        prop_assert_eq!(serde_json::from_str::<Barre>(&snapshot).expect("decodes"), barre);
    }
}
