//! What comes into a bag, and how much it holds.

use aether_game::inventaire::*;
use aether_game::item::TypeSlot;
use aether_game::values::*;

use super::fixtures::*;

fn poids(n: u32) -> Poids {
    Poids::new(n).unwrap()
}

fn agrandir(capacite: u16, poids_max: u32) -> InventaireCommand {
    InventaireCommand::ModifierCapacite {
        joueur_id: moi(),
        capacite,
        poids_max: poids(poids_max),
        raison: RaisonCapacite::Achat,
        extension: Some(Nom::new("Sacoche").unwrap()),
        intervention: None,
    }
}

#[test]
fn items_go_onto_stacks_first_and_then_into_free_slots_from_the_front() {
    let event = |n, position, quantite, avant, poids_avant, slots_avant| {
        let apres = avant + quantite;
        let slots_apres = slots_avant + u16::from(avant == 0);
        InventaireEvent::ItemAjoute(ItemAjoute {
            joueur_id: moi(),
            slot_id: slot(n),
            item_id: potion().item_id,
            quantite: q(quantite),
            quantite_avant: avant,
            quantite_apres: apres,
            position_slot: position,
            type_slot: TypeSlot::Consommable,
            source: RaisonItem::ButinCombat,
            reference: None,
            fiche: potion(),
            equipement_id: None,
            charge: Charge {
                poids_avant: poids(poids_avant),
                poids_apres: poids(poids_avant + 2 * u32::from(quantite)),
                slots_avant,
                slots_apres,
            },
            capacite_restante: 50 - slots_apres,
        })
    };
    apres([])
        .when(ajouter(&potion(), 15))
        .then([event(0, 0, 15, 0, 0, 0)])
        .when(ajouter(&potion(), 27))
        .then([event(0, 0, 5, 15, 30, 1), event(1, 1, 20, 0, 40, 1), event(2, 2, 2, 0, 80, 2)])
        .then_state(|sac| assert_eq!(sac.places(potion().item_id).sac, 42));
}

#[test]
fn what_does_not_fit_is_refused_whole() {
    let plein = InventaireRefus::Plein { capacite: 2 };
    apres([agrandir(2, 1_000), ajouter(&potion(), 30)])
        .when(ajouter(&potion(), 11))
        .then_rejected(plein.clone())
        .when(ajouter(&minerai(), 1))
        .then_rejected(plein)
        .when(ajouter(&potion(), 10))
        .then_state(|sac| assert_eq!(sac.places(potion().item_id).sac, 40));
}

#[test]
fn what_is_too_heavy_is_refused() {
    apres([ajouter(&minerai(), 199)])
        .when(ajouter(&minerai(), 2))
        .then_rejected(InventaireRefus::PoidsDepasse { poids: poids(995), poids_max: poids(1_000) })
        .when(ajouter(&minerai(), 1))
        .then_state(|sac| assert_eq!(sac.poids(), poids(1_000)));
}

#[test]
fn a_weight_that_no_bag_carries_does_not_overflow() {
    let lourd = aether_game::item::FicheItem { poids: Poids::MAX, ..minerai() };
    apres([]).when(ajouter(&lourd, 9_999)).then_rejected(InventaireRefus::PoidsDepasse {
        poids: Poids::ZERO,
        poids_max: poids(1_000),
    });
}

#[test]
fn stacks_of_another_sheet_are_not_mixed() {
    let autrefois = aether_game::item::FicheItem { poids: poids(3), ..potion() };
    apres([ajouter(&potion(), 1), ajouter(&autrefois, 1)]).then_state(|sac| {
        assert_eq!(sac.slots().count(), 2);
        assert_eq!(sac.poids(), poids(5));
    });
}

#[test]
fn items_come_into_the_game_by_a_source_only() {
    for raison in RaisonItem::ALL.iter().filter(|it| it.flux() != Flux::Source) {
        let command = InventaireCommand::Ajouter {
            joueur_id: moi(),
            fiche: Box::new(potion()),
            quantite: q(1),
            source: *raison,
            reference: None,
        };
        let expected = InventaireRefus::RaisonInterdite { raison: *raison };
        assert_eq!(refus([], &command), expected);
    }
}

#[test]
fn what_an_operator_gives_says_who_and_why() {
    let donner = |source, reference| InventaireCommand::Ajouter {
        joueur_id: moi(),
        fiche: Box::new(potion()),
        quantite: q(1),
        source,
        reference,
    };
    let acte = Some(Reference::Intervention(intervention()));
    let ajout = RaisonItem::OperateurAjout;
    let quete = RaisonItem::RecompenseQuete;
    let incoherent = |raison| InventaireRefus::InterventionIncoherente { raison };
    apres([])
        .when(donner(ajout, None))
        .then_rejected(incoherent(ajout))
        .when(donner(quete, acte.clone()))
        .then_rejected(incoherent(quete))
        .when(donner(ajout, acte))
        .then_state(|sac| assert_eq!(sac.places(potion().item_id).sac, 1));
}

#[test]
fn somebody_elses_bag_is_not_used() {
    let command = ajouter_a(autre(), &potion(), 1);
    let expected = InventaireRefus::DAutrui { joueur_id: autre() };
    assert_eq!(refus([ajouter(&potion(), 1)], &command), expected);
}

#[test]
fn a_purchase_is_noted_with_its_seller_and_price_and_not_made_with_oneself() {
    let prix = Prix::fixe::<12>();
    let acheter = |vendeur| InventaireCommand::Recevoir {
        joueur_id: moi(),
        fiche: Box::new(potion()),
        quantite: q(3),
        provenance: Provenance::Marche { vendeur, prix, transaction_id: transaction(1) },
    };
    assert_eq!(refus([], &acheter(moi())), InventaireRefus::AvecSoi);
    let mut sac = Inventaire::default();
    let events = fait(&mut sac, &acheter(autre()), 0);
    let noted = events.iter().any(|event| {
        matches!(event, InventaireEvent::ItemEchange(ItemEchange { sens: Sens::Recu, contrepartie, prix: Some(paid), .. })
            if *contrepartie == autre() && *paid == prix)
    });
    assert!(noted, "{events:?}");
    assert_eq!(sac.places(potion().item_id).sac, 3);
}

#[test]
fn a_bag_grows_and_shrinks_as_far_as_its_contents_allow() {
    let insuffisante = InventaireRefus::CapaciteInsuffisante { dernier: 4, poids: poids(80) };
    let deplacer = InventaireCommand::Deplacer { joueur_id: moi(), slot_id: slot(1), position: 3 };
    apres([ajouter(&potion(), 40), deplacer])
        .when(agrandir(3, 1_000))
        .then_rejected(insuffisante.clone())
        .when(agrandir(4, 79))
        .then_rejected(insuffisante)
        .when(agrandir(4, 80))
        .then_state(|sac| assert_eq!((sac.capacite(), sac.poids_max()), (4, poids(80))));
}
