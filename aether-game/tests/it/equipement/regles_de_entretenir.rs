//! Wear, repair, and whose a piece is.

use aether_game::equipement::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use crate::inventaire::fixtures::{autre, epee, moi, potion, puissance_neuve, q, transaction};
use crate::refus::assert_all_reached;

fn creer() -> EquipementCommand {
    EquipementCommand::Creer { joueur_id: moi(), fiche: Box::new(epee()) }
}

/// A sword of 50 points of durability, attack 10 and defence 3.
fn neuve() -> Scenario<Equipement> {
    Scenario::given([]).when(creer()).then_state(|_| {})
}

fn perdre(points: u16, usee: bool) -> EquipementCommand {
    EquipementCommand::Perdre { joueur_id: moi(), points: q(points), usee, combat_id: None }
}

fn reparer(points: u16, cout: u32) -> EquipementCommand {
    let cout = Or::new(cout).unwrap();
    EquipementCommand::Reparer { joueur_id: moi(), points: q(points), cout }
}

fn perdue(perte: u16, avant: u16, usee: bool) -> EquipementEvent {
    EquipementEvent::DurabilitePerdue {
        joueur_id: moi(),
        item_id: epee().item_id,
        perte: q(perte),
        durabilite_avant: avant,
        durabilite_apres: avant - perte,
        durabilite_max: q(50),
        usee,
        combat_id: None,
    }
}

#[test]
fn durability_stays_between_nothing_and_its_maximum() {
    neuve()
        .when(reparer(1, 2))
        .then_rejected(EquipementRefus::ReparationExcessive { points: 1, manque: 0 })
        .when(perdre(20, false))
        .then([perdue(20, 50, false)])
        .when(reparer(21, 42))
        .then_rejected(EquipementRefus::ReparationExcessive { points: 21, manque: 20 })
        .when(perdre(99, true))
        .then([perdue(30, 30, true)])
        .when(perdre(1, true))
        .then_rejected(EquipementRefus::Usee)
        .when(reparer(50, 100))
        .then_state(|piece| assert_eq!(piece.durabilite(), 50));
}

#[test]
fn wear_says_whether_it_wears_out() {
    neuve()
        .when(perdre(50, false))
        .then_rejected(EquipementRefus::UsureMalAnnoncee { reste: 0 })
        .when(perdre(49, true))
        .then_rejected(EquipementRefus::UsureMalAnnoncee { reste: 1 })
        .then_state(|piece| {
            assert!(piece.serait_usee(q(50)));
            assert!(!piece.serait_usee(q(49)));
        });
}

#[test]
fn a_repair_costs_what_the_item_says() {
    let prix = Or::fixe::<20>();
    neuve()
        .when(perdre(10, false))
        .then_state(|piece| assert_eq!(piece.cout_reparation(q(10)), Some(prix)))
        .when(reparer(10, 19))
        .then_rejected(EquipementRefus::CoutInexact { cout: Or::fixe::<19>(), prix })
        .when(reparer(10, 20))
        .then([EquipementEvent::EquipementRepare {
            joueur_id: moi(),
            item_id: epee().item_id,
            durabilite_avant: 40,
            durabilite_apres: 50,
            cout: prix,
        }]);
}

#[test]
fn a_piece_obeys_its_owner_and_is_made_once() {
    let etranger = EquipementCommand::Perdre {
        joueur_id: autre(),
        points: q(1),
        usee: false,
        combat_id: None,
    };
    let ceder =
        |joueur_id, a| EquipementCommand::Ceder { joueur_id, a, transaction_id: transaction(1) };
    Scenario::<Equipement>::given([])
        .when(perdre(1, false))
        .then_rejected(EquipementRefus::Inconnu)
        .when(EquipementCommand::Creer { joueur_id: moi(), fiche: Box::new(potion()) })
        .then_rejected(EquipementRefus::PasUnePiece { item_id: potion().item_id })
        .when(creer())
        .then_state(|_| {})
        .when(creer())
        .then_rejected(EquipementRefus::DejaCree)
        .when(etranger.clone())
        .then_rejected(EquipementRefus::DAutrui { joueur_id: autre() })
        .when(ceder(moi(), moi()))
        .then_rejected(EquipementRefus::CedeeASoi { joueur_id: moi() })
        .when(ceder(moi(), autre()))
        .then_state(|piece| assert_eq!(piece.joueur_id(), Some(autre())))
        .when(perdre(1, false))
        .then_rejected(EquipementRefus::DAutrui { joueur_id: moi() })
        .when(etranger)
        .then_state(|piece| assert_eq!(piece.durabilite(), 49));
}

#[test]
fn a_piece_is_gone_by_a_sink_and_takes_nothing_afterwards() {
    let detruire = |raison| EquipementCommand::Detruire { joueur_id: moi(), raison };
    let echange = RaisonItem::Echange;
    neuve()
        .when(detruire(echange))
        .then_rejected(EquipementRefus::RaisonInterdite { raison: echange })
        .when(detruire(RaisonItem::VentePnj))
        .then_state(|piece| assert!(piece.est_detruit()))
        .when(perdre(1, false))
        .then_rejected(EquipementRefus::Detruit)
        .when(creer())
        .then_rejected(EquipementRefus::DejaCree);
}

#[test]
fn only_a_sound_piece_that_is_as_the_command_says_is_put_on() {
    let fort = Puissance { attaque: Stat::MAX, ..puissance_neuve() };
    let item = epee().item_id;
    neuve()
        .then_state(|piece| {
            assert_eq!(piece.verifie_port(moi(), item, puissance_neuve()), Ok(()));
            let depasse = Err(EquipementRefus::EtatDepasse);
            assert_eq!(piece.verifie_port(moi(), item, fort), depasse);
            assert_eq!(piece.verifie_port(moi(), potion().item_id, puissance_neuve()), depasse);
            let d_autrui = Err(EquipementRefus::DAutrui { joueur_id: autre() });
            assert_eq!(piece.verifie_port(autre(), item, puissance_neuve()), d_autrui);
        })
        .when(perdre(50, true))
        .then_state(|piece| {
            let usee = Err(EquipementRefus::Usee);
            assert_eq!(piece.verifie_port(moi(), item, puissance_neuve()), usee);
        });
}

#[test]
fn every_refusal_of_a_piece_is_reached() {
    assert_all_reached(super::proprietes::refusals());
}
