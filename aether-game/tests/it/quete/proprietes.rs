//! What holds for every quest, whatever is asked.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _, Facts};
use aether_game::quete::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;

/// Three stages, of which the last asks for what the first asked for.
pub(crate) fn longue(repete: bool) -> FicheQuete {
    avec(|it| {
        it.repete = repete;
        it.objectifs.push(Objectif { cible: cible(1), ..objectif(4, TypeObjectif::Kill, 2, 3) });
    })
}

/// Any command, sensible or not; most are about the attempt that runs.
pub(crate) fn any_command(progres: &Progres, picks: [usize; 5]) -> ProgresCommand {
    let [what, which, how_many, fact, strange] = picks;
    let tentative = match strange % 8 {
        0 => progres.tentative() + 1,
        1 => progres.tentative().saturating_sub(1),
        _ => progres.tentative(),
    };
    let types = [TypeObjectif::Kill, TypeObjectif::Dialogue, TypeObjectif::Explore];
    let target = 1 + which as u128 % 4;
    let fait = |n: usize| {
        let quantite = 1 + (how_many % 4) as u16;
        let survenu_a = at((strange % 90) as i64);
        let fait = fait(1 + (n % 60) as u128, types[which % 3], [1, 3, 2][which % 3], quantite);
        Fait { survenu_a, ..fait }
    };
    match what % 12 {
        0 => {
            let mut demande = demande(longue(strange % 2 == 0));
            demande.acquis = (0..how_many % 4).map(|n| fait(fact + n)).collect();
            ProgresCommand::Accepter(Box::new(demande))
        }
        1..=4 => ProgresCommand::Progresser { tentative, fait: fait(fact) },
        5 | 6 => ProgresCommand::Livrer(Livraison {
            tentative,
            objectif_id: objectif_id(if strange % 5 == 0 { target } else { 2 }),
            item_id: item(if strange % 7 == 0 { target } else { 2 }),
            quantite: pieces(1 + (how_many % 6) as u16),
            transaction: transaction(1 + fact as u128 % 60),
        }),
        7 => ProgresCommand::Terminer { tentative },
        8 => ProgresCommand::Recompenser { tentative, transaction: transaction(fact as u128) },
        9 => ProgresCommand::Expirer { tentative },
        10 if strange % 3 == 0 => ProgresCommand::Abandonner { tentative },
        10 => ProgresCommand::Terminer { tentative },
        _ if strange % 6 == 0 => {
            ProgresCommand::Echouer { tentative, raison: RaisonEchec::ObjectifPerdu }
        }
        _ if strange % 6 == 1 => {
            ProgresCommand::Echouer { tentative, raison: RaisonEchec::Expiration }
        }
        _ => ProgresCommand::Suivre { suivie: strange % 2 == 0 },
    }
}

/// How far a log has come, counted without the aggregate.
#[derive(Default)]
struct Compte {
    terminees: BTreeMap<u32, u32>,
    payees: BTreeMap<u32, u32>,
    faits: BTreeMap<u32, BTreeSet<FaitId>>,
    closes: BTreeMap<u32, u32>,
}

impl Compte {
    /// Notes an event; false if it is one that may not follow the others.
    fn note(&mut self, avant: &Progres, event: &ProgresEvent) -> bool {
        match event {
            ProgresEvent::ObjectifProgresse {
                tentative,
                avant: from,
                apres,
                requis,
                fait_id,
                objectif_id,
                ..
            } => {
                let stored = avant.objectifs().find(|(it, _)| it.id == *objectif_id);
                self.faits.entry(*tentative).or_default().insert(*fait_id)
                    && stored.is_some_and(|(_, done)| done == *from)
                    && from < apres
                    && apres <= requis
            }
            ProgresEvent::QueteTerminee { tentative, .. } => {
                *self.closes.entry(*tentative).or_default() += 1;
                *self.terminees.entry(*tentative).or_default() += 1;
                self.closes[tentative] == 1
            }
            ProgresEvent::QueteEchouee { tentative, .. }
            | ProgresEvent::QueteAbandonnee { tentative, .. } => {
                *self.closes.entry(*tentative).or_default() += 1;
                self.closes[tentative] == 1
            }
            ProgresEvent::RecompenseObtenue { tentative, .. } => {
                *self.payees.entry(*tentative).or_default() += 1;
                self.payees[tentative] == 1 && self.terminees.contains_key(tentative)
            }
            _ => true,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_asked_progress_is_bounded_and_each_attempt_ends_and_pays_once(
        picks in prop::collection::vec(any::<[usize; 5]>(), 1..200),
    ) {
        let mut progres = Progres::default();
        let mut log = Vec::new();
        let mut compte = Compte::default();
        let mut minute = 0;
        for picks in picks {
            minute += (picks[4] % 5) as i64;
            let command = any_command(&progres, picks);
            let before = progres.clone();
            let Ok(events) = progres.decide(&command, &Facts::at(at(minute))) else {
                prop_assert_eq!(&progres, &before);
                continue;
            };
            for event in &events {
                prop_assert!(compte.note(&progres, event), "{:?} after {:?}", event, log);
                progres.apply(event);
                for (objectif, fait) in progres.objectifs() {
                    prop_assert!(fait <= objectif.requis.get());
                }
                let complete = progres.objectifs().all(|(it, fait)| fait == it.requis.get());
                prop_assert_eq!(progres.pourcentage() == Pourcent::MAX, complete);
                log.push(event.clone());
            }
        }
        // through JSON, as a store would give them back
        let stored: Vec<ProgresEvent> = log.iter().map(|event| {
            let EventType { name, version } = *event.event_type();
            ProgresEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
        }).collect();
        prop_assert_eq!(&stored, &log);
        prop_assert_eq!(&Progres::fold(&stored), &progres);
        let snapshot = serde_json::to_string(&progres).expect("encodes");
        prop_assert_eq!(serde_json::from_str::<Progres>(&snapshot).expect("decodes"), progres);
    }

    #[test]
    fn objectives_advance_in_the_order_of_their_stages(
        picks in prop::collection::vec(any::<[usize; 5]>(), 1..200),
    ) {
        let mut progres = Progres::default();
        for event in progres.decide(&accepter(longue(true)), &Facts::at(at(0))).unwrap() {
            progres.apply(&event);
        }
        for picks in picks {
            let command = any_command(&progres, picks);
            if matches!(command, ProgresCommand::Accepter(_)) {
                continue;
            }
            let etape = progres.etape();
            let Ok(events) = progres.decide(&command, &Facts::at(at(1))) else { continue };
            for event in &events {
                if let ProgresEvent::ObjectifProgresse { objectif_id, .. } = event {
                    let ordre = progres.objectifs().find(|(it, _)| it.id == *objectif_id);
                    prop_assert_eq!(ordre.map(|(it, _)| it.ordre), etape);
                }
                progres.apply(event);
            }
        }
    }
}

#[test]
fn random_commands_meet_every_event_type() {
    let mut seen = BTreeSet::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let picks = prop::collection::vec(any::<[usize; 5]>(), 400);
    for _ in 0..200 {
        use proptest::strategy::ValueTree as _;
        let picks = picks.new_tree(&mut runner).unwrap().current();
        let mut progres = Progres::default();
        for (minute, picks) in picks.into_iter().enumerate() {
            let command = any_command(&progres, picks);
            let facts = Facts::at(at(minute as i64));
            for event in progres.decide(&command, &facts).unwrap_or_default() {
                progres.apply(&event);
                seen.insert(event.event_type().name);
            }
        }
    }
    assert_eq!(seen.len(), ProgresEvent::TYPES.len(), "{seen:?}");
}
