//! What holds for every book, whatever is asked of it.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _};
use aether_game::economie::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;
use super::grand_livre::GrandLivre;

/// Any command, sensible or not: numbers pick among what there is.
#[derive(Debug, Clone)]
pub(crate) struct Pas {
    verbe: u8,
    joueur: u128,
    quantite: u16,
    prix: u32,
    choix: usize,
    en_colis: [bool; 3],
    pub(crate) attente_s: i64,
}

pub(crate) fn pas() -> impl Strategy<Value = Pas> {
    let prix = prop_oneof![8 => 1..8_u32, 1 => 999_999_990..=1_000_000_000_u32];
    let quantites = prop_oneof![8 => 1..12_u16, 1 => 1..=9_999_u16];
    (0..20_u8, 1..5_u128, quantites, prix, any::<usize>(), any::<[bool; 3]>(), 0..600_i64).prop_map(
        |(verbe, joueur, quantite, prix, choix, en_colis, attente_s)| Pas {
            verbe,
            joueur,
            quantite,
            prix,
            choix,
            en_colis,
            attente_s,
        },
    )
}

pub(crate) fn command(economie: &Economie, n: u128, pas: &Pas) -> EconomieCommand {
    let [produit, rendu, items] = pas.en_colis;
    let place = demande(n, pas.joueur, pas.quantite, pas.prix);
    let ordres: Vec<_> =
        [TypeOrdre::Vente, TypeOrdre::Achat].iter().flat_map(|cote| economie.cote(*cote)).collect();
    let choisi = ordres.get(pas.choix % ordres.len().max(1));
    match pas.verbe {
        0..6 => EconomieCommand::PlacerVente(place),
        6..12 => EconomieCommand::PlacerAchat(place),
        12..14 => {
            // sometimes of another player, of nothing, or with an old rest
            let id = choisi.map_or(ordre(n), |it| it.ordre_id);
            let reste = choisi.map_or(place.quantite, |it| it.reste);
            let reste = if pas.choix.is_multiple_of(7) { place.quantite } else { reste };
            let ferme = !economie.est_du(id) || pas.choix.is_multiple_of(11);
            let cloture = Cloture { ordre: id, reste, ferme, en_colis: items };
            let de = choisi.map_or(place.joueur, |it| it.joueur_id);
            let joueur = if pas.choix.is_multiple_of(5) { place.joueur } else { de };
            match produit {
                true => EconomieCommand::Annuler { joueur, cloture },
                false => EconomieCommand::Expirer { cloture },
            }
        }
        14..18 => {
            let dues: Vec<_> = economie.dues().collect();
            let due = dues.get(pas.choix % dues.len().max(1));
            let transaction = due.map_or(transaction_id(0), |due| due.transaction_id);
            let juste = due.map_or(LES_DEUX, |due| economie.fermetures(due));
            let ferme = if pas.choix.is_multiple_of(11) { LES_DEUX } else { juste };
            let en_colis = EnColis { produit, rendu, items };
            EconomieCommand::Regler { transaction, en_colis, ferme }
        }
        _ if pas.choix.is_multiple_of(17) => recompense(pas.choix as u128 % 3, 40),
        _ => {
            let colis: Vec<_> = economie.colis_de(place.joueur).collect();
            let choisi = colis.get(pas.choix % colis.len().max(1));
            let contenu = choisi.map_or(1, |it| it.quantite);
            let quantite = if produit { contenu } else { u32::from(pas.quantite) };
            EconomieCommand::RetirerColis {
                joueur: place.joueur,
                colis: choisi.map_or(colis_id(0, RaisonColis::Achat), |it| it.colis_id),
                contenu: match choisi {
                    Some(colis) if !pas.choix.is_multiple_of(13) => colis.type_contenu,
                    _ => TypeContenu::Item,
                },
                quantite: NonZeroU32::new(quantite).expect("a quantity"),
            }
        }
    }
}

/// As a store would give it back.
fn relu(event: &EconomieEvent) -> EconomieEvent {
    let EventType { name, version } = *event.event_type();
    EconomieEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
}

/// Each side of a trade gets what its limit promised, from somebody else.
fn est_loyale(economie: &Economie, nouveau: Option<&OrdreCree>, transaction: &Transaction) {
    let limite = |id: OrdreId| match nouveau.filter(|cree| cree.ordre_id == id) {
        Some(cree) => cree.prix_unitaire,
        None => economie.ordre(id).expect("an open order").prix,
    };
    let (vente, achat) = (limite(transaction.ordre_vente_id), limite(transaction.ordre_achat_id));
    assert!((vente..=achat).contains(&transaction.prix_unitaire));
    assert_ne!(transaction.vendeur, transaction.acheteur);
    let nouveau = nouveau.expect("trades come with an order").ordre_id;
    let ancien = if transaction.ordre_vente_id == nouveau { achat } else { vente };
    assert_eq!(transaction.prix_unitaire, ancien, "the older order's price");
    let Transaction { quantite, montant_total, taxe, produit, rendu, .. } = transaction;
    assert_eq!(Some(*montant_total), transaction.prix_unitaire.fois(*quantite));
    assert_eq!(produit.plus(*taxe), Some(*montant_total));
    assert_eq!(montant_total.plus(*rendu), achat.fois(*quantite));
    assert_eq!(u64::from(taxe.get()), u64::from(montant_total.get()) * 5 / 100);
}

/// A player counts an order from its placing until nothing is left of it, and nothing of it comes after.
fn est_compte_une_fois(log: &[EconomieEvent], economie: &Economie) {
    let mut comptes = BTreeSet::new();
    for event in log {
        match event {
            EconomieEvent::OrdreVenteCree(cree) | EconomieEvent::OrdreAchatCree(cree) => {
                assert!(comptes.insert(cree.ordre_id));
            }
            EconomieEvent::TransactionExecutee(it) => {
                assert!(comptes.contains(&it.ordre_vente_id));
                assert!(comptes.contains(&it.ordre_achat_id));
            }
            EconomieEvent::OrdreAnnule(it) => {
                assert!(comptes.contains(&it.ordre_id));
                assert!(!it.ferme || comptes.remove(&it.ordre_id));
            }
            EconomieEvent::TransactionReglee(it) => {
                let ordres =
                    [(it.ordre_vente_id, it.ferme_vente), (it.ordre_achat_id, it.ferme_achat)];
                for (ordre, ferme) in ordres {
                    assert!(comptes.contains(&ordre));
                    assert!(!ferme || comptes.remove(&ordre));
                }
            }
            _ => {}
        }
    }
    let reste = |id: &OrdreId| economie.ordre(*id).is_some() || economie.est_du(*id);
    assert!(comptes.iter().all(reste), "an order of which nothing is left is still counted");
}

/// No order meets one of another player that is alive: it would have traded.
fn est_apparie(economie: &Economie, secondes: i64) {
    let vivants = |cote| economie.cote(cote).filter(|it: &&Ordre| it.expire_a > a(secondes));
    for vente in vivants(TypeOrdre::Vente) {
        for achat in vivants(TypeOrdre::Achat) {
            assert!(vente.prix > achat.prix || vente.joueur_id == achat.joueur_id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_asked_gold_and_goods_are_conserved_and_events_fold_to_the_decided_state(
        steps in prop::collection::vec(pas(), 1..150),
    ) {
        let mut economie = Economie::default();
        let mut livre = GrandLivre::default();
        let mut log = vec![];
        let mut secondes = 0;
        for (n, pas) in (0_u128..).zip(steps) {
            secondes += pas.attente_s;
            let command = command(&economie, n, &pas);
            let avant = economie.clone();
            let Ok(events) = joue(&mut economie, &command, secondes) else {
                prop_assert_eq!(&economie, &avant, "a refusal changes nothing");
                continue;
            };
            prop_assert!(!events.is_empty(), "a leg that is carried out says what it moved");
            let nouveau = match &events[0] {
                EconomieEvent::OrdreVenteCree(cree) | EconomieEvent::OrdreAchatCree(cree) => Some(cree),
                _ => None,
            };
            for transaction in transactions(&events) {
                est_loyale(&avant, nouveau, transaction);
            }
            livre.lit(&events);
            livre.est_juste(economie.bilan());
            est_apparie(&economie, secondes);
            log.extend(events);
        }
        let stored: Vec<_> = log.iter().map(relu).collect();
        prop_assert_eq!(&stored, &log);
        prop_assert_eq!(&Economie::fold(&stored), &economie);

        let executees: Vec<_> = transactions(&log).map(|it| it.transaction_id).collect();
        let distinctes: BTreeSet<_> = executees.iter().collect();
        prop_assert_eq!(distinctes.len(), executees.len());

        est_compte_une_fois(&log, &economie);
        let image = serde_json::to_string(&economie).expect("encodes");
        let relue: Economie = serde_json::from_str(&image).expect("decodes");
        prop_assert_eq!(relue, economie);
    }
}

#[test]
fn random_commands_reach_every_event_and_most_refusals() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut vus = BTreeSet::new();
    for _ in 0..40 {
        let mut economie = Economie::default();
        for n in 0..120_u128 {
            let pas = pas().new_tree(&mut runner).expect("a step").current();
            let command = command(&economie, n, &pas);
            match joue(&mut economie, &command, 60 * n as i64) {
                Ok(events) => vus.extend(events.iter().map(|event| event.event_type().name)),
                Err(refus) => {
                    vus.insert(aether_game::refus::Refus::code(&refus));
                }
            }
        }
    }
    for event in EconomieEvent::TYPES {
        assert!(vus.contains(event.name), "{} never happened", event.name);
    }
    for code in [
        "RESTE_CHANGE",
        "ORDRE_D_AUTRUI",
        "ORDRE_EN_COURS",
        "COLIS_TROP_PETIT",
        "FERMETURE_CHANGEE",
    ] {
        assert!(vus.contains(code), "{code} never happened");
    }
}
