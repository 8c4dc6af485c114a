//! The ledger is whole, and a broken one is found with its cause.

use aether_core::{Context, Position};
use aether_game::joueur::{JoueurEvent, creer};
use aether_game::livre::{EvenementDuLivre, Livre};
use aether_game::queries;
use aether_game::read_models::{
    EconomyProjection, InventoryProjection, LedgerProjection, PlayerProjection, verify_flux,
};
use aether_game::values::*;

use crate::economie::entier::{noeud, peuple, vit};
use crate::inventaire::fixtures::{ajouter_a, potion};
use crate::joueur::fixtures::{credite, debite, nouveau, transaction};
use crate::joueur::proprietes::commands;
use crate::read_models::fixtures::*;

fn paye(avant: u32, apres: u32, raison: RaisonOr) -> EvenementDuLivre {
    let [avant, apres] = [avant, apres].map(|or| Or::new(or).unwrap());
    EvenementDuLivre::Bourse(JoueurEvent::OrModifie {
        avant,
        apres,
        raison,
        transaction_id: transaction(),
        ordre_id: None,
        intervention: None,
    })
}

#[test]
fn a_coin_that_is_lost_on_its_way_is_found_at_its_passage() {
    let mut livre = Livre::default();
    livre.inscrit(&paye(0, 100, RaisonOr::RecompenseQuete));
    livre.inscrit(&paye(100, 70, RaisonOr::Reparation));
    assert_eq!((livre.fautes(), livre.or.emis(), livre.or.lieux.detenu), (vec![], 70, 70));
    // it leaves one purse, and reaches no other
    livre.inscrit(&paye(70, 60, RaisonOr::Echange));
    let causes: Vec<_> =
        livre.fautes().into_iter().map(|it| (it.cause, it.trouve - it.attendu)).collect();
    let expected = [("created less destroyed", -10), ("on its way between players", 10)];
    assert_eq!(causes, expected.map(|(cause, somme)| (cause.to_owned(), somme)));
    livre.inscrit(&paye(5, 15, RaisonOr::Echange));
    assert_eq!(livre.fautes(), []);
}

#[test]
fn two_ledgers_are_compared_entry_by_entry() {
    let mut journal = Livre::default();
    journal.inscrit(&paye(0, 100, RaisonOr::RecompenseQuete));
    let mut tables = journal.clone();
    tables.or.lieux.detenu -= 1;
    tables.items.entry(potion().item_id).or_default().lieux.colis = 2;
    let ecarts = journal.ecarts(&tables);
    let found: Vec<_> =
        ecarts.iter().map(|it| (it.item, it.cause.as_str(), it.attendu, it.trouve)).collect();
    let expected = [(None, "held", 100, 99), (Some(potion().item_id), "in parcels", 0, 2)];
    assert_eq!(found, expected);
}

/// Two players who were asked for what comes to mind, one of whom also has a bag.
async fn played() -> Terrain {
    let terrain = Terrain::open().await;
    for (number, name) in ["Alba", "Berthe"].into_iter().enumerate() {
        let joueur = JoueurId::generate();
        creer(&terrain.engine, Context::new(), joueur, nouveau(name)).commit().await.unwrap();
        let asked = drawn(commands(), 120).split_off(40 * number);
        terrain.live(joueur, asked).await;
        terrain.live(joueur, [credite(7), debite(3)]).await;
        terrain.live(InventaireId::du_joueur(joueur), [ajouter_a(joueur, &potion(), 5)]).await;
    }
    terrain
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_sinks_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = played().await;
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE flux_livre").await;
        terrain.deliver(&LedgerProjection, batch_size).await;
        assert_equal(&verify_flux(&terrain.store).await.unwrap());
    }
    // once more, as if the checkpoint had been lost
    terrain.deliver(&LedgerProjection, 7).await;
    assert_equal(&verify_flux(&terrain.store).await.unwrap());
    terrain.run("UPDATE flux_livre SET quantite = quantite + 1 WHERE raison = 'CREATION'").await;
    assert_eq!(verify_flux(&terrain.store).await.unwrap().difference_count, 1);
}

/// The ledger of the log and that of the tables.
async fn ledgers(terrain: &Terrain) -> (Livre, Livre) {
    terrain.project(PlayerProjection, 1000).await;
    terrain.project(InventoryProjection, 1000).await;
    terrain.project(EconomyProjection, 1000).await;
    terrain.project(LedgerProjection, 1000).await;
    let journal = Livre::du_journal(&terrain.store, Position::END).await.unwrap();
    (journal, queries::livre(&terrain.pool).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_the_tables_is_that_of_the_log_and_a_missing_coin_is_found_on_either_side() {
    let terrain = Terrain::open().await;
    let node = noeud(terrain.store.clone());
    peuple(&node).await;
    for n in 0..4 {
        vit(node.clone(), n, 40 + n as u64, 30).await;
    }
    let (journal, tables) = ledgers(&terrain).await;
    assert_eq!((journal.fautes(), tables.fautes()), (vec![], vec![]));
    assert_eq!(journal.ecarts(&tables), []);
    let or = &journal.or.lieux;
    assert!(or.ordres > 0 && or.du > 0 && or.colis > 0, "{or:?}");

    terrain.run("UPDATE joueurs SET \"or\" = \"or\" - 1 WHERE \"or\" = (SELECT max(\"or\") FROM joueurs)").await;
    terrain.run("DELETE FROM colis_economie WHERE type_contenu = 'ITEM'").await;
    let broken = queries::livre(&terrain.pool).await.unwrap();
    let causes: Vec<_> =
        journal.ecarts(&broken).into_iter().map(|it| (it.item, it.cause)).collect();
    let item = potion().item_id;
    assert_eq!(causes, [(None, "held".to_owned()), (Some(item), "in parcels".to_owned())]);
    assert_eq!(broken.or.difference(), -1);
}
