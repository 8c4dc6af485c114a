//! What holds for every player, whatever is asked.

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _};
use aether_game::joueur::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;

/// Sums around the edges, and ordinary ones.
fn sums() -> impl Strategy<Value = Montant> {
    prop_oneof![4 => 1..200_u32, 1 => 2_147_483_500..=2_147_483_647_u32, 1 => 1..=2_147_483_647_u32]
        .prop_map(montant)
}

pub(crate) fn commands() -> impl Strategy<Value = JoueurCommand> {
    let raisons = prop::sample::select(RaisonOr::ALL);
    let classes = prop::sample::select(Classe::ALL);
    let issues = prop::sample::select(IssueCombat::ALL);
    let stats = (0..=1_000_000_u32, 0..50_u32).prop_map(|(hp, mp)| Stats {
        hp: Stat::new(hp).unwrap(),
        mp: Stat::new(mp).unwrap(),
        ..Stats::default()
    });
    prop_oneof![
        1 => Just(demande_creation("Autre")),
        1 => Just(JoueurCommand::Connecter),
        2 => prop_oneof![0..5_000_u64, 0..=u64::try_from(i64::MAX).unwrap()].prop_map(gagne),
        2 => classes.prop_map(change_classe),
        1 => (0..4_u32, 0..3_u128)
            .prop_map(|(nombre, n)| JoueurCommand::DepenserPoints { nombre, competence: competence(n) }),
        1 => stats.clone().prop_map(|bonus| JoueurCommand::AppliquerEquipement { bonus }),
        4 => (sums(), raisons.clone()).prop_map(|(montant, raison)| {
            JoueurCommand::Debiter { montant, raison, transaction: transaction() }
        }),
        4 => (sums(), raisons).prop_map(|(montant, raison)| {
            JoueurCommand::Crediter { montant, raison, transaction: transaction() }
        }),
        4 => (0..6_u128, sums()).prop_map(|(n, montant)| JoueurCommand::ReserverOr { ordre: ordre(n), montant }),
        4 => (0..6_u128, sums()).prop_map(|(n, montant)| JoueurCommand::RendreOr { ordre: ordre(n), montant }),
        2 => (0..6_u128).prop_map(|n| JoueurCommand::CompterVente { ordre: ordre(n) }),
        3 => (0..6_u128).prop_map(|n| JoueurCommand::FermerOrdre { ordre: ordre(n) }),
        2 => (0..3_u128).prop_map(|n| JoueurCommand::RejoindreCombat { combat: combat(n) }),
        2 => (0..3_u128, issues, any::<bool>())
            .prop_map(|(n, issue, mort)| JoueurCommand::QuitterCombat { combat: combat(n), issue, mort }),
        1 => prop_oneof![
            sums().prop_map(Acte::CrediterOr),
            sums().prop_map(Acte::DebiterOr),
            stats.prop_map(Acte::FixerStats),
        ]
        .prop_map(|acte| JoueurCommand::Intervenir {
            acte,
            intervention: intervention(),
            transaction: transaction(),
        }),
    ]
}

/// What the events say of gold: created less destroyed and moved out, in total.
fn ledger(log: &[JoueurEvent]) -> i128 {
    log.iter()
        .map(|event| match event {
            JoueurEvent::JoueurCree { or, .. } => i128::from(*or),
            JoueurEvent::OrModifie { avant, apres, raison, .. } => {
                let change = i128::from(*apres) - i128::from(*avant);
                match raison.flux() {
                    Flux::Source => assert!(change > 0, "{event:?}"),
                    Flux::Puits => assert!(change < 0, "{event:?}"),
                    Flux::Mouvement => assert_ne!(change, 0, "{event:?}"),
                }
                change
            }
            _ => 0,
        })
        .sum()
}

fn stored(event: &JoueurEvent) -> JoueurEvent {
    let EventType { name, version } = *event.event_type();
    JoueurEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_asked_a_player_stays_whole_and_events_fold_to_the_decided_state(
        commands in prop::collection::vec(commands(), 1..60),
    ) {
        let mut log = vec![cree()];
        let mut joueur = Joueur::fold(&log);
        for (second, command) in (1..).zip(commands) {
            let before = joueur.clone();
            let Ok(events) = joueur.decide(&command, &facts(at(second))) else {
                prop_assert_eq!(&joueur, &before);
                continue;
            };
            for event in &events {
                prop_assert_eq!(&stored(event), event);
                joueur.apply(event);
            }
            log.extend(events);
            prop_assert_eq!(ledger(&log), i128::from(joueur.or()));
            prop_assert!(joueur.ordres().len() <= Joueur::ORDRES_MAX);
            prop_assert!(joueur.niveau() >= before.niveau() && joueur.experience() >= before.experience());
            prop_assert!(joueur.niveau() == Niveau::MAX || joueur.experience() < experience_requise(
                joueur.niveau().plus(Niveau::MIN).unwrap()
            ));
        }
        let stored: Vec<_> = log.iter().map(stored).collect();
        prop_assert_eq!(Joueur::fold(&stored), joueur.clone());
        let snapshot = serde_json::to_string(&joueur).unwrap();
        prop_assert_eq!(serde_json::from_str::<Joueur>(&snapshot).unwrap(), joueur);
    }

    #[test]
    fn a_before_is_the_after_of_the_last_time(commands in prop::collection::vec(commands(), 1..40)) {
        let mut joueur = joueur_avec(|_| {});
        for command in commands {
            let Ok(events) = joueur.decide(&command, &facts(at(1))) else { continue };
            for event in &events {
                match event {
                    JoueurEvent::OrModifie { avant, .. } => prop_assert_eq!(*avant, joueur.or()),
                    JoueurEvent::ExperienceGagnee { avant, montant, apres, .. } => {
                        prop_assert_eq!(*avant, joueur.experience());
                        prop_assert_eq!(avant.plus(*montant), Some(*apres));
                    }
                    JoueurEvent::NiveauAtteint { ancien_niveau, nouveau_niveau, .. } => {
                        prop_assert_eq!(*ancien_niveau, joueur.niveau());
                        prop_assert_eq!(nouveau_niveau.get(), ancien_niveau.get() + 1);
                    }
                    JoueurEvent::OrdreCompteOuvert { ouverts_avant, .. }
                    | JoueurEvent::OrdreCompteFerme { ouverts_avant, .. } => {
                        prop_assert_eq!(*ouverts_avant as usize, joueur.ordres().len());
                    }
                    _ => {}
                }
                joueur.apply(event);
            }
        }
    }
}
