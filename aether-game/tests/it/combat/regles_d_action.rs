//! What actions need and cost.

use aether_game::combat::*;

use super::fixtures::*;

#[test]
fn targets_have_to_be_in_the_combat() {
    begun(vec![ally(1), foe(2)])
        .when(strikes(1, 9))
        .then_rejected(CombatRefus::CibleInconnue { cible: pid(9) });
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
        .then_rejected(CombatRefus::CibleHorsCombat { cible: pid(2), etat });
}

#[test]
fn friends_are_not_struck() {
    let refused = |cible| CombatRefus::CibleInterdite { cible, ciblage: Ciblage::Ennemi };
    begun(vec![ally(1), ally(2), foe(3)]).when(strikes(1, 2)).then_rejected(refused(pid(2)));
    begun(vec![ally(1), ally(2), foe(3)]).when(strikes(1, 1)).then_rejected(refused(pid(1)));
}

#[test]
fn targets_have_to_be_within_reach() {
    let far = with(foe(2), |it| it.position = 60);
    let refused = CombatRefus::HorsDePortee { cible: pid(2), distance: 10, portee: 1 };
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
        .then_rejected(CombatRefus::CibleEnDouble { cible: pid(2) });
    scenario().when(casts(1, 1, &[])).then_rejected(CombatRefus::SansCible);
    let too_many = CombatRefus::TropDeCibles { nombre: 2, maximum: 1 };
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
        .then_rejected(CombatRefus::PasAssezDeMp { cout: 51, disponible: 50 });
    scenario()
        .when(casts(1, 2, &[1]))
        .then_rejected(CombatRefus::PasAssezDeStamina { cout: 51, disponible: 50 });
    let tired = with(ally(1), |it| it.stamina = 9);
    begun(vec![tired, foe(2)])
        .when(acts(1, Action::Fuite))
        .then_rejected(CombatRefus::PasAssezDeStamina { cout: 10, disponible: 9 });
}

#[test]
fn cooldowns_are_respected() {
    let slow = Competence {
        cooldown_tours: 2,
        ..skill(1, Ciblage::Soi, vec![Pouvoir::Soin { puissance: 1 }])
    };
    let resting = CombatRefus::EnRecharge { competence_id: skill_id(1), tours_restants: 1 };
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
        .then_rejected(CombatRefus::CompetenceInconnue { competence_id: skill_id(1) });
    begun(vec![ally(1), foe(2)])
        .when(uses(1, 1, &[1]))
        .then_rejected(CombatRefus::ObjetInconnu { item_id: item_id(1) });
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
        .then_rejected(CombatRefus::ObjetEpuise { item_id: item_id(1) });
}

#[test]
fn a_step_stays_on_the_field_and_leads_somewhere() {
    let goes = |vers| acts(1, Action::Deplacement { vers });
    let scenario = || begun(vec![with(ally(1), |it| it.position = 97), foe(2)]);
    for vers in [97, 100, 91, u32::MAX] {
        scenario().when(goes(vers)).then_rejected(CombatRefus::DeplacementInvalide {
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
