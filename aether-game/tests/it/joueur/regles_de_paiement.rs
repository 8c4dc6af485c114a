//! Gold that comes and goes.

use aether_game::joueur::*;
use aether_game::values::*;

use super::fixtures::*;

fn modifie(avant: u32, apres: u32, raison: RaisonOr) -> JoueurEvent {
    JoueurEvent::OrModifie {
        avant: or(avant),
        apres: or(apres),
        raison,
        transaction_id: transaction(),
        ordre_id: None,
        intervention: None,
    }
}

#[test]
fn a_payment_takes_gold_out_of_the_purse() {
    alba().when(debite(60)).then([modifie(100, 40, RaisonOr::AchatPnj)]);
}

#[test]
fn nobody_spends_more_than_the_purse_holds() {
    let refus = |demande, disponible| JoueurRefus::OrInsuffisant {
        demande: montant(demande),
        disponible: or(disponible),
    };
    alba()
        .when(debite(101))
        .then_rejected(refus(101, 100))
        .when(debite(2_147_483_647))
        .then_rejected(refus(2_147_483_647, 100))
        .when(debite(100))
        .then_state(|joueur| assert_eq!(joueur.or(), Or::ZERO))
        .when(debite(1))
        .then_rejected(refus(1, 0));
}

#[test]
fn a_sum_that_passes_the_cap_is_refused_and_nothing_is_clipped() {
    alba()
        .when(credite(2_147_483_546))
        .then([modifie(100, 2_147_483_646, RaisonOr::VentePnj)])
        .when(credite(2))
        .then_rejected(JoueurRefus::BoursePleine {
            montant: montant(2),
            disponible: or(2_147_483_646),
        })
        .when(credite(1))
        .then_state(|joueur| assert_eq!(joueur.or(), Or::MAX))
        .when(credite(2_147_483_647))
        .then_rejected(JoueurRefus::BoursePleine { montant: Montant::MAX, disponible: Or::MAX });
}

#[test]
fn there_is_no_payment_of_nothing_or_less() {
    for nothing in [0, -1, i64::MIN] {
        assert!(Montant::new(nothing).is_err());
    }
    assert_eq!(Or::ZERO.montant(), None);
}

#[test]
fn gold_moves_only_in_the_direction_of_its_reason() {
    let out = [
        RaisonOr::AchatPnj,
        RaisonOr::Reparation,
        RaisonOr::Amelioration,
        RaisonOr::Enchantement,
        RaisonOr::ExtensionInventaire,
        RaisonOr::Apprentissage,
        RaisonOr::Echange,
    ];
    let inward = [
        RaisonOr::RecompenseCombat,
        RaisonOr::RecompenseQuete,
        RaisonOr::RecompenseEvenement,
        RaisonOr::VentePnj,
        RaisonOr::VenteMarche,
        RaisonOr::Colis,
        RaisonOr::Echange,
    ];
    for &raison in RaisonOr::ALL {
        let transaction = transaction();
        let debit = JoueurCommand::Debiter { montant: montant(1), raison, transaction };
        let credit = JoueurCommand::Crediter { montant: montant(1), raison, transaction };
        let refus = JoueurRefus::RaisonInadmissible { raison };
        match out.contains(&raison) {
            true => drop(alba().when(debit).then([modifie(100, 99, raison)])),
            false => drop(alba().when(debit).then_rejected(refus.clone())),
        }
        match inward.contains(&raison) {
            true => drop(alba().when(credit).then([modifie(100, 101, raison)])),
            false => drop(alba().when(credit).then_rejected(refus)),
        }
    }
}

#[test]
fn an_act_of_an_operator_names_actor_and_reason() {
    let acte = |acte| JoueurCommand::Intervenir {
        acte,
        intervention: intervention(),
        transaction: transaction(),
    };
    let par_l_operateur = |avant, apres, raison| {
        let mut event = modifie(avant, apres, raison);
        if let JoueurEvent::OrModifie { intervention, .. } = &mut event {
            *intervention = Some(super::fixtures::intervention());
        }
        event
    };
    alba()
        .when(acte(Acte::CrediterOr(montant(5))))
        .then([par_l_operateur(100, 105, RaisonOr::OperateurCredit)])
        .when(acte(Acte::DebiterOr(montant(15))))
        .then([par_l_operateur(105, 90, RaisonOr::OperateurDebit)])
        .when(acte(Acte::DebiterOr(montant(91))))
        .then_rejected(JoueurRefus::OrInsuffisant { demande: montant(91), disponible: or(90) })
        .when(acte(Acte::CrediterOr(Montant::MAX)))
        .then_rejected(JoueurRefus::BoursePleine { montant: Montant::MAX, disponible: or(90) })
        .when(acte(Acte::FixerStats(Stats { hp: Stat::MAX, ..Stats::default() })))
        .then_state(|joueur| assert_eq!(joueur.stats_base().hp, Stat::MAX));
}

#[test]
fn a_player_who_was_not_created_does_nothing() {
    let nobody = || aether_testkit::scenario::Scenario::<Joueur>::given([]);
    for command in
        [JoueurCommand::Connecter, debite(1), credite(1), gagne(1), reserve(1, 1), quitte(1)]
    {
        nobody().when(command).then_rejected(JoueurRefus::JoueurInconnu);
    }
}

#[test]
fn who_signs_in_is_noted_with_the_time_before() {
    let connecte = |precedente, connecte_a| JoueurEvent::JoueurConnecte { precedente, connecte_a };
    alba()
        .when(JoueurCommand::Connecter)
        .then([connecte(None, at(1))])
        .at(at(9))
        .when(JoueurCommand::Connecter)
        .then([connecte(Some(at(1)), at(9))]);
}
