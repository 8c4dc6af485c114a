//! What a combat may start with.

use aether_core::{Aggregate as _, Event as _, uuid};
use aether_game::combat::*;
use aether_game::refus::Refus as _;

use super::fixtures::*;

#[track_caller]
fn refused(change: impl FnOnce(&mut Demarrer)) -> CombatRefus {
    let mut command = demarrer(vec![ally(1), foe(2)]);
    change(&mut command);
    let mut found = None;
    scenario().when(CombatCommand::Demarrer(Box::new(command))).then_rejected_with(|error| {
        found = Some(error.clone());
        true
    });
    found.expect("refused")
}

#[test]
fn somebody_has_to_fight() {
    let error = refused(|it| it.participants.clear());
    assert_eq!(error, CombatRefus::NombreDeParticipants { nombre: 0, maximum: 50 });
}

#[test]
fn not_everybody_can_fight_at_once() {
    let error = refused(|it| it.participants = (1..=51).map(ally).collect());
    assert_eq!(error, CombatRefus::NombreDeParticipants { nombre: 51, maximum: 50 });
}

#[test]
fn both_sides_have_somebody() {
    let error = refused(|it| it.participants = vec![ally(1), ally(2)]);
    assert_eq!(error, CombatRefus::CampVide { camp: Camp::Adversaires });
    let error = refused(|it| it.participants = vec![foe(1), foe(2)]);
    assert_eq!(error, CombatRefus::CampVide { camp: Camp::Allies });
}

#[test]
fn nobody_is_there_twice() {
    let error = refused(|it| it.participants.push(foe(2)));
    assert_eq!(error, CombatRefus::ParticipantEnDouble { participant: pid(2) });
}

#[test]
fn numbers_stay_within_their_ranges() {
    let out = |change: fn(&mut Participant)| match refused(|it| change(&mut it.participants[1])) {
        CombatRefus::FicheHorsBornes { participant, champ, .. } => {
            assert_eq!(participant, pid(2));
            champ
        }
        other => panic!("{other}"),
    };
    assert_eq!(out(|it| it.hp = 0), "hp");
    assert_eq!(out(|it| it.hp = 101), "hp");
    assert_eq!(out(|it| it.hp_max = 0), "hp_max");
    assert_eq!(out(|it| (it.hp, it.hp_max) = (u32::MAX, u32::MAX)), "hp_max");
    assert_eq!(out(|it| it.mp = 51), "mp");
    assert_eq!(out(|it| it.stamina = 51), "stamina");
    assert_eq!(out(|it| it.niveau = 0), "niveau");
    assert_eq!(out(|it| it.position = 100), "position");
    assert_eq!(out(|it| it.initiative = i32::MIN), "initiative");
    assert_eq!(out(|it| it.stats.force = u32::MAX), "stats.force");
    assert_eq!(out(|it| it.stats.armure = u32::MAX), "stats.armure");
    assert_eq!(out(|it| it.stats.critique = 101), "stats.critique");
    assert_eq!(out(|it| it.stats.esquive = 100), "stats.esquive");
    assert_eq!(out(|it| it.stats.portee = 0), "stats.portee");
    assert_eq!(out(|it| it.resistances.feu = 101), "resistances");
    assert_eq!(
        out(|it| it.competences = vec![skill(1, Ciblage::Soi, vec![])]),
        "number of pouvoirs"
    );
    assert_eq!(
        out(|it| {
            it.competences = vec![skill(1, Ciblage::Soi, vec![effect(TypeEffet::Garde, 1, 0)])];
        }),
        "duree_tours"
    );
}

#[test]
fn a_skill_is_there_once() {
    let twice = || skill(1, Ciblage::Soi, vec![Pouvoir::Dissipation]);
    let error = refused(|it| it.participants[0].competences = vec![twice(), twice()]);
    let expected =
        CombatRefus::ListeInvalide { participant: pid(1), champ: "competences", maximum: 20 };
    assert_eq!(error, expected);
}

#[test]
fn texts_can_be_stored() {
    for nom in ["", "   ", "a\0b", "a\nb", &"x".repeat(101)] {
        let error = refused(|it| it.participants[0].nom = nom.into());
        assert!(matches!(error, CombatRefus::TexteDeCombat { .. }), "{nom:?}: {error}");
        let error = refused(|it| it.zone_nom = nom.into());
        assert!(matches!(error, CombatRefus::TexteDeCombat { .. }), "{nom:?}: {error}");
    }
}

#[test]
fn settings_stay_within_their_ranges() {
    let out = |change: fn(&mut Demarrer)| match refused(change) {
        CombatRefus::ReglageHorsBornes { champ, .. } => champ,
        other => panic!("{other}"),
    };
    assert_eq!(out(|it| it.duree_tour_ms = 999), "duree_tour_ms");
    assert_eq!(out(|it| it.conditions.limite_tours = 0), "limite_tours");
    assert_eq!(out(|it| it.conditions.limite_temps = Some(0)), "limite_temps");
    assert_eq!(out(|it| it.recompenses.or = u32::MAX), "recompenses.or");
}

#[test]
fn a_player_is_there_once_and_a_kind_of_monster_as_often_as_it_likes() {
    let same = |n: u128, camp, type_entite| {
        with(fighter(n, camp), |it| {
            it.entite_id = EntiteId::new(uuid::Uuid::from_u128(7));
            it.type_entite = type_entite;
        })
    };
    let twice = |type_entite| {
        vec![same(1, Camp::Allies, type_entite), same(2, Camp::Adversaires, type_entite)]
    };
    let error = refused(|it| it.participants = twice(TypeEntite::Joueur));
    assert_eq!(
        error,
        CombatRefus::JoueurEnDouble { entite: EntiteId::new(uuid::Uuid::from_u128(7)) }
    );
    scenario().when(start(twice(TypeEntite::Pnj))).then_state(|_| {});
}

/// Fifty with the longest names and the largest bags that may come.
fn crowd(bags: usize) -> Vec<Participant> {
    let name = "😀".repeat(100);
    let power = effect(TypeEffet::Etourdissement, 1_000_000, 20);
    let skill = |n| Competence { nom: name.clone(), ..skill(n, Ciblage::Ennemi, vec![power; 5]) };
    let bags_of = |n: usize| bags / 50 + usize::from(n <= bags % 50);
    (1..=50)
        .map(|n| {
            with(
                fighter(n as u128, if n % 2 == 0 { Camp::Allies } else { Camp::Adversaires }),
                |it| {
                    it.nom = name.clone();
                    it.competences = (0..bags_of(n) as u128).map(skill).collect();
                },
            )
        })
        .collect()
}

#[test]
fn the_largest_combat_that_may_start_can_be_stored() {
    let start = start(crowd(Combat::BAGAGES_MAX));
    let events = Combat::default().decide(&start, &facts(0)).unwrap();
    let largest = events.iter().map(|it| it.encode().unwrap().as_str().len()).max();
    let most = aether_core::log::Limits::default().payload_bytes;
    assert!(largest.is_some_and(|bytes| (most / 2..most).contains(&bytes)), "{largest:?}");
    let combat = Combat::fold(&events);
    assert_eq!((combat.participants().count(), combat.ordre_tour().count()), (50, 50));

    let error = refused(|it| it.participants = crowd(Combat::BAGAGES_MAX + 1));
    assert_eq!(error, CombatRefus::TropDeBagages { nombre: 801, maximum: 800 });
}

#[test]
fn errors_say_what_to_do() {
    let error = refused(|it| it.participants = vec![ally(1), ally(2)]);
    let english = "nobody is on side ADVERSAIRES; a combat needs both sides";
    assert_eq!(error.to_string(), english);
    assert_eq!(
        (error.code(), error.francais().as_str()),
        ("CAMP_VIDE", "personne n'est du côté ADVERSAIRES ; un combat en demande deux",)
    );
}
