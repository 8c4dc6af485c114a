//! Orders that are withdrawn or expire.

use aether_game::economie::*;
use aether_game::values::*;

use super::fixtures::*;

/// What becomes of order 1: 5 pieces at 20 by player 1, of which `reste` are left.
fn annulation(type_ordre: TypeOrdre, reste: u16, raison: RaisonAnnulation) -> OrdreAnnule {
    let rendu = if type_ordre == TypeOrdre::Achat { u32::from(reste) * 20 } else { 0 };
    OrdreAnnule {
        ordre_id: ordre(1),
        type_ordre,
        joueur_id: joueur(1),
        item_id: item(),
        quantite: quantite(5),
        reste: quantite(reste),
        prix_unitaire: prix(20),
        or_rendu: or(rendu),
        ferme: true,
        raison,
        intervention: None,
    }
}

#[test]
fn a_withdrawn_order_gives_back_what_is_not_traded() {
    let joueur = RaisonAnnulation::Joueur;
    marche([vend(1, 1, 5, 20), achete(2, 2, 2, 20), regle(0, false, L_ACHAT)])
        .when(annule(1, 1, 3))
        .then([EconomieEvent::OrdreAnnule(annulation(TypeOrdre::Vente, 3, joueur))])
        .then_state(|book| assert_eq!(book.bilan(), Bilan::default()));
    marche([achete(1, 1, 5, 20), vend(2, 2, 2, 20), regle(0, false, LA_VENTE)])
        .when(annule(1, 1, 3))
        .then([EconomieEvent::OrdreAnnule(annulation(TypeOrdre::Achat, 3, joueur))])
        .then_state(|book| assert_eq!(book.bilan(), Bilan::default()));
}

#[test]
fn a_player_counts_an_order_until_its_last_trade_is_settled() {
    let refus = EconomieRefus::FermetureChangee { ordre: ordre(1) };
    let en_attente = Cloture { ferme: false, ..cloture(1, 3) };
    let annulation =
        OrdreAnnule { ferme: false, ..annulation(TypeOrdre::Vente, 3, RaisonAnnulation::Joueur) };
    marche([vend(1, 1, 5, 20), achete(2, 2, 2, 20)])
        .when(annule(1, 1, 3))
        .then_rejected(refus.clone())
        .when(EconomieCommand::Annuler { joueur: joueur(1), cloture: en_attente })
        .then([EconomieEvent::OrdreAnnule(annulation)])
        .when(regle(0, false, L_ACHAT))
        .then_rejected(refus.clone())
        .when(regle(0, false, LES_DEUX))
        .then_state(|book| assert_eq!(book.bilan(), Bilan::default()));
    marche([vend(1, 1, 5, 20)])
        .when(EconomieCommand::Annuler {
            joueur: joueur(1),
            cloture: Cloture { ferme: false, ..cloture(1, 5) },
        })
        .then_rejected(refus);
}

#[test]
fn an_order_is_closed_once() {
    let introuvable = EconomieRefus::OrdreIntrouvable { ordre: ordre(1) };
    marche([vend(1, 1, 5, 20), annule(1, 1, 5)])
        .when(annule(1, 1, 5))
        .then_rejected(introuvable.clone())
        .at(a(i64::from(DUREE_S)))
        .when(expire(1, 5))
        .then_rejected(introuvable.clone());
    marche([vend(1, 1, 5, 20), achete(2, 2, 5, 20)])
        .when(annule(1, 1, 5))
        .then_rejected(introuvable);
}

#[test]
fn nobody_withdraws_somebody_elses_order() {
    let refus = EconomieRefus::OrdreDAutrui { ordre: ordre(1) };
    marche([vend(1, 1, 5, 20)])
        .when(annule(1, 2, 5))
        .then_rejected(refus.clone())
        // nor learns how much is left of it
        .when(annule(1, 2, 4))
        .then_rejected(refus);
}

#[test]
fn what_goes_back_is_what_the_other_leg_gives() {
    let (attendu, trouve) = (quantite(5), quantite(3));
    let refus = EconomieRefus::ResteChange { ordre: ordre(1), attendu, trouve };
    marche([vend(1, 1, 5, 20), achete(2, 2, 2, 20)])
        .when(annule(1, 1, 5))
        .then_rejected(refus.clone())
        .at(a(i64::from(DUREE_S)))
        .when(expire(1, 5))
        .then_rejected(refus);
}

#[test]
fn an_order_expires_when_its_time_is_over_and_not_before() {
    let expire_a = a(i64::from(DUREE_S));
    let annulation = annulation(TypeOrdre::Vente, 5, RaisonAnnulation::Expiration);
    marche([vend(1, 1, 5, 20)])
        .at(a(i64::from(DUREE_S) - 1))
        .when(expire(1, 5))
        .then_rejected(EconomieRefus::OrdreEnCours { ordre: ordre(1), expire_a })
        .at(expire_a)
        .when(expire(1, 5))
        .then([EconomieEvent::OrdreAnnule(annulation)]);
}

#[test]
fn a_timer_that_comes_late_or_twice_returns_an_order_once() {
    marche([achete(1, 1, 5, 20)])
        .at(a(10_000_000))
        .when(expire(1, 5))
        .then_state(|book| assert_eq!(book.bilan(), Bilan::default()))
        .when(expire(1, 5))
        .then_rejected(EconomieRefus::OrdreIntrouvable { ordre: ordre(1) });
}

#[test]
fn an_operator_withdraws_an_order_with_a_reason() {
    let intervention = Intervention {
        acteur: Nom::new("Brune").expect("a name"),
        motif: Motif::new("faute de frappe").expect("a reason"),
    };
    let annulation = OrdreAnnule {
        intervention: Some(intervention.clone()),
        ..annulation(TypeOrdre::Vente, 5, RaisonAnnulation::Operateur)
    };
    marche([vend(1, 1, 5, 20)])
        .when(EconomieCommand::AnnulerParOperateur { cloture: cloture(1, 5), intervention })
        .then([EconomieEvent::OrdreAnnule(annulation)]);
}

#[test]
fn a_rest_that_does_not_fit_waits_in_a_parcel() {
    let en_colis = |reste| Cloture { en_colis: true, ..cloture(1, reste) };
    let depose = |type_contenu, quantite| {
        EconomieEvent::ColisDepose(ColisDepose {
            colis_id: colis_de_restitution(0),
            joueur_id: joueur(1),
            item_id: item(),
            type_contenu,
            quantite,
            raison: RaisonColis::Restitution,
            transaction_id: None,
            ordre_id: Some(ordre(1)),
        })
    };
    marche([vend(1, 1, 5, 20)])
        .when(EconomieCommand::Annuler { joueur: joueur(1), cloture: en_colis(5) })
        .then([
            EconomieEvent::OrdreAnnule(annulation(TypeOrdre::Vente, 5, RaisonAnnulation::Joueur)),
            depose(TypeContenu::Item, 5),
        ])
        .then_state(|book| assert_eq!(book.bilan().items_colis, 5));
    marche([achete(1, 1, 5, 20)])
        .at(a(i64::from(DUREE_S)))
        .when(EconomieCommand::Expirer { cloture: en_colis(5) })
        .then([
            EconomieEvent::OrdreAnnule(annulation(
                TypeOrdre::Achat,
                5,
                RaisonAnnulation::Expiration,
            )),
            depose(TypeContenu::Or, 100),
        ])
        .then_state(|book| assert_eq!(book.bilan().or_colis, 100));
}
