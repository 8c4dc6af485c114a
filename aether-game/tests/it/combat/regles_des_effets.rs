//! Status effects.

use aether_game::combat::*;

use super::fixtures::*;

fn mage(n: u128, ciblage: Ciblage, pouvoirs: Vec<Pouvoir>) -> Participant {
    let competences = vec![skill(1, ciblage, pouvoirs)];
    with(ally(n), |it| it.competences = competences)
}

fn effects(combat: &Combat, n: u128) -> Vec<(TypeEffet, u8, u8)> {
    let effets = &combat.participant(pid(n)).unwrap().combattant.effets;
    effets.iter().map(|it| (it.type_effet, it.duree_tours_restants, it.stacks)).collect()
}

#[test]
fn effects_tick_at_the_start_of_the_bearers_turn_and_expire() {
    let poison = vec![effect(TypeEffet::Poison, 7, 2)];
    let mut combat = after(vec![mage(1, Ciblage::Ennemi, poison), foe(2)], &[]);
    play(&mut combat, &casts(1, 1, &[2]));
    // the foe's turn has begun: one tick
    assert_eq!(hp(&combat, 2), 93);
    assert_eq!(effects(&combat, 2), [(TypeEffet::Poison, 1, 1)]);
    play(&mut combat, &passes(2));
    assert_eq!(hp(&combat, 2), 93, "not in the turn of others");
    let events = play(&mut combat, &passes(1));
    assert_eq!(hp(&combat, 2), 86);
    assert_eq!(effects(&combat, 2), []);
    assert!(events.iter().any(|event| matches!(
        event,
        CombatEvent::EffetStatutExpire { raison: FinEffet::Duree, .. }
    )));
}

#[test]
fn resistance_helps_against_effects_and_armour_does_not() {
    let burn = vec![effect(TypeEffet::Brulure, 10, 1)];
    let wet = with(foe(2), |it| {
        it.resistances.feu = 40;
        it.stats.armure = 500;
    });
    let combat = after(vec![mage(1, Ciblage::Ennemi, burn), wet], &[casts(1, 1, &[2])]);
    assert_eq!(hp(&combat, 2), 94);
}

#[test]
fn regeneration_heals_at_the_start_of_the_turn() {
    let regeneration = vec![effect(TypeEffet::Regeneration, 15, 2)];
    let hurt = with(mage(1, Ciblage::Soi, regeneration), |it| it.hp = 80);
    let combat = after(vec![hurt, foe(2)], &[casts(1, 1, &[1]), passes(2)]);
    assert_eq!(hp(&combat, 1), 95);
}

#[test]
fn an_effect_laid_on_again_is_renewed_and_stacked() {
    let poison = vec![effect(TypeEffet::Poison, 3, 5)];
    let commands = [casts(1, 1, &[2]), passes(2), casts(1, 1, &[2])];
    let combat = after(vec![mage(1, Ciblage::Ennemi, poison), foe(2)], &commands);
    assert_eq!(effects(&combat, 2), [(TypeEffet::Poison, 4, 2)]);
    assert_eq!(hp(&combat, 2), 100 - 3 - 6);
}

#[test]
fn the_stunned_lose_their_turn() {
    let stun = vec![effect(TypeEffet::Etourdissement, 0, 1)];
    let mut combat = after(vec![mage(1, Ciblage::Ennemi, stun), foe(2)], &[]);
    let events = play(&mut combat, &casts(1, 1, &[2]));
    assert_eq!((combat.participant_actif(), combat.numero_tour()), (Some(pid(1)), 3));
    assert!(
        events.iter().any(|event| matches!(
            event,
            CombatEvent::TourTermine { raison: FinTour::Etourdi, .. }
        ))
    );
    // the stun is over: the next turn is the foe's again
    play(&mut combat, &passes(1));
    assert_eq!(combat.participant_actif(), Some(pid(2)));
}

#[test]
fn who_dies_of_an_effect_has_no_turn() {
    let poison = vec![effect(TypeEffet::Poison, 50, 3)];
    let frail = with(foe(2), |it| it.hp = 10);
    let combat = after(vec![mage(1, Ciblage::Ennemi, poison), frail, foe(3)], &[casts(1, 1, &[2])]);
    assert_eq!(etat(&combat, 2), EtatParticipant::Mort);
    assert_eq!(combat.participant_actif(), Some(pid(3)));
    assert_eq!(effects(&combat, 2), []);
}

#[test]
fn the_last_death_by_an_effect_ends_the_combat() {
    let poison = vec![effect(TypeEffet::Poison, 50, 3)];
    let frail = with(foe(2), |it| it.hp = 10);
    let combat = after(vec![mage(1, Ciblage::Ennemi, poison), frail], &[casts(1, 1, &[2])]);
    assert_eq!(combat.resultat(), Some(ResultatCombat::Victoire));
}

#[test]
fn a_guard_halves_damage_until_the_next_own_turn() {
    let mut combat = after(vec![ally(1), foe(2)], &[acts(1, Action::Defense)]);
    let (raw, _, left) = damage(&play(&mut combat, &strikes(2, 1)))[0];
    assert_eq!(left, raw / 2);
    assert_eq!(effects(&combat, 1), [], "lowered at the start of the own turn");
}

#[test]
fn effects_change_the_damage_dealt() {
    let weakness = vec![effect(TypeEffet::Affaiblissement, 90, 5)];
    let mut combat = after(vec![mage(1, Ciblage::Ennemi, weakness), foe(2)], &[casts(1, 1, &[2])]);
    let (raw, _, _) = damage(&play(&mut combat, &strikes(2, 1)))[0];
    assert!(raw <= 2, "{raw}");
}

#[test]
fn harmful_effects_are_dispelled_and_helpful_ones_stay() {
    let poison = vec![effect(TypeEffet::Poison, 1, 9)];
    let cleansing = vec![effect(TypeEffet::Protection, 10, 9), Pouvoir::Dissipation];
    let witch = with(foe(2), |it| it.competences = vec![skill(1, Ciblage::Ennemi, poison)]);
    let commands = [passes(1), casts(2, 1, &[1]), casts(1, 1, &[1])];
    let combat = after(vec![mage(1, Ciblage::Soi, cleansing), witch], &commands);
    assert_eq!(effects(&combat, 1), [(TypeEffet::Protection, 9, 1)]);
}

#[test]
fn nobody_bears_more_effects_than_there_can_be() {
    let poison = vec![effect(TypeEffet::Poison, 0, 20)];
    let mages = (1..=13).map(|n| mage(n, Ciblage::Ennemi, poison.clone()));
    let roster: Vec<_> = mages.chain([foe(14)]).collect();
    let commands: Vec<_> = (1..=13).map(|n| casts(n, 1, &[14])).collect();
    let mut combat = after(roster, &commands[..12]);
    assert_eq!(effects(&combat, 14).len(), Combat::EFFETS_MAX);
    let events = play(&mut combat, &commands[12]);
    assert_eq!(resultat(&events), ResultatAction::Echec);
    assert_eq!(effects(&combat, 14).len(), Combat::EFFETS_MAX);
}

#[test]
fn an_action_tells_which_effects_it_laid_on() {
    let poison = vec![effect(TypeEffet::Poison, 1, 9), effect(TypeEffet::Brulure, 1, 9)];
    let mut combat = after(vec![mage(1, Ciblage::Ennemi, poison), foe(2)], &[]);
    let events = play(&mut combat, &casts(1, 1, &[2]));
    let Some(CombatEvent::ActionExecutee { effets_appliques, .. }) = events.first() else {
        panic!("an action comes first: {events:?}");
    };
    let told: Vec<_> = effets_appliques.iter().map(|it| it.effet_id).collect();
    let laid: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            CombatEvent::EffetStatutApplique { effet_id, .. } => Some(*effet_id),
            _ => None,
        })
        .collect();
    assert_eq!((told.len(), told), (2, laid));
}
