//! What blows do.

use aether_core::Aggregate as _;
use aether_game::combat::*;

use super::fixtures::*;

#[test]
fn damage_is_raw_less_armour_and_resistance() {
    let tough = with(foe(2), |it| {
        it.stats.armure = 4;
        it.resistances.physique = 50;
    });
    let mut combat = after(vec![ally(1), tough], &[]);
    let [(raw, reduction, left)] = damage(&play(&mut combat, &strikes(1, 2)))[..] else {
        panic!("one blow");
    };
    assert!((18..=22).contains(&raw), "20 give or take a tenth: {raw}");
    assert_eq!(left, (raw - 4) / 2);
    assert_eq!(reduction, raw - left);
    assert_eq!(hp(&combat, 2), 100 - left);
}

#[test]
fn damage_is_never_below_zero() {
    let iron = with(foe(2), |it| it.stats.armure = 1_000_000);
    let mut combat = after(vec![ally(1), iron], &[]);
    let events = play(&mut combat, &strikes(1, 2));
    assert_eq!(damage(&events)[0].2, 0);
    assert_eq!(resultat(&events), ResultatAction::Bloque);
    assert_eq!(hp(&combat, 2), 100);
}

#[test]
fn armour_does_not_help_against_the_elements() {
    let fire = vec![Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 20 }];
    let mage = with(ally(1), |it| it.competences = vec![skill(1, Ciblage::Ennemi, fire)]);
    let iron = with(foe(2), |it| it.stats.armure = 1000);
    let mut combat = after(vec![mage, iron], &[]);
    let (raw, reduction, left) = damage(&play(&mut combat, &casts(1, 1, &[2])))[0];
    assert_eq!((reduction, left), (0, raw));
}

#[test]
fn a_critical_blow_does_half_as_much_again() {
    let usual = after(vec![ally(1), foe(2)], &[]);
    let lucky = after(vec![with(ally(1), |it| it.stats.critique = 100), foe(2)], &[]);
    // the same seed: the same draw for the spread
    let usual = damage(&usual.decide(&strikes(1, 2), &facts(1000)).unwrap())[0].0;
    let events = lucky.decide(&strikes(1, 2), &facts(1000)).unwrap();
    assert_eq!(damage(&events)[0].0, usual * 3 / 2);
    assert_eq!(resultat(&events), ResultatAction::Critique);
}

#[test]
fn who_dodges_is_not_hurt() {
    let mut combat = after(vec![ally(1), with(foe(2), |it| it.stats.esquive = 90)], &[]);
    loop {
        let before = hp(&combat, 2);
        let events = play(&mut combat, &strikes(1, 2));
        if resultat(&events) == ResultatAction::Esquive {
            assert_eq!((hp(&combat, 2), damage(&events).len()), (before, 0));
            break;
        }
        play(&mut combat, &passes(2));
    }
}

#[test]
fn hit_points_stop_at_zero_and_at_the_maximum() {
    let giant = with(ally(1), |it| it.stats.force = 1_000_000);
    let healer = with(foe(2), |it| {
        it.hp = 90;
        it.competences = vec![skill(1, Ciblage::Soi, vec![Pouvoir::Soin { puissance: 1_000_000 }])];
    });
    let mut combat = after(vec![giant, healer], &[passes(1)]);
    let events = play(&mut combat, &casts(2, 1, &[2]));
    assert_eq!(hp(&combat, 2), 100);
    assert!(events.iter().any(|event| matches!(
        event,
        CombatEvent::SoinsRecus { soin_brut: 1_000_000, soin_final: 10, surplus: 999_990, .. }
    )));
    let events = play(&mut combat, &strikes(1, 2));
    assert_eq!(hp(&combat, 2), 0);
    assert!(events.iter().any(|event| matches!(
        event,
        CombatEvent::DegatsInfliges { hp_avant: 100, hp_apres: 0, mort: true, .. }
    )));
}

#[test]
fn the_strongest_blow_there_can_be_does_not_overflow() {
    let most = 1_000_000;
    let rage = skill(1, Ciblage::Soi, vec![effect(TypeEffet::Renforcement, most, 20)]);
    let blow = Pouvoir::Degats { type_degats: TypeDegats::Neutre, puissance: most };
    let titan = with(ally(1), |it| {
        it.stats.intelligence = most;
        it.stats.critique = 100;
        it.competences = vec![rage, skill(2, Ciblage::Ennemi, vec![blow])];
    });
    let mountain = with(foe(2), |it| (it.hp, it.hp_max) = (most, most));
    let mut combat = after(vec![titan, mountain], &[casts(1, 1, &[1]), passes(2)]);
    let (raw, _, _) = damage(&play(&mut combat, &casts(1, 2, &[2])))[0];
    assert!(raw > 5 * most, "{raw}");
    assert_eq!(hp(&combat, 2), 0);
}
