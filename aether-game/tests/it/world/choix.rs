//! What a player does next.

use aether_game::world::choix::{Habitudes, Verbe};
use aether_game::world::{Hasard, World};

#[test]
fn a_player_does_what_he_likes_as_often_as_he_likes_it() {
    let habitudes = Habitudes::aucune().avec(Verbe::Vendre, 3).avec(Verbe::Parler, 1);
    let mut hasard = Hasard::new(7);
    let verbes: Vec<_> = (0..4_000).filter_map(|_| habitudes.verbe(&mut hasard)).collect();
    let sales = verbes.iter().filter(|it| **it == Verbe::Vendre).count();
    assert_eq!(verbes.len(), 4_000);
    assert!((2_850..3_150).contains(&sales), "{sales}");
    assert_eq!(Habitudes::aucune().verbe(&mut hasard), None);
}

#[test]
fn choices_are_pure() {
    let world = World::new(7);
    let mut history = world.history(10, 4_000);
    history.by_ref().for_each(drop);
    for player in history.players() {
        let joueur = history.state(player);
        let sac = history.state(aether_game::values::InventaireId::du_joueur(player));
        use aether_game::world::choix::sac::{a_ceder, a_consommer, a_equiper, a_ranger};
        let all = |seed| {
            let mut hasard = Hasard::new(seed);
            let ceder =
                a_ceder(&sac, &mut hasard).map(|(fiche, quantite)| (fiche.clone(), quantite));
            let consommer = a_consommer(&joueur, &sac, &mut hasard);
            let ranger = a_ranger(player, &sac, &mut hasard);
            (a_equiper(&joueur, &sac), ceder, consommer, ranger)
        };
        assert_eq!(all(3), all(3));
    }
}
