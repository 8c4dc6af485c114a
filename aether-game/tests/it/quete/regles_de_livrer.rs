//! Deliveries: they count whole, for one quest, or are refused.

use aether_game::quete::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

/// The wolves are dead, so pelts are wanted.
fn ouverte() -> Scenario<Progres> {
    apres(en_cours(fiche()), (1..=3).map(tue))
}

fn livrer(objectif: u128, item: ItemId) -> ProgresCommand {
    ProgresCommand::Livrer(Livraison {
        tentative: 1,
        objectif_id: objectif_id(objectif),
        item_id: item,
        quantite: pieces(1),
        transaction: transaction(1),
    })
}

#[test]
fn deliveries_add_up_to_what_is_required() {
    ouverte()
        .when(livre(1, 2))
        .then_state(|progres| assert_eq!(avances(progres), [3, 2, 0]))
        .when(livre(2, 3))
        .then_state(|progres| assert_eq!(avances(progres), [3, 5, 0]));
}

#[test]
fn a_delivery_of_more_than_is_missing_is_refused_whole() {
    let (quantite, restant) = (pieces(4), 3);
    ouverte()
        .when(livre(1, 2))
        .then_state(|_| {})
        .when(livre(2, 4))
        .then_rejected(ProgresRefus::LivraisonExcessive { quantite, restant })
        .then_state(|progres| assert_eq!(avances(progres), [3, 2, 0]));
}

#[test]
fn a_delivery_counts_once() {
    let livraison = FaitId::new(transaction(1).as_uuid());
    ouverte()
        .when(livre(1, 2))
        .then_state(|_| {})
        .when(livre(1, 2))
        .then_rejected(ProgresRefus::LivraisonDejaComptee { livraison });
}

#[test]
fn only_a_delivery_counts_for_what_is_to_be_collected() {
    ouverte().when(progresser(fait(9, TypeObjectif::Collect, 2, 5))).then_nothing();
}

#[test]
fn a_delivery_is_for_an_open_objective_that_asks_for_this_item() {
    let objectif = objectif_id;
    ouverte()
        .when(livrer(9, item(2)))
        .then_rejected(ProgresRefus::ObjectifInconnu { objectif: objectif(9) })
        .when(livrer(1, item(1)))
        .then_rejected(ProgresRefus::PasUneLivraison { objectif: objectif(1) })
        .when(livrer(2, item(7)))
        .then_rejected(ProgresRefus::AutreItem { voulu: cible(2), livre: item(7) })
        .when(livre(1, 5))
        .then_state(|_| {})
        .when(livre(2, 1))
        .then_rejected(ProgresRefus::ObjectifComplet { objectif: objectif(2) });
    en_cours(fiche())
        .when(livre(1, 1))
        .then_rejected(ProgresRefus::ObjectifFerme { objectif: objectif(2) });
}

#[test]
fn a_delivery_that_comes_too_late_is_refused() {
    ouverte()
        .at(at(60))
        .when(livre(1, 1))
        .then_rejected(ProgresRefus::Expiree { expire_a: at(60) });
    apres(ouverte(), [ProgresCommand::Abandonner { tentative: 1 }])
        .when(livre(1, 1))
        .then_rejected(ProgresRefus::PasEnCours { etat: EtatQuete::Abandonee });
}
