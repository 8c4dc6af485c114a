//! Improvements and enchantments.

use aether_game::equipement::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use crate::inventaire::fixtures::{epee, moi, puissance_neuve, q};

fn neuve() -> Scenario<Equipement> {
    let fiche = Box::new(epee());
    Scenario::given([])
        .when(EquipementCommand::Creer { joueur_id: moi(), fiche })
        .then_state(|_| {})
}

fn ameliorer(cout: u32) -> EquipementCommand {
    EquipementCommand::Ameliorer { joueur_id: moi(), cout: Or::new(cout).unwrap() }
}

fn enchantement(type_enchantement: TypeEnchantement, puissance: u32) -> Enchantement {
    Enchantement { type_enchantement, puissance: Stat::new(puissance).unwrap() }
}

fn enchanter(type_enchantement: TypeEnchantement, puissance: u32) -> EquipementCommand {
    let enchantement = enchantement(type_enchantement, puissance);
    EquipementCommand::Enchanter { joueur_id: moi(), enchantement }
}

fn puissance(attaque: u32, defense: u32) -> Puissance {
    Puissance { attaque: Stat::new(attaque).unwrap(), defense: Stat::new(defense).unwrap() }
}

#[test]
fn each_level_of_improvement_adds_a_tenth_and_costs_more() {
    let prix = Or::fixe::<100>();
    neuve()
        .when(ameliorer(99))
        .then_rejected(EquipementRefus::CoutInexact { cout: Or::fixe::<99>(), prix })
        .when(ameliorer(100))
        .then([EquipementEvent::EquipementAmeliore {
            joueur_id: moi(),
            item_id: epee().item_id,
            niveau_avant: 0,
            niveau_apres: 1,
            puissance_avant: puissance_neuve(),
            puissance_apres: puissance(11, 4),
            cout: prix,
        }])
        .then_state(|piece| assert_eq!(piece.cout_amelioration(), Some(Or::fixe::<200>())));
}

#[test]
fn improvement_ends_at_the_highest_level() {
    let maximum = Equipement::NIVEAU_MAX;
    let levels = (1..=u32::from(maximum)).map(|level| ameliorer(100 * level));
    let past = levels.fold(neuve(), |past, command| past.when(command).then_state(|_| {}));
    past.then_state(|piece| {
        assert_eq!((piece.niveau(), piece.puissance()), (10, puissance(20, 13)));
    })
    .when(ameliorer(1_100))
    .then_rejected(EquipementRefus::NiveauMaximal { maximum });
}

#[test]
fn a_stronger_enchantment_takes_the_place_of_a_weaker_one_of_its_kind() {
    use TypeEnchantement::{Rempart, Tranchant};
    neuve()
        .when(enchanter(Tranchant, 5))
        .then([EquipementEvent::EnchantementsAppliques {
            joueur_id: moi(),
            item_id: epee().item_id,
            avant: vec![],
            apres: vec![enchantement(Tranchant, 5)],
            puissance_avant: puissance_neuve(),
            puissance_apres: puissance(15, 3),
        }])
        .when(enchanter(Tranchant, 5))
        .then_rejected(EquipementRefus::EnchantementPlusFaible { pose: Stat::fixe::<5>() })
        .when(enchanter(Rempart, 2))
        .then_state(|piece| assert_eq!(piece.puissance(), puissance(15, 5)))
        .when(enchanter(Tranchant, 6))
        .then_state(|piece| {
            assert_eq!(
                piece.enchantements(),
                [enchantement(Tranchant, 6), enchantement(Rempart, 2)]
            );
        });
}

#[test]
fn an_enchantment_has_a_strength_within_bounds() {
    use TypeEnchantement::Tranchant;
    let maximum = Equipement::ENCHANTEMENT_MAX;
    for n in [0, 1_001, 1_000_000] {
        let puissance = Stat::new(n).unwrap();
        neuve()
            .when(enchanter(Tranchant, n))
            .then_rejected(EquipementRefus::EnchantementHorsBornes { puissance, maximum });
    }
}

#[test]
fn what_is_worn_out_is_repaired_before_it_is_strengthened() {
    let perdre =
        EquipementCommand::Perdre { joueur_id: moi(), points: q(50), usee: true, combat_id: None };
    neuve()
        .when(perdre)
        .then_state(|_| {})
        .when(ameliorer(100))
        .then_rejected(EquipementRefus::Usee)
        .when(enchanter(TypeEnchantement::Tranchant, 5))
        .then_rejected(EquipementRefus::Usee);
}
