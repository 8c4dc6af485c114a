//! Bots and rosters.

mod vie;

use aether_game::bots::{Rosters, Tactic, zones};
use aether_game::combat::*;

use crate::combat::fixtures::*;

#[test]
fn every_roster_can_start() {
    let mut rosters = Rosters::new(1);
    let mut types = std::collections::HashSet::new();
    for _ in 0..1000 {
        let (_, start) = rosters.next_combat();
        types.insert(start.type_combat);
        assert!(zones().any(|(id, nom)| id == start.zone_id && nom == start.zone_nom));
        play(&mut Combat::default(), &CombatCommand::Demarrer(Box::new(start)));
    }
    assert_eq!(types.len(), 3);
}

#[test]
fn no_two_combats_share_an_id() {
    let mut rosters = Rosters::new(1);
    let mut ids = std::collections::HashSet::new();
    for _ in 0..1000 {
        let (id, start) = rosters.next_combat();
        assert!(ids.insert(id.as_uuid()));
        assert!(start.participants.iter().all(|it| ids.insert(it.participant_id.as_uuid())));
    }
}

#[test]
fn the_aggressive_strike_the_weakest_within_reach_or_come_closer() {
    let weak = with(foe(3), |it| it.hp = 10);
    let combat = after(vec![ally(1), foe(2), weak], &[]);
    assert_eq!(Tactic::Aggressive.choose(&combat, pid(1)), strikes(1, 3));
    let far = with(foe(2), |it| it.position = 90);
    let combat = after(vec![ally(1), far], &[]);
    let closer = acts(1, Action::Deplacement { vers: 55 });
    assert_eq!(Tactic::Aggressive.choose(&combat, pid(1)), closer);
}

#[test]
fn healers_heal_who_needs_it() {
    let prayer = skill(1, Ciblage::Allie, vec![Pouvoir::Soin { puissance: 20 }]);
    let cleric = with(ally(1), |it| it.competences = vec![prayer]);
    assert_eq!(Tactic::suited_to(&cleric), Tactic::Healer);
    let hurt = with(ally(2), |it| it.hp = 20);
    let combat = after(vec![cleric, hurt, foe(3)], &[]);
    assert_eq!(Tactic::Healer.choose(&combat, pid(1)), casts(1, 1, &[2]));
}

#[test]
fn casters_use_their_strongest_skill() {
    let fire = |puissance| vec![Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance }];
    let mage = with(ally(1), |it| {
        it.competences =
            vec![skill(1, Ciblage::Ennemi, fire(25)), skill(2, Ciblage::Zone, fire(15))];
    });
    let combat = after(vec![mage, foe(2), foe(3)], &[]);
    assert_eq!(Tactic::Caster.choose(&combat, pid(1)), casts(1, 2, &[2, 3]));
}

#[test]
fn cowards_flee_when_it_hurts() {
    let combat = after(vec![with(ally(1), |it| it.hp = 20), foe(2)], &[]);
    assert_eq!(Tactic::Coward.choose(&combat, pid(1)), acts(1, Action::Fuite));
}
