//! What happens at once, over a store: nothing is doubled, nothing lost.

use std::num::NonZeroU32;

use aether_core::memory::MemoryStore;
use aether_core::{CommandId, Context, Engine, EngineSettings, ExecuteError};
use aether_game::economie::*;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::fixtures::*;
use super::grand_livre::GrandLivre;

/// Two nodes on one log.
fn noeuds() -> [Engine; 2] {
    let store = MemoryStore::new();
    let noeud = || {
        let settings = EngineSettings::default().attempts(1_000);
        Engine::builder(store.clone()).settings(settings).build()
    };
    [noeud(), noeud()]
}

async fn envoie(
    engine: &Engine,
    command: EconomieCommand,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    match engine.execute(carnet(), command).await {
        Ok(executed) => Ok(executed.events),
        Err(ExecuteError::Rejected(refus)) => Err(refus),
        Err(error) => panic!("{error}"),
    }
}

/// Sends commands at once, in turns to both nodes, each under an id of its own.
async fn a_la_fois(
    noeuds: &[Engine; 2],
    commands: impl IntoIterator<Item = EconomieCommand>,
) -> Vec<Result<Vec<EconomieEvent>, EconomieRefus>> {
    let mut taches = JoinSet::new();
    for (n, command) in commands.into_iter().enumerate() {
        let engine = noeuds[n % 2].clone();
        taches.spawn(async move {
            let context = Context::new().command_id(CommandId::new(Uuid::from_u128(n as u128)));
            match engine.execute(carnet(), command).with(&context).await {
                Ok(executed) => Ok(executed.events),
                Err(ExecuteError::Rejected(refus)) => Err(refus),
                Err(error) => panic!("{error}"),
            }
        });
    }
    taches.join_all().await
}

async fn lit(noeuds: &[Engine; 2]) -> Economie {
    noeuds[0].load(carnet()).await.unwrap().state.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_withdrawn_and_met_at_once_goes_one_way_a_thousand_times() {
    let noeuds = noeuds();
    let mut livre = GrandLivre::default();
    let (mut retirees, mut conclues) = (0, 0);
    for tour in 0..1_000_u128 {
        let (vente, achat) = (2 * tour, 2 * tour + 1);
        livre.lit(&envoie(&noeuds[0], vend(vente, 1, 5, 20)).await.unwrap());
        let (annulation, rencontre) = tokio::join!(
            envoie(&noeuds[(tour % 2) as usize], annule(vente, 1, 5)),
            envoie(&noeuds[1 - (tour % 2) as usize], achete(achat, 2, 5, 25)),
        );
        livre.lit(&rencontre.unwrap());
        match annulation {
            Ok(events) => {
                retirees += 1;
                livre.lit(&events);
                livre.lit(&envoie(&noeuds[0], annule(achat, 2, 5)).await.unwrap());
            }
            Err(refus) => {
                assert_eq!(refus, EconomieRefus::OrdreIntrouvable { ordre: ordre(vente) });
                livre.lit(
                    &envoie(&noeuds[1], regle(conclues, tour % 40 == 0, LES_DEUX)).await.unwrap(),
                );
                conclues += 1;
            }
        }
        if tour % 100 == 99 {
            livre.est_juste(lit(&noeuds).await.bilan());
        }
    }
    let economie = lit(&noeuds).await;
    livre.est_juste(economie.bilan());
    assert_eq!(retirees + conclues, 1_000);
    assert_eq!((economie.ordres_ouverts(), economie.dues().count()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_withdrawals_under_different_ids_close_an_order_once() {
    let noeuds = noeuds();
    envoie(&noeuds[0], vend(1, 1, 5, 20)).await.unwrap();
    let resultats = a_la_fois(&noeuds, vec![annule(1, 1, 5); 32]).await;
    let annulations = resultats.iter().flatten().flatten();
    assert_eq!(annulations.filter(|it| matches!(it, EconomieEvent::OrdreAnnule(_))).count(), 1);
    let refus = resultats.iter().filter_map(|it| it.as_ref().err());
    let introuvable = EconomieRefus::OrdreIntrouvable { ordre: ordre(1) };
    assert_eq!(refus.filter(|it| **it == introuvable).count(), 31);
    assert_eq!(lit(&noeuds).await.bilan(), Bilan::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_let_an_order_expire_return_it_once() {
    let noeuds = noeuds();
    let il_y_a_longtemps = Context::new().timestamp(a(0));
    noeuds[0].execute(carnet(), achete(1, 1, 5, 20)).with(&il_y_a_longtemps).await.unwrap();
    let resultats = a_la_fois(&noeuds, vec![expire(1, 5); 8]).await;
    assert_eq!(resultats.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(lit(&noeuds).await.bilan(), Bilan::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trade_that_sixteen_settle_at_once_is_settled_once() {
    let noeuds = noeuds();
    envoie(&noeuds[0], vend(1, 1, 5, 20)).await.unwrap();
    envoie(&noeuds[0], achete(2, 2, 5, 20)).await.unwrap();
    let resultats = a_la_fois(&noeuds, (0..16).map(|n| regle(0, n % 3 == 0, LES_DEUX))).await;
    assert_eq!(resultats.iter().filter(|it| it.is_ok()).count(), 1);
    let economie = lit(&noeuds).await;
    assert_eq!((economie.bilan().or_du, economie.bilan().items_dus), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parcel_that_sixteen_collect_at_once_is_collected_once() {
    let noeuds = noeuds();
    for command in [vend(1, 1, 5, 20), achete(2, 2, 5, 20), regle(0, true, LES_DEUX)] {
        envoie(&noeuds[0], command).await.unwrap();
    }
    let items = lit(&noeuds).await.colis_de(joueur(2)).next().unwrap().colis_id;
    let retrait = EconomieCommand::RetirerColis {
        joueur: joueur(2),
        colis: items,
        contenu: TypeContenu::Item,
        quantite: NonZeroU32::new(5).unwrap(),
    };
    let resultats = a_la_fois(&noeuds, vec![retrait; 16]).await;
    assert_eq!(resultats.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(lit(&noeuds).await.bilan().items_colis, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_of_sixteen_players_at_once_conserve_gold_and_goods() {
    let noeuds = noeuds();
    let ordres = (0..128_u128).map(|n| match n % 2 {
        0 => vend(n, n % 16, 1 + (n % 7) as u16, 10 + (n % 5) as u32),
        _ => achete(n, n % 16, 1 + (n % 5) as u16, 9 + (n % 6) as u32),
    });
    let resultats = a_la_fois(&noeuds, ordres).await;
    let mut livre = GrandLivre::default();
    for resultat in resultats {
        livre.lit(&resultat.unwrap());
    }
    let economie = lit(&noeuds).await;
    livre.est_juste(economie.bilan());
    assert!(economie.dues().count() > 0);
}
