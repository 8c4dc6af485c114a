//! The tables of the market.

use aether_game::economie::{EconomieCommand, StatutOrdre, TypeOrdre};
use aether_game::jobs::prix_horaires;
use aether_game::queries;
use aether_game::read_models::{EconomyProjection, verify_economie};
use aether_game::values::*;
use chrono::TimeDelta;

use super::fixtures::*;
use crate::economie::fixtures::*;
use crate::economie::proprietes::{command, pas};

/// Two books in which players did what came to mind, for three days.
async fn marches(terrain: &Terrain) -> [ItemId; 2] {
    let items = [item(), ItemId::generate()];
    let mut secondes = 0;
    for (n, pas) in (0_u128..).zip(drawn(pas(), 240)) {
        secondes += 4 * pas.attente_s;
        let item = items[usize::from(n % 3 == 0)];
        let carnet = CarnetId::de_l_item(item);
        let mut asked = command(&terrain.state(carnet).await, n, &pas);
        if let EconomieCommand::PlacerVente(it) | EconomieCommand::PlacerAchat(it) = &mut asked {
            it.item = item;
        }
        terrain.at(a(secondes), carnet, asked).await;
    }
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_market_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    marches(&terrain).await;
    for batch_size in [1, 7, 1000] {
        terrain
            .run("TRUNCATE ordres_economie, transactions_economie, prix_marche, colis_economie")
            .await;
        terrain.deliver(&EconomyProjection, batch_size).await;
        assert_equal(&verify_economie(&terrain.store).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_the_market_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    marches(&terrain).await;
    terrain.project(EconomyProjection, 1000).await;
    terrain.deliver(&EconomyProjection, 5).await;
    assert_equal(&verify_economie(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_an_order_that_is_not_there_fails_instead_of_vanishing() {
    let terrain = Terrain::open().await;
    for command in [vend(1, 1, 5, 20), achete(2, 2, 5, 20), regle(0, true, LES_DEUX)] {
        terrain.at(a(0), carnet(), command).await;
    }
    let events = terrain.heard(&EconomyProjection).await;
    for lost in 1..events.len() {
        let outcome = terrain.batch(&EconomyProjection, &events[lost..]).await;
        // what was put down whole can be written without what was before
        let whole = events[lost..].iter().all(|it| it.event_type.as_str() == "ColisDepose");
        assert_eq!(outcome.is_ok(), whole, "without the first {lost} events: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_the_market() {
    let terrain = Terrain::open().await;
    marches(&terrain).await;
    terrain.project(EconomyProjection, 1000).await;
    prix_horaires(&terrain.pool, a(3600 * 24)).await.unwrap();
    assert_equal(&verify_economie(&terrain.store).await.unwrap());
    let mut known = 0;
    for damage in [
        "UPDATE ordres_economie SET quantite_restante = quantite_restante - 1
         WHERE ordre_id = (SELECT min(ordre_id::text)::uuid FROM ordres_economie WHERE statut = 'ACTIF')",
        "UPDATE transactions_economie SET reglee_a = NULL
         WHERE transaction_id = (SELECT max(transaction_id::text)::uuid FROM transactions_economie WHERE reglee_a IS NOT NULL)",
        "UPDATE prix_marche SET volume_24h = volume_24h + 1 WHERE prix_id = (SELECT min(prix_id::text)::uuid FROM prix_marche)",
        "UPDATE prix_marche SET historique_prix = historique_prix - 0 WHERE prix_id = (SELECT max(prix_id::text)::uuid FROM prix_marche)",
        "DELETE FROM colis_economie WHERE colis_id = (SELECT min(colis_id::text)::uuid FROM colis_economie)",
        "INSERT INTO colis_economie SELECT gen_random_uuid(), joueur_id, item_id, 'OR', 1, 'PRODUIT', NULL, NULL, now(), 0, 0
         FROM ordres_economie LIMIT 1",
    ] {
        terrain.run(damage).await;
        let report = verify_economie(&terrain.store).await.unwrap();
        known += 1;
        assert_eq!(report.difference_count, known, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_read_by_price_then_by_age() {
    let terrain = Terrain::open().await;
    for command in [
        vend(1, 1, 5, 20),
        vend(2, 2, 3, 19),
        vend(3, 3, 2, 20),
        vend(4, 1, 9, 30),
        achete(5, 2, 1, 10),
        achete(6, 3, 4, 12),
        achete(7, 1, 6, 10),
        // takes two of the cheapest
        achete(8, 4, 2, 19),
        annule(4, 1, 9),
    ] {
        terrain.at(a(0), carnet(), command).await;
    }
    terrain.project(EconomyProjection, 1000).await;

    for (cote, attendus) in [
        (TypeOrdre::Vente, vec![(2, 1), (1, 5), (3, 2)]),
        (TypeOrdre::Achat, vec![(6, 4), (5, 1), (7, 6)]),
    ] {
        let mut lus = vec![];
        loop {
            let page = queries::offres(&terrain.pool, item(), cote, a(1), lus.last(), 2).await;
            let page = page.unwrap();
            if page.is_empty() {
                break;
            }
            lus.extend(page);
        }
        let lus: Vec<_> = lus.iter().map(|it| (it.ordre_id, it.quantite_restante)).collect();
        let attendus: Vec<_> = attendus.into_iter().map(|(n, reste)| (ordre(n), reste)).collect();
        assert_eq!(lus, attendus, "{cote}");
    }
    let niveaux = async |cote, after| {
        let niveaux = queries::profondeur(&terrain.pool, item(), cote, a(1), after, 5).await;
        let niveau = |it: &queries::NiveauDePrix| (it.prix_unitaire.get(), it.quantite, it.ordres);
        niveaux.unwrap().iter().map(niveau).collect::<Vec<_>>()
    };
    assert_eq!(niveaux(TypeOrdre::Vente, None).await, [(19, 1, 1), (20, 7, 2)]);
    assert_eq!(niveaux(TypeOrdre::Vente, Some(prix(19))).await, [(20, 7, 2)]);
    assert_eq!(niveaux(TypeOrdre::Achat, None).await, [(12, 4, 1), (10, 7, 2)]);
    assert_eq!(niveaux(TypeOrdre::Achat, Some(prix(12))).await, [(10, 7, 2)]);

    // what is over trades no more, even if no timer has closed it yet
    let plus_tard = a(DUREE_S.into());
    let page = queries::offres(&terrain.pool, item(), TypeOrdre::Vente, plus_tard, None, 9).await;
    assert_eq!(page.unwrap(), []);
    let page =
        queries::profondeur(&terrain.pool, item(), TypeOrdre::Achat, plus_tard, None, 9).await;
    assert_eq!(page.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_reads_orders_trades_and_parcels_page_by_page() {
    let terrain = Terrain::open().await;
    for command in [
        vend(1, 1, 9, 20),
        achete(2, 2, 3, 20),
        achete(3, 3, 2, 25),
        vend(4, 1, 5, 40),
        achete(5, 1, 1, 7),
        vend(6, 2, 1, 7),
        regle(0, true, L_ACHAT),
        regle(1, true, L_ACHAT),
        annule(4, 1, 5),
    ] {
        terrain.at(a(0), carnet(), command).await;
    }
    terrain.project(EconomyProjection, 1000).await;
    let pool = &terrain.pool;

    let ordres = queries::ordres_du_joueur(pool, joueur(1)).await.unwrap();
    let [ouvert] = ordres.as_slice() else { panic!("{ordres:?}") };
    assert_eq!((ouvert.ordre_id, ouvert.quantite_restante), (ordre(1), 4));
    assert_eq!(ouvert.statut, StatutOrdre::PartiellementExecute);
    assert_eq!(ouvert.pseudo_joueur, "Joueur 1");

    let mut lues = vec![];
    loop {
        let before =
            lues.last().map(|it: &aether_game::read_models::TransactionEconomie| it.event_sequence);
        let page = queries::transactions_du_joueur(pool, joueur(1), before, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        lues.extend(page);
    }
    let lues: Vec<_> = lues.iter().map(|it| (it.transaction_id, it.reglee_a.is_some())).collect();
    let attendues = [(2, false), (1, true), (0, true)];
    assert_eq!(lues, attendues.map(|(n, reglee)| (transaction_id(n), reglee)));
    let toutes = queries::transactions_de_l_item(pool, item(), None, 2).await.unwrap();
    assert_eq!(toutes.len(), 2);
    let reste = queries::transactions_de_l_item(pool, item(), toutes.last(), 2).await.unwrap();
    assert_eq!(reste.iter().map(|it| it.transaction_id).collect::<Vec<_>>(), [transaction_id(0)]);

    // both buyers have goods to collect, the seller gold; one paid less than his limit
    for (n, contenus) in [(1, vec![57, 38]), (2, vec![3]), (3, vec![10, 2])] {
        let colis = queries::colis_du_joueur(pool, joueur(n), None, 9).await.unwrap();
        assert_eq!(colis.iter().map(|it| it.quantite).collect::<Vec<_>>(), contenus, "{n}");
    }
    let premier = queries::colis_du_joueur(pool, joueur(1), None, 1).await.unwrap();
    let reste = queries::colis_du_joueur(pool, joueur(1), Some(premier[0].event_sequence), 9).await;
    assert_eq!(reste.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_hold_what_the_books_hold() {
    let terrain = Terrain::open().await;
    let items = marches(&terrain).await;
    terrain.project(EconomyProjection, 1000).await;
    let livre = queries::livre(&terrain.pool).await.unwrap();
    assert_eq!(livre.items.len(), 2);
    let mut or = [0; 3];
    for item in items {
        let bilan = terrain.state(CarnetId::de_l_item(item)).await.bilan();
        assert!(bilan.or_ordres > 0 && bilan.items_dus > 0 && bilan.or_colis > 0, "{bilan:?}");
        let lieux = &livre.items[&item].lieux;
        let attendus = [bilan.items_ordres, bilan.items_dus, bilan.items_colis];
        assert_eq!([lieux.ordres, lieux.du, lieux.colis], attendus.map(i128::from));
        or = [or[0] + bilan.or_ordres, or[1] + bilan.or_du, or[2] + bilan.or_colis];
    }
    let lieux = &livre.or.lieux;
    assert_eq!([lieux.ordres, lieux.du, lieux.colis], or.map(i128::from));
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_those_of_24_hours_and_of_each_hour_of_a_week() {
    let terrain = Terrain::open().await;
    let heure = 3600;
    let mut numero = 0;
    let mut echange = async |q, p, secondes| {
        numero += 2;
        terrain.at(a(secondes), carnet(), vend(numero, 1, q, p)).await;
        terrain.at(a(secondes), carnet(), achete(numero + 1, 2, q, p)).await;
    };
    echange(1, 500, -heure).await;
    echange(2, 10, 0).await;
    echange(1, 11, 30).await;
    echange(3, 40, 23 * heure).await;
    terrain.project(EconomyProjection, 1000).await;
    let lu = async || queries::prix(&terrain.pool, item()).await.unwrap().unwrap();
    let neuf = lu().await;
    assert_eq!((neuf.dernier_prix, neuf.derniere_transaction), (prix(40), a(23 * heure)));
    assert_eq!((neuf.prix_moyen_24h, neuf.statistiques_a), (None, None));

    assert_eq!(prix_horaires(&terrain.pool, a(23 * heure + 60)).await.unwrap(), 1);
    let prix_du_jour = lu().await;
    // 2 at 10, 1 at 11 and 3 at 40: 151 for 6; the one at 500 is a day and a minute old
    assert_eq!(prix_du_jour.prix_moyen_24h, Some(prix(25)));
    assert_eq!(prix_du_jour.prix_min_24h, Some(prix(10)));
    assert_eq!(prix_du_jour.prix_max_24h, Some(prix(40)));
    assert_eq!((prix_du_jour.volume_24h, prix_du_jour.nombre_transactions_24h), (6, 3));
    let heures = prix_du_jour.historique_prix.iter();
    let heures: Vec<_> = heures.map(|it| (it.heure, it.prix_moyen.get(), it.volume)).collect();
    // an hour that is not over is not told yet
    assert_eq!(heures, [(a(-heure), 500, 1), (a(0), 10, 3)]);

    // trades since then are not in it, and the proof knows
    echange(5, 60, 23 * heure + 90).await;
    terrain.project(EconomyProjection, 1000).await;
    assert_equal(&verify_economie(&terrain.store).await.unwrap());
    assert_eq!(lu().await.prix_max_24h, Some(prix(40)));

    // a run that comes twice, or late, changes nothing
    let avant = lu().await;
    for secondes in [23 * heure + 60, 22 * heure] {
        assert_eq!(prix_horaires(&terrain.pool, a(secondes)).await.unwrap(), 0);
    }
    assert_eq!(lu().await, avant);

    // of two nodes at once the later time holds
    let [tot, tard] = [a(24 * heure), a(24 * heure) + TimeDelta::seconds(5)];
    let (un, deux) =
        tokio::join!(prix_horaires(&terrain.pool, tard), prix_horaires(&terrain.pool, tot));
    assert!(un.unwrap() == 1 && deux.unwrap() <= 1);
    assert_eq!(lu().await.statistiques_a, Some(tard));
    assert_eq!(lu().await.prix_max_24h, Some(prix(60)));
    assert_equal(&verify_economie(&terrain.store).await.unwrap());

    // a week without trades leaves the last price
    prix_horaires(&terrain.pool, a(10 * 24 * heure)).await.unwrap();
    let calme = lu().await;
    assert_eq!((calme.prix_moyen_24h, calme.volume_24h), (None, 0));
    assert_eq!((calme.historique_prix.as_slice(), calme.dernier_prix), ([].as_slice(), prix(60)));
    assert_equal(&verify_economie(&terrain.store).await.unwrap());
}
