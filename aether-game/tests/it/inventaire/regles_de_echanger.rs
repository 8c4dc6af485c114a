//! Direct exchanges.

use aether_game::inventaire::*;
use aether_game::item::Emplacement::ArmePrincipale;
use aether_game::values::*;

use super::fixtures::*;

fn offre(n: u128, revision: u32, termes: Termes) -> Offre {
    Offre { offre_id: offre_id(n), proposeur: moi(), revision, termes }
}

fn conclure(offre: &Offre) -> InventaireCommand {
    let (offre, transaction_id) = (Box::new(offre.clone()), transaction(1));
    InventaireCommand::ConclureOffre { joueur_id: moi(), offre, transaction_id }
}

fn accepter(joueur_id: JoueurId, offre: &Offre) -> InventaireCommand {
    let (offre, transaction_id) = (Box::new(offre.clone()), transaction(1));
    InventaireCommand::AccepterOffre { joueur_id, offre, transaction_id }
}

fn potions_contre_minerai() -> Termes {
    termes(vec![ligne(&potion(), 5)], vec![ligne(&minerai(), 3)])
}

#[test]
fn an_offer_that_changed_meanwhile_is_not_accepted() {
    let vue = offre(1, 2, potions_contre_minerai());
    let moins = termes(vec![ligne(&potion(), 1)], vec![ligne(&minerai(), 3)]);
    apres([ajouter(&potion(), 10)])
        .when(proposer(1, potions_contre_minerai()))
        .then_state(|sac| assert_eq!(sac.offre(offre_id(1)), Some(&vue)))
        .when(proposer(1, moins))
        .then_state(|_| {})
        .when(conclure(&vue))
        .then_rejected(InventaireRefus::OffreChangee {
            offre_id: offre_id(1),
            revision: 2,
            actuelle: 3,
        })
        // nor when it was changed back
        .when(proposer(1, potions_contre_minerai()))
        .then_state(|_| {})
        .when(conclure(&vue))
        .then_rejected(InventaireRefus::OffreChangee {
            offre_id: offre_id(1),
            revision: 2,
            actuelle: 4,
        })
        .when(conclure(&offre(1, 4, potions_contre_minerai())))
        .then_state(|sac| {
            assert_eq!(sac.places(potion().item_id).sac, 5);
            assert_eq!(sac.places(minerai().item_id).sac, 3);
            assert_eq!(sac.offres().count(), 0);
        })
        .when(conclure(&offre(1, 4, potions_contre_minerai())))
        .then_rejected(InventaireRefus::OffreInconnue { offre_id: offre_id(1) });
}

#[test]
fn terms_that_were_never_offered_are_not_accepted() {
    let plus = termes(vec![ligne(&potion(), 10)], vec![]);
    apres([ajouter(&potion(), 10), proposer(1, potions_contre_minerai())])
        .when(conclure(&offre(1, 2, plus)))
        .then_rejected(InventaireRefus::OffreChangee {
            offre_id: offre_id(1),
            revision: 2,
            actuelle: 2,
        });
}

#[test]
fn the_one_who_accepts_gives_what_is_asked_and_gets_what_is_offered() {
    let vue = offre(1, 2, potions_contre_minerai());
    let mut sac = Inventaire::default();
    fait(&mut sac, &ajouter_a(autre(), &minerai(), 4), 0);
    let events = fait(&mut sac, &accepter(autre(), &vue), 1);
    assert_eq!(sac.places(potion().item_id).sac, 5);
    assert_eq!(sac.places(minerai().item_id).sac, 1);
    let noted = events.iter().filter_map(|event| match event {
        InventaireEvent::ItemEchange(it) => Some((it.sens, it.item_id, it.quantite.get())),
        _ => None,
    });
    let expected = [(Sens::Cede, minerai().item_id, 3), (Sens::Recu, potion().item_id, 5)];
    assert_eq!(noted.collect::<Vec<_>>(), expected);
}

#[test]
fn an_offer_is_accepted_by_the_one_it_was_made_to() {
    let vue = offre(1, 2, potions_contre_minerai());
    let un_autre = InventaireRefus::OffreAUnAutre { offre_id: offre_id(1) };
    let avant = [ajouter_a(joueur(3), &minerai(), 4)];
    assert_eq!(refus(avant, &accepter(joueur(3), &vue)), un_autre);
    let a_soi = Offre { proposeur: autre(), ..vue };
    assert_eq!(refus([], &accepter(autre(), &a_soi)), InventaireRefus::AvecSoi);
}

#[test]
fn nobody_offers_what_he_does_not_have_or_may_not_give() {
    let absent =
        InventaireRefus::ItemAbsent { item_id: potion().item_id, demande: 11, disponible: 10 };
    let lettre_id = lettre().item_id;
    let a_soi = Termes { contrepartie: moi(), ..potions_contre_minerai() };
    let double = termes(vec![ligne(&potion(), 1), ligne(&potion(), 1)], vec![]);
    apres([ajouter(&potion(), 10), ajouter(&lettre(), 1)])
        .when(proposer(1, termes(vec![ligne(&potion(), 11)], vec![])))
        .then_rejected(absent)
        .when(proposer(1, termes(vec![ligne(&lettre(), 1)], vec![])))
        .then_rejected(InventaireRefus::NonEchangeable { item_id: lettre_id })
        .when(proposer(1, termes(vec![], vec![])))
        .then_rejected(InventaireRefus::OffreVide)
        .when(proposer(1, a_soi))
        .then_rejected(InventaireRefus::AvecSoi)
        .when(proposer(1, double))
        .then_rejected(InventaireRefus::Lignes { nombre: 2, maximum: 20 })
        .when(proposer(1, termes(vec![ligne(&potion(), 1); 50_000], vec![])))
        .then_rejected(InventaireRefus::Lignes { nombre: 50_000, maximum: 20 });
}

#[test]
fn what_was_offered_and_is_gone_is_not_exchanged() {
    let vue = offre(1, 2, potions_contre_minerai());
    apres([ajouter(&potion(), 5), proposer(1, vue.termes.clone()), jeter(slot(0), 1)])
        .when(conclure(&vue))
        .then_rejected(InventaireRefus::ItemAbsent {
            item_id: potion().item_id,
            demande: 5,
            disponible: 4,
        });
}

#[test]
fn what_comes_has_to_fit_after_what_goes() {
    let lourd = termes(vec![ligne(&minerai(), 10)], vec![ligne(&minerai(), 10)]);
    let trop = termes(vec![ligne(&minerai(), 10)], vec![ligne(&minerai(), 11)]);
    apres([ajouter(&minerai(), 200), proposer(1, lourd.clone()), proposer(2, trop.clone())])
        .when(conclure(&offre(2, 5, trop)))
        .then_rejected(InventaireRefus::PoidsDepasse {
            poids: Poids::fixe::<950>(),
            poids_max: Poids::fixe::<1_000>(),
        })
        .when(conclure(&offre(1, 4, lourd)))
        .then_state(|sac| assert_eq!(sac.places(minerai().item_id).sac, 200));
}

#[test]
fn a_piece_is_exchanged_as_itself_and_not_while_it_is_worn() {
    let equipement_id = Some(EquipementId::du_slot(slot(0)));
    let piece = LigneEchange { equipement_id, ..ligne(&epee(), 1) };
    let terms = termes(vec![piece.clone()], vec![]);
    let desequiper =
        InventaireCommand::Desequiper { joueur_id: moi(), emplacement: ArmePrincipale };
    let double = termes(vec![LigneEchange { quantite: q(2), ..piece }], vec![]);
    apres([ajouter(&epee(), 1), equiper(slot(0), &epee(), ArmePrincipale)])
        .when(proposer(1, terms.clone()))
        .then_rejected(InventaireRefus::PiecePortee { slot_id: slot(0) })
        .when(proposer(1, double))
        .then_rejected(InventaireRefus::Lignes { nombre: 1, maximum: 20 })
        .when(desequiper)
        .then_state(|_| {})
        .when(proposer(1, termes(vec![ligne(&epee(), 1)], vec![])))
        .then_rejected(InventaireRefus::ItemAbsent {
            item_id: epee().item_id,
            demande: 1,
            disponible: 0,
        })
        .when(proposer(1, terms.clone()))
        .then_state(|_| {})
        .when(conclure(&offre(1, 4, terms.clone())))
        .then_state(|sac| assert_eq!(sac.slots().count(), 0));

    let mut sac = Inventaire::default();
    fait(&mut sac, &accepter(autre(), &offre(1, 4, terms)), 0);
    assert_eq!(sac.slots().next().unwrap().1.equipement_id, equipement_id);
}

#[test]
fn an_offer_is_taken_back_and_there_are_not_too_many() {
    let some = || termes(vec![ligne(&potion(), 1)], vec![]);
    let retirer = |n| InventaireCommand::RetirerOffre { joueur_id: moi(), offre_id: offre_id(n) };
    let mut commands = vec![ajouter(&potion(), 1)];
    commands.extend((1..=20).map(|n| proposer(n, some())));
    apres(commands)
        .when(proposer(21, some()))
        .then_rejected(InventaireRefus::TropDOffres { maximum: 20 })
        .when(proposer(20, some()))
        .then_nothing()
        .when(retirer(7))
        .then([InventaireEvent::OffreRetiree { joueur_id: moi(), offre_id: offre_id(7) }])
        .when(retirer(7))
        .then_rejected(InventaireRefus::OffreInconnue { offre_id: offre_id(7) })
        .when(proposer(21, some()))
        .then_state(|sac| assert_eq!(sac.offres().count(), 20));
}
