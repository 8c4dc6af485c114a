//! What holds for every world, whatever is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _};
use aether_game::monde::*;
use proptest::prelude::*;

use super::fixtures::*;

/// Any command on few things, sensible or not.
pub(crate) fn commande() -> impl Strategy<Value = MondeCommand> {
    let petit = 0..3_u128;
    let contributions = prop::collection::vec((0..6_u128, 1..9_u32), 0..4);
    let recoltes = prop::collection::vec((0..3_u128, 1..60_u16), 0..3);
    let gisements = prop::collection::vec((0..3_u128, 1..99_u32, 0..9_u32), 0..4);
    prop_oneof![
        Just(MondeCommand::AvancerCycle),
        petit.clone().prop_map(|n| MondeCommand::DecouvrirZone {
            zone: zone(n),
            nom: nom("Zone"),
            joueur: joueur(n),
        }),
        petit.clone().prop_map(apparait),
        (petit.clone(), 0..5_u32).prop_map(|(n, apparition)| vainc(n, apparition)),
        (petit.clone(), 1..30_u32).prop_map(|(n, requis)| declenche(n, requis)),
        (petit.clone(), contributions).prop_map(|(n, lot)| progresse(n, &lot)),
        petit.clone().prop_map(|n| MondeCommand::ExpirerEvenement { evenement: evenement(n) }),
        petit.clone().prop_map(|n| MondeCommand::AnnulerEvenement {
            evenement: evenement(n),
            intervention: intervention(),
        }),
        (petit.clone(), gisements).prop_map(|(n, gisements)| {
            let gisements: Vec<_> =
                gisements.iter().map(|(r, m, p)| gisement(*r, *m, *p)).collect();
            declare(n, &gisements)
        }),
        (petit.clone(), recoltes).prop_map(|(n, recoltes)| recolte(n, &recoltes)),
        prop::collection::vec(petit, 0..3).prop_map(|zones| regenere(&zones)),
        (0..1_200_u16).prop_map(|valeur| MondeCommand::ModifierFacteur {
            facteur: Facteur::Recompenses,
            valeur,
            intervention: intervention(),
        }),
    ]
}

/// What events say before is what events said after.
#[derive(Default)]
struct Suivi {
    progres: BTreeMap<String, u32>,
    ressources: BTreeMap<String, u32>,
    victoires: BTreeSet<(String, u32)>,
}

impl Suivi {
    fn lit(&mut self, event: &MondeEvent) {
        match event {
            MondeEvent::BossVaincu { boss_id, apparition, .. } => {
                assert!(self.victoires.insert((boss_id.to_string(), *apparition)), "beaten twice");
            }
            MondeEvent::EvenementMondialDeclenche(depart) => {
                self.progres.insert(depart.evenement_id.to_string(), 0);
            }
            MondeEvent::EvenementMondialProgresse {
                evenement_id, avant, apres, requis, ..
            } => {
                assert!(avant <= apres && apres <= requis);
                let connu = self.progres.insert(evenement_id.to_string(), *apres);
                assert_eq!(connu, Some(*avant));
            }
            MondeEvent::RessourcesDeclarees { zone_id, gisements, .. } => {
                let prefixe = zone_id.to_string();
                self.ressources.retain(|cle, _| !cle.starts_with(&prefixe));
                for gisement in gisements {
                    let cle = format!("{zone_id}{}", gisement.ressource_id);
                    self.ressources.insert(cle, gisement.quantite);
                }
            }
            MondeEvent::RessourcesRecoltees { zone_id, recoltes, .. } => {
                for it in recoltes {
                    assert_eq!(it.avant - it.apres, u32::from(it.quantite.get()));
                    let cle = format!("{zone_id}{}", it.ressource_id);
                    assert_eq!(self.ressources.insert(cle, it.apres), Some(it.avant));
                }
            }
            MondeEvent::RessourceRegeneree { zone_id, ressources, .. } => {
                for it in ressources {
                    assert!(it.avant < it.apres && it.apres <= it.maximum);
                    let cle = format!("{zone_id}{}", it.ressource_id);
                    assert_eq!(self.ressources.insert(cle, it.apres), Some(it.avant));
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_asked_bosses_fall_once_and_events_fold_to_the_decided_state(
        steps in prop::collection::vec((commande(), 0..1_500_i64), 1..120),
    ) {
        let mut monde = Monde::default();
        let mut suivi = Suivi::default();
        let mut log = vec![];
        let mut secondes = 0;
        for (command, attente_s) in steps {
            secondes += attente_s;
            let avant = monde.clone();
            let Ok(events) = joue(&mut monde, &command, a(secondes)) else {
                prop_assert_eq!(&monde, &avant, "a refusal changes nothing");
                continue;
            };
            events.iter().for_each(|event| suivi.lit(event));
            log.extend(events);
        }
        let relu = |event: &MondeEvent| {
            let EventType { name, version } = *event.event_type();
            MondeEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
        };
        let stored: Vec<_> = log.iter().map(relu).collect();
        prop_assert_eq!(&stored, &log);
        prop_assert_eq!(&Monde::fold(&stored), &monde);
        let image = serde_json::to_string(&monde).expect("encodes");
        let relu: Monde = serde_json::from_str(&image).expect("decodes");
        prop_assert_eq!(relu, monde);
    }
}
