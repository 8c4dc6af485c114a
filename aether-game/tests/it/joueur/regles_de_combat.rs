//! One active combat per player.

use aether_game::joueur::*;

use super::fixtures::*;

fn rejoint(n: u128) -> JoueurCommand {
    JoueurCommand::RejoindreCombat { combat: combat(n) }
}

#[test]
fn a_player_is_in_one_combat_at_most() {
    let refus = JoueurRefus::DejaEnCombat { combat: combat(1) };
    alba()
        .when(rejoint(1))
        .then([JoueurEvent::CombatRejoint { combat_id: combat(1), rejoint_a: at(1) }])
        .when(rejoint(2))
        .then_rejected(refus.clone())
        .when(rejoint(1))
        .then_rejected(refus)
        .when(quitte(2))
        .then_rejected(JoueurRefus::PasDansCeCombat { combat: combat(2) })
        .when(quitte(1))
        .then_state(|joueur| assert_eq!(joueur.combat(), None))
        .when(quitte(1))
        .then_rejected(JoueurRefus::PasDansCeCombat { combat: combat(1) })
        .when(rejoint(2))
        .then_state(|joueur| assert_eq!(joueur.combat(), Some(combat(2))));
}

#[test]
fn combats_are_counted_by_how_they_ended() {
    let quitte = |n, issue, mort| JoueurCommand::QuitterCombat { combat: combat(n), issue, mort };
    let bilan = Bilan { combats: 1, defaites: 1, morts: 1, ..Bilan::default() };
    alba()
        .when(rejoint(1))
        .then_state(|_| {})
        .when(quitte(1, IssueCombat::Defaite, true))
        .then([
            JoueurEvent::JoueurMort { combat_id: combat(1), morts: 1, mort_a: at(1) },
            JoueurEvent::CombatQuitte {
                combat_id: combat(1),
                issue: IssueCombat::Defaite,
                bilan,
                quitte_a: at(1),
            },
        ])
        .then_state(|joueur| assert_eq!(joueur.bilan(), bilan));
    let joueur = joueur_avec(|it| {
        for (n, issue) in
            (1..).zip([IssueCombat::Victoire, IssueCombat::Fuite, IssueCombat::SansVainqueur])
        {
            it.push(rejoint(n));
            it.push(quitte(n, issue, false));
        }
    });
    let bilan = Bilan { combats: 3, victoires: 1, fuites: 1, ..Bilan::default() };
    assert_eq!(joueur.bilan(), bilan);
}
