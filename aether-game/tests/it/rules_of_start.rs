//! What a combat may start with.

use aether_game::combat::*;

use crate::fixtures::*;

#[track_caller]
fn refused(change: impl FnOnce(&mut Demarrer)) -> DemarrageInvalide {
    let mut command = demarrer(vec![ally(1), foe(2)]);
    change(&mut command);
    let mut found = None;
    scenario().when(CombatCommand::Demarrer(Box::new(command))).then_rejected_with(|error| {
        if let CombatError::DemarrageInvalide(reason) = error {
            found = Some(reason.clone());
        }
        found.is_some()
    });
    found.expect("refused for what it starts with")
}

#[test]
fn somebody_has_to_fight() {
    let error = refused(|it| it.participants.clear());
    assert_eq!(error, DemarrageInvalide::NombreDeParticipants { nombre: 0, maximum: 40 });
}

#[test]
fn not_everybody_can_fight_at_once() {
    let error = refused(|it| it.participants = (1..=41).map(ally).collect());
    assert_eq!(error, DemarrageInvalide::NombreDeParticipants { nombre: 41, maximum: 40 });
}

#[test]
fn both_sides_have_somebody() {
    let error = refused(|it| it.participants = vec![ally(1), ally(2)]);
    assert_eq!(error, DemarrageInvalide::CampVide { camp: Camp::Adversaires });
    let error = refused(|it| it.participants = vec![foe(1), foe(2)]);
    assert_eq!(error, DemarrageInvalide::CampVide { camp: Camp::Allies });
}

#[test]
fn nobody_is_there_twice() {
    let error = refused(|it| it.participants.push(foe(2)));
    assert_eq!(error, DemarrageInvalide::ParticipantEnDouble { participant: pid(2) });
}

#[test]
fn numbers_stay_within_their_ranges() {
    let out = |change: fn(&mut Participant)| match refused(|it| change(&mut it.participants[1])) {
        DemarrageInvalide::HorsBornes { participant, champ, .. } => {
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
        DemarrageInvalide::Liste { participant: pid(1), champ: "competences", maximum: 20 };
    assert_eq!(error, expected);
}

#[test]
fn texts_can_be_stored() {
    for nom in ["", "   ", "a\0b", "a\nb", &"x".repeat(101)] {
        let error = refused(|it| it.participants[0].nom = nom.into());
        assert!(matches!(error, DemarrageInvalide::Texte { .. }), "{nom:?}: {error}");
        let error = refused(|it| it.zone_nom = nom.into());
        assert!(matches!(error, DemarrageInvalide::Texte { .. }), "{nom:?}: {error}");
    }
}

#[test]
fn settings_stay_within_their_ranges() {
    let out = |change: fn(&mut Demarrer)| match refused(change) {
        DemarrageInvalide::Reglage { champ, .. } => champ,
        other => panic!("{other}"),
    };
    assert_eq!(out(|it| it.duree_tour_ms = 999), "duree_tour_ms");
    assert_eq!(out(|it| it.conditions.limite_tours = 0), "limite_tours");
    assert_eq!(out(|it| it.conditions.limite_temps = Some(0)), "limite_temps");
    assert_eq!(out(|it| it.recompenses.or = u32::MAX), "recompenses.or");
}

#[test]
fn errors_say_what_to_do() {
    let error = CombatError::from(refused(|it| it.participants = vec![ally(1), ally(2)]));
    assert_eq!(
        error.to_string(),
        "the combat cannot start: nobody is on side ADVERSAIRES; a combat needs both sides"
    );
}
