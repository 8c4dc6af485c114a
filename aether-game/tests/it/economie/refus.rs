//! Every refusal of a book is reached by a command.

use aether_core::Aggregate as _;
use aether_game::economie::*;
use aether_game::values::*;
use uuid::Uuid;

use super::fixtures::*;
use super::limites::{avec_cent_colis, vendeurs};
use crate::refus::assert_all_reached;

/// Why a command is refused after these commands.
#[track_caller]
fn refus(
    avant: impl IntoIterator<Item = EconomieCommand>,
    command: EconomieCommand,
) -> EconomieRefus {
    let mut economie = Economie::default();
    for command in avant {
        joue(&mut economie, &command, 0).expect("accepted");
    }
    joue(&mut economie, &command, 0).expect_err("refused")
}

#[test]
fn every_refusal_of_a_book_is_reached() {
    let autre = PlacerOrdre { item: ItemId::new(Uuid::nil()), ..demande(2, 2, 1, 1) };
    let breve = PlacerOrdre { duree_s: 0, ..demande(1, 1, 1, 1) };
    let mille = vendeurs(1_001);
    let plein = vendeurs(Economie::ORDRES_MAX);
    let encombre = avec_cent_colis();
    let sur = |economie: &Economie, command| {
        joue(&mut economie.clone(), &command, 0).expect_err("refused")
    };
    assert_all_reached([
        refus([vend(1, 1, 1, 1)], vend(1, 1, 1, 1)),
        refus([vend(1, 1, 1, 1)], EconomieCommand::PlacerAchat(autre)),
        refus([], EconomieCommand::PlacerVente(breve)),
        refus([], achete(1, 1, 9_999, 1_000_000_000)),
        refus([], annule(1, 1, 1)),
        refus([vend(1, 1, 1, 1)], annule(1, 2, 1)),
        refus([vend(1, 1, 2, 1)], annule(1, 1, 1)),
        refus([vend(1, 1, 1, 1)], expire(1, 1)),
        refus([], regle(0, false, LES_DEUX)),
        refus([], retire(colis_id(0, RaisonColis::Achat), 1, TypeContenu::Item, 1)),
        refus([vend(1, 1, 2, 1), achete(2, 2, 1, 1)], regle(0, false, LES_DEUX)),
        refus(
            [vend(1, 1, 1, 1), achete(2, 2, 1, 1), regle(0, true, LES_DEUX)],
            retire(colis_id(0, RaisonColis::Produit), 1, TypeContenu::Or, 2),
        ),
        refus(
            [vend(1, 1, 1, 1), achete(2, 2, 1, 1), regle(0, true, LES_DEUX)],
            retire(colis_id(0, RaisonColis::Produit), 1, TypeContenu::Item, 1),
        ),
        refus([recompense(1, 5)], recompense(1, 5)),
        sur(&plein, vend(1, 1, 1, 10)),
        sur(&mille, achete(1, 1, 1_001, 10)),
        sur(&encombre, achete(900, 2, 1, 10)),
    ]);
    assert_eq!(Economie::TYPE, "Economy");
}
