//! Orders to buy and purses, in one append: all of it happens or nothing.

use aether_core::command::IdOf;
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate, Context, Engine, ExecuteError, Rejection};
use aether_game::economie::unites::{Par, acheter, clore, retirer_or};
use aether_game::economie::*;
use aether_game::joueur::{Classe, Joueur, JoueurCommand, JoueurRefus, NouveauJoueur, creer};
use aether_game::refus::dans;
use aether_game::values::*;

use super::fixtures::*;

fn montant(n: u32) -> Montant {
    Montant::new(n).expect("gold")
}

/// A player with this much gold.
pub(crate) async fn avec_or(engine: &Engine, n: u128, or: u32) -> JoueurId {
    let nom = ["Alba", "Berthe", "Colin", "Denise"][n as usize];
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new(nom).unwrap(),
        pseudo: Pseudo::new(nom).unwrap(),
        classe: Classe::Archer,
    };
    creer(engine, Context::new(), joueur(n), nouveau).commit().await.unwrap();
    if let Some(montant) =
        or.checked_sub(Joueur::OR_DE_DEPART.get()).and_then(|n| Montant::new(n).ok())
    {
        credite(engine, n, montant.get()).await.unwrap();
    }
    joueur(n)
}

async fn credite(engine: &Engine, n: u128, or: u32) -> Result<(), ExecuteError<JoueurRefus>> {
    let (raison, transaction) = (RaisonOr::RecompenseCombat, TransactionId::generate());
    let credit = JoueurCommand::Crediter { montant: montant(or), raison, transaction };
    engine.execute(joueur(n), credit).await.map(drop)
}

pub(crate) async fn etat<A: Aggregate>(engine: &Engine, id: impl IdOf<A>) -> A {
    engine.find(id).await.unwrap().map(|it| it.state.clone()).unwrap_or_default()
}

async fn bourse(engine: &Engine, n: u128) -> u32 {
    etat::<Joueur>(engine, joueur(n)).await.or().get()
}

async fn book(engine: &Engine) -> Economie {
    etat(engine, carnet()).await
}

/// Why a unit was refused.
fn refuse<T>(resultat: Result<T, ExecuteError<Rejection>>) -> &'static str {
    match resultat {
        Err(ExecuteError::Rejected(rejection)) => dans(&rejection).unwrap().code(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it should have been refused"),
    }
}

#[tokio::test]
async fn gold_leaves_the_purse_with_its_order_and_comes_back_with_the_rest() {
    let engine = Engine::new(MemoryStore::new());
    avec_or(&engine, 0, 100).await;
    acheter(&engine, Context::new(), demande(1, 0, 3, 20)).unwrap().commit().await.unwrap();
    assert_eq!(bourse(&engine, 0).await, 40);
    assert_eq!(book(&engine).await.bilan().or_ordres, 60);
    assert_eq!(etat::<Joueur>(&engine, joueur(0)).await.ordres().len(), 1);

    let economie = book(&engine).await;
    let par = Par::Joueur(joueur(0));
    let unite = clore(&engine, Context::new(), &economie, ordre(1), par, false).unwrap();
    unite.commit().await.unwrap();
    assert_eq!(bourse(&engine, 0).await, 100);
    assert_eq!(book(&engine).await.bilan(), Bilan::default());
    assert_eq!(etat::<Joueur>(&engine, joueur(0)).await.ordres().len(), 0);
}

#[tokio::test]
async fn each_leg_of_an_order_to_buy_that_fails_stores_nothing() {
    let engine = Engine::new(MemoryStore::new());
    avec_or(&engine, 0, 100).await;
    let place = |demande| acheter(&engine, Context::new(), demande).unwrap().commit();
    assert_eq!(refuse(place(demande(1, 0, 6, 20)).await), "OR_INSUFFISANT");
    let breve = PlacerOrdre { duree_s: 1, ..demande(1, 0, 3, 20) };
    assert_eq!(refuse(place(breve).await), "DUREE_ORDRE");
    assert_eq!((bourse(&engine, 0).await, book(&engine).await.ordres_ouverts()), (100, 0));
    for n in 0..100 {
        place(demande(n, 0, 1, 1)).await.unwrap();
    }
    credite(&engine, 0, 50).await.unwrap();
    assert_eq!(refuse(place(demande(100, 0, 1, 1)).await), "TROP_D_ORDRES");
    assert_eq!((bourse(&engine, 0).await, book(&engine).await.ordres_ouverts()), (50, 100));
    let trop = acheter(&engine, Context::new(), demande(101, 0, 9_999, 1_000_000_000));
    let (prix, quantite) = (prix(1_000_000_000), quantite(9_999));
    assert_eq!(trop.err(), Some(EconomieRefus::MontantTropGrand { prix, quantite }));
}

#[tokio::test]
async fn gold_that_a_full_purse_cannot_take_waits_and_is_collected_in_parts() {
    let engine = Engine::new(MemoryStore::new());
    avec_or(&engine, 0, Or::MAX.get()).await;
    acheter(&engine, Context::new(), demande(1, 0, 3, 20)).unwrap().commit().await.unwrap();
    credite(&engine, 0, 50).await.unwrap();
    let economie = book(&engine).await;
    let ferme = |en_colis| {
        let par = Par::Joueur(joueur(0));
        clore(&engine, Context::new(), &economie, ordre(1), par, en_colis).unwrap().commit()
    };
    assert_eq!(refuse(ferme(false).await), "BOURSE_PLEINE");
    ferme(true).await.unwrap();
    assert_eq!(bourse(&engine, 0).await, Or::MAX.get() - 10);

    let retire = |economie: Economie, n| {
        let engine = engine.clone();
        async move {
            let colis = (joueur(0), colis_de_restitution(0));
            let unite = retirer_or(&engine, Context::new(), &economie, colis, montant(n))?;
            Ok::<_, EconomieRefus>(unite.commit().await)
        }
    };
    let economie = book(&engine).await;
    assert_eq!(refuse(retire(economie.clone(), 60).await.unwrap()), "BOURSE_PLEINE");
    assert_eq!(book(&engine).await.bilan().or_colis, 60);
    retire(economie.clone(), 10).await.unwrap().unwrap();
    assert_eq!(refuse(retire(economie.clone(), 60).await.unwrap()), "COLIS_TROP_PETIT");
    let paie = JoueurCommand::Debiter {
        montant: montant(50),
        raison: RaisonOr::Reparation,
        transaction: TransactionId::generate(),
    };
    engine.execute(joueur(0), paie).await.unwrap();
    retire(book(&engine).await, 50).await.unwrap().unwrap();
    assert_eq!(bourse(&engine, 0).await, Or::MAX.get());
    let rien = retire(book(&engine).await, 1).await.err();
    assert_eq!(rien, Some(EconomieRefus::ColisIntrouvable { colis: colis_de_restitution(0) }));
}

#[tokio::test]
async fn a_timer_gives_gold_back_once_and_not_to_somebody_else() {
    let engine = Engine::new(MemoryStore::new());
    avec_or(&engine, 0, 100).await;
    avec_or(&engine, 1, 100).await;
    let il_y_a_longtemps = Context::new().timestamp(a(0));
    acheter(&engine, il_y_a_longtemps, demande(1, 0, 3, 20)).unwrap().commit().await.unwrap();
    let economie = book(&engine).await;
    let ferme = |par| clore(&engine, Context::new(), &economie, ordre(1), par, false);
    let autrui = ferme(Par::Joueur(joueur(1))).unwrap().commit().await;
    assert_eq!(refuse(autrui), "ORDRE_D_AUTRUI");
    ferme(Par::Minuterie).unwrap().commit().await.unwrap();
    assert_eq!(refuse(ferme(Par::Minuterie).unwrap().commit().await), "ORDRE_INTROUVABLE");
    assert_eq!((bourse(&engine, 0).await, bourse(&engine, 1).await), (100, 100));
}
