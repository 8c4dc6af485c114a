//! What actions need, cost and do.

use aether_core::Aggregate as _;
use aether_game::combat::*;

use crate::fixtures::*;

#[test]
fn targets_have_to_be_in_the_combat() {
    begun(vec![ally(1), foe(2)])
        .when(strikes(1, 9))
        .then_rejected(CombatError::CibleInconnue { cible: pid(9) });
}

#[test]
fn targets_have_to_stand() {
    let frail = with(foe(2), |it| it.hp = 1);
    let etat = EtatParticipant::Mort;
    begun(vec![ally(1), frail, foe(3)])
        .when(strikes(1, 2))
        .then_state(|_| {})
        .when(passes(3))
        .then_state(|_| {})
        .when(strikes(1, 2))
        .then_rejected(CombatError::CibleHorsCombat { cible: pid(2), etat });
}

#[test]
fn friends_are_not_struck() {
    let refused = |cible| CombatError::CibleInterdite { cible, ciblage: Ciblage::Ennemi };
    begun(vec![ally(1), ally(2), foe(3)]).when(strikes(1, 2)).then_rejected(refused(pid(2)));
    begun(vec![ally(1), ally(2), foe(3)]).when(strikes(1, 1)).then_rejected(refused(pid(1)));
}

#[test]
fn targets_have_to_be_within_reach() {
    let far = with(foe(2), |it| it.position = 60);
    let refused = CombatError::HorsDePortee { cible: pid(2), distance: 10, portee: 1 };
    begun(vec![ally(1), far]).when(strikes(1, 2)).then_rejected(refused);
}

#[test]
fn each_target_is_named_once_and_there_is_one() {
    let wide = skill(
        1,
        Ciblage::Zone,
        vec![Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 5 }],
    );
    let single = skill(2, Ciblage::Ennemi, wide.pouvoirs.clone());
    let mage = with(ally(1), |it| it.competences = vec![wide.clone(), single.clone()]);
    let scenario = || begun(vec![mage.clone(), foe(2), foe(3)]);
    scenario()
        .when(casts(1, 1, &[2, 2]))
        .then_rejected(CombatError::CibleEnDouble { cible: pid(2) });
    scenario().when(casts(1, 1, &[])).then_rejected(CombatError::SansCible);
    let too_many = CombatError::TropDeCibles { nombre: 2, maximum: 1 };
    scenario().when(casts(1, 2, &[2, 3])).then_rejected(too_many);
    scenario().when(casts(1, 1, &[2, 3])).then_state(|combat| {
        assert!(hp(combat, 2) < 100 && hp(combat, 3) < 100);
    });
}

#[test]
fn costs_are_paid() {
    let costly = Competence {
        cout: Cout { mp: 30, stamina: 20 },
        ..skill(1, Ciblage::Soi, vec![Pouvoir::Soin { puissance: 1 }])
    };
    let mut combat = after(vec![with(ally(1), |it| it.competences = vec![costly]), foe(2)], &[]);
    let events = play(&mut combat, &casts(1, 1, &[1]));
    let vue = combat.participant(pid(1)).unwrap();
    assert_eq!((vue.combattant.mp, vue.combattant.stamina), (20, 30));
    let paid = events.iter().any(|event| {
        matches!(
            event,
            CombatEvent::ActionExecutee {
                mp_avant: 50,
                mp_apres: 20,
                stamina_avant: 50,
                stamina_apres: 30,
                ..
            }
        )
    });
    assert!(paid, "{events:?}");
}

#[test]
fn what_is_too_costly_is_refused() {
    let powers = vec![Pouvoir::Soin { puissance: 1 }];
    let mana =
        Competence { cout: Cout { mp: 51, stamina: 0 }, ..skill(1, Ciblage::Soi, powers.clone()) };
    let stamina =
        Competence { cout: Cout { mp: 0, stamina: 51 }, ..skill(2, Ciblage::Soi, powers) };
    let mage = with(ally(1), |it| it.competences = vec![mana.clone(), stamina.clone()]);
    let scenario = || begun(vec![mage.clone(), foe(2)]);
    scenario()
        .when(casts(1, 1, &[1]))
        .then_rejected(CombatError::PasAssezDeMp { cout: 51, disponible: 50 });
    scenario()
        .when(casts(1, 2, &[1]))
        .then_rejected(CombatError::PasAssezDeStamina { cout: 51, disponible: 50 });
    let tired = with(ally(1), |it| it.stamina = 9);
    begun(vec![tired, foe(2)])
        .when(acts(1, Action::Fuite))
        .then_rejected(CombatError::PasAssezDeStamina { cout: 10, disponible: 9 });
}

#[test]
fn cooldowns_are_respected() {
    let slow = Competence {
        cooldown_tours: 2,
        ..skill(1, Ciblage::Soi, vec![Pouvoir::Soin { puissance: 1 }])
    };
    let resting = CombatError::EnRecharge { competence_id: skill_id(1), tours_restants: 1 };
    begun(vec![with(ally(1), |it| it.competences = vec![slow]), foe(2)])
        .when(casts(1, 1, &[1]))
        .then_state(|_| {})
        .when(passes(2))
        .then_state(|_| {})
        .when(casts(1, 1, &[1]))
        .then_rejected(resting)
        .when(passes(1))
        .then_state(|_| {})
        .when(passes(2))
        .then_state(|_| {})
        .when(casts(1, 1, &[1]))
        .then_state(|combat| assert_eq!(combat.participant(pid(1)).unwrap().combattant.mp, 40));
}

#[test]
fn only_own_skills_and_items_are_used() {
    begun(vec![ally(1), foe(2)])
        .when(casts(1, 1, &[2]))
        .then_rejected(CombatError::CompetenceInconnue { competence_id: skill_id(1) });
    begun(vec![ally(1), foe(2)])
        .when(uses(1, 1, &[1]))
        .then_rejected(CombatError::ObjetInconnu { item_id: item_id(1) });
}

#[test]
fn items_are_used_up() {
    let potion = Objet {
        item_id: item_id(1),
        nom: "Potion".into(),
        quantite: 1,
        ciblage: Ciblage::Allie,
        portee: 1,
        pouvoirs: vec![Pouvoir::Soin { puissance: 30 }],
    };
    let hurt = with(ally(1), |it| {
        it.hp = 50;
        it.objets = vec![potion];
    });
    begun(vec![hurt, foe(2)])
        .when(uses(1, 1, &[1]))
        .then_state(|combat| assert_eq!(hp(combat, 1), 80))
        .when(passes(2))
        .then_state(|_| {})
        .when(uses(1, 1, &[1]))
        .then_rejected(CombatError::ObjetEpuise { item_id: item_id(1) });
}

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

#[test]
fn a_step_stays_on_the_field_and_leads_somewhere() {
    let goes = |vers| acts(1, Action::Deplacement { vers });
    let scenario = || begun(vec![with(ally(1), |it| it.position = 97), foe(2)]);
    for vers in [97, 100, 91, u32::MAX] {
        scenario().when(goes(vers)).then_rejected(CombatError::DeplacementInvalide {
            de: 97,
            vers,
            pas_max: 5,
            position_max: 99,
        });
    }
    scenario().when(goes(92)).then_state(|combat| {
        assert_eq!(combat.participant(pid(1)).unwrap().combattant.position, 92);
    });
}

#[test]
fn a_flight_may_fail_and_costs_all_the_same() {
    let slow = with(ally(1), |it| it.stats.dexterite = 0);
    let quick = with(foe(2), |it| it.stats.dexterite = 1000);
    let mut combat = after(vec![slow, quick], &[]);
    let events = play(&mut combat, &acts(1, Action::Fuite));
    assert_eq!(resultat(&events), ResultatAction::Echec);
    let own = combat.participant(pid(1)).unwrap().combattant;
    assert_eq!((own.etat, own.stamina), (EtatParticipant::Actif, 40));
}
