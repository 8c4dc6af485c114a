//! What is won is shared out whole, among those who won it.

use aether_game::combat::*;
use aether_game::joueur::IssueCombat;
use aether_game::values::JoueurId;
use proptest::prelude::*;

use super::fixtures::*;

/// A player of the first side; the others of this side are players as well.
fn joueur(n: u128) -> JoueurId {
    ally(n).entite_id.joueur()
}

/// A combat of these allies against one foe who falls at the first blow, who gives this.
fn gagne(allies: u128, recompenses: Recompenses) -> Combat {
    let mut participants: Vec<_> = (1..=allies).map(ally).collect();
    participants.push(with(foe(99), |it| it.hp = 1));
    let mut demarrer = demarrer(participants);
    demarrer.recompenses = recompenses;
    let mut combat = Combat::default();
    play(&mut combat, &CombatCommand::Demarrer(Box::new(demarrer)));
    play(&mut combat, &strikes(1, 99));
    combat
}

fn won(experience: u32, or: u32, items: &[(u128, u32)]) -> Recompenses {
    let items = items.iter().map(|(n, quantite)| ItemGagne {
        item_id: ItemId::new(uuid::Uuid::from_u128(*n)),
        quantite: *quantite,
    });
    Recompenses { experience, or, items: items.collect() }
}

proptest! {
    #[test]
    fn shares_add_up_to_all_that_was_won_and_differ_by_one_at_most(
        allies in 1_u128..8,
        experience in 0_u32..i32::MAX as u32,
        or in 0_u32..100,
        items in proptest::collection::vec((1_u128..4, 1_u32..20), 0..6),
    ) {
        let combat = gagne(allies, won(experience, or, &items));
        let parts: Vec<_> =
            (1..=allies).map(|n| combat.sortie(joueur(n)).unwrap().part).collect();
        let pieces = |part: &Recompenses| part.items.iter().map(|it| it.quantite).sum::<u32>();
        for of in [|part: &Recompenses| part.experience, |part: &Recompenses| part.or, pieces] {
            let (least, most) = (parts.iter().map(of).min(), parts.iter().map(of).max());
            prop_assert!(most.unwrap() - least.unwrap() <= 1);
        }
        prop_assert_eq!(parts.iter().map(|it| it.experience).sum::<u32>(), experience);
        prop_assert_eq!(parts.iter().map(|it| it.or).sum::<u32>(), or);
        for n in 1..4 {
            let of = |items: &[ItemGagne]| -> u32 {
                let n = ItemId::new(uuid::Uuid::from_u128(n));
                items.iter().filter(|it| it.item_id == n).map(|it| it.quantite).sum()
            };
            let all = won(0, 0, &items).items;
            prop_assert_eq!(parts.iter().map(|it| of(&it.items)).sum::<u32>(), of(&all));
        }
    }
}

#[test]
fn who_did_not_win_gets_nothing() {
    let recompenses = won(10, 10, &[(1, 2)]);
    let combat = gagne(2, recompenses.clone());
    assert_eq!(combat.vainqueurs().collect::<Vec<_>>(), [joueur(1), joueur(2)]);
    assert_eq!(combat.tues_contre(joueur(2)).count(), 1);
    assert_eq!(combat.sortie(JoueurId::generate()), None);
    let foe = with(foe(9), |it| it.initiative = 100);
    let mut demarrer = demarrer(vec![with(ally(1), |it| it.hp = 1), foe]);
    demarrer.recompenses = recompenses;
    let mut combat = Combat::default();
    play(&mut combat, &CombatCommand::Demarrer(Box::new(demarrer)));
    assert_eq!(combat.sortie(joueur(1)), None, "it is not over");
    play(&mut combat, &strikes(9, 1));
    let part = Recompenses::default();
    let sortie = Sortie { issue: IssueCombat::Defaite, mort: true, part };
    assert_eq!(combat.sortie(joueur(1)), Some(sortie));
    assert_eq!(combat.vainqueurs().count(), 0);
}
