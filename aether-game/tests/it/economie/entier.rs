//! The whole market: purses, bags and a book, on two nodes, by players who do everything at once.

use aether_core::backend::EventStore;
use aether_core::command::Atomic;
use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine, EngineSettings, ExecuteError, Position};
use aether_game::economie::unites::{Par, acheter, clore, retirer_or};
use aether_game::economie::*;
use aether_game::inventaire::{Inventaire, marche};
use aether_game::joueur::Joueur;
use aether_game::livre::Livre;
use aether_game::refus::dans;
use aether_game::values::*;
use tokio::task::JoinSet;

use super::fixtures::*;
use super::grand_livre::GrandLivre;
use super::unites::{avec_or, etat};
use crate::inventaire::fixtures::{ajouter_a, minerai, potion};
use crate::item::fixtures::definition;

const JOUEURS: u128 = 4;
const OR: [u32; 4] = [3_000, 3_000, 2_147_483_600, 3_000];
const POTIONS: u16 = 60;

fn livre() -> CarnetId {
    CarnetId::de_l_item(potion().item_id)
}

/// Numbers that look random: a linear congruence.
struct Hasard(u64);

impl Hasard {
    fn sous(&mut self, borne: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % borne.max(1)
    }
}

/// Two nodes; player 2 has hardly any room in his purse, and player 3 in his bag.
async fn ouvert() -> [Engine; 2] {
    let store = MemoryStore::new();
    let noeuds = [noeud(store.clone()), noeud(store)];
    peuple(&noeuds[0]).await;
    noeuds
}

/// A node that does not give in, however often it loses a race.
pub(crate) fn noeud(store: impl EventStore) -> Engine {
    let settings = EngineSettings::default().attempts(1_000);
    Engine::builder(store).settings(settings).build()
}

/// The players.
pub(crate) async fn peuple(engine: &Engine) {
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    for (n, or) in (0..JOUEURS).zip(OR) {
        let joueur = avec_or(engine, n, or).await;
        let sac = InventaireId::du_joueur(joueur);
        engine.execute(sac, ajouter_a(joueur, &potion(), POTIONS)).await.unwrap();
        if n == 3 {
            engine.execute(sac, ajouter_a(joueur, &minerai(), 175)).await.unwrap();
        }
    }
}

/// What a player does next; none where there is nothing of that kind to do. With `en_colis`, what does not fit waits.
async fn acte(
    engine: &Engine,
    hasard: &mut Hasard,
    n: u128,
    verbe: usize,
    en_colis: bool,
) -> Option<Atomic> {
    let (context, fiche) = (Context::new(), potion());
    let economie: Economie = etat(engine, livre()).await;
    let placer = PlacerOrdre {
        ordre: OrdreId::generate(),
        item: fiche.item_id,
        ..demande(0, n, 1 + hasard.sous(6) as u16, 5 + hasard.sous(8) as u32)
    };
    match verbe {
        // one only sells, until his purse is full, and one only buys, until his bag is
        0..6 if n == 2 || (n != 3 && verbe < 3) => Some(marche::vendre(engine, context, placer)),
        0..6 => acheter(engine, context, placer).ok(),
        6 => {
            let cotes = [TypeOrdre::Vente, TypeOrdre::Achat];
            let siens = cotes.iter().flat_map(|cote| economie.cote(*cote));
            let siens: Vec<_> = siens.filter(|ordre| ordre.joueur_id == joueur(n)).collect();
            let ordre = siens.get(hasard.sous(siens.len()))?.ordre_id;
            clore(engine, context, &economie, ordre, Par::Joueur(joueur(n)), en_colis).ok()
        }
        7 | 8 => {
            let dues: Vec<_> = economie.dues().collect();
            let due = *dues.get(hasard.sous(dues.len()))?;
            let transaction = due.transaction_id;
            let en_colis = EnColis { produit: en_colis, rendu: en_colis, items: en_colis };
            marche::regler(engine, context, &economie, transaction, Some(&fiche), en_colis).ok()
        }
        _ => {
            let colis = economie.colis_de(joueur(n)).next()?;
            let montant = Montant::new(1 + hasard.sous(colis.quantite as usize) as u32).ok()?;
            match colis.type_contenu {
                TypeContenu::Or => {
                    let colis = (joueur(n), colis.colis_id);
                    retirer_or(engine, context, &economie, colis, montant).ok()
                }
                TypeContenu::Item => {
                    let quantite = Quantite::new(montant.get()).ok()?;
                    let joueur = joueur(n);
                    let colis = colis.colis_id;
                    Some(marche::retirer_colis(engine, context, joueur, &fiche, colis, quantite))
                }
            }
        }
    }
}

/// A player acts this often; gives the codes of the refusals.
pub(crate) async fn vit(engine: Engine, n: u128, graine: u64, actes: usize) -> Vec<&'static str> {
    let mut hasard = Hasard(graine);
    let mut codes = vec![];
    let mut plein = false;
    for _ in 0..actes {
        let verbe = hasard.sous(10);
        let Some(unite) = acte(&engine, &mut hasard, n, verbe, plein).await else { continue };
        plein = match unite.commit().await {
            Ok(_) => false,
            Err(ExecuteError::Rejected(rejection)) => {
                codes.push(dans(&rejection).expect("a refusal of the game").code());
                true
            }
            Err(error) => panic!("{error}"),
        };
    }
    codes
}

/// Gold, goods and counts of orders, wherever they are.
async fn est_entier(engine: &Engine) {
    let economie: Economie = etat(engine, livre()).await;
    let bilan = economie.bilan();
    let mut grand_livre = GrandLivre::default();
    let history = engine.history(livre()).await.unwrap();
    grand_livre.lit(history.iter().map(|recorded| &recorded.event));
    grand_livre.est_juste(bilan);

    let (mut or, mut items, mut sequestres) = (bilan.or() + grand_livre.taxe, bilan.items(), 0);
    for n in 0..JOUEURS {
        let joueur: Joueur = etat(engine, joueur(n)).await;
        or += u64::from(joueur.or().get());
        for (ordre, _) in joueur.ordres() {
            assert!(
                economie.ordre(ordre).is_some() || economie.est_du(ordre),
                "{ordre} is counted"
            );
        }
        let sac: Inventaire =
            etat(engine, InventaireId::du_joueur(super::fixtures::joueur(n))).await;
        let places = sac.places(potion().item_id);
        items += u64::from(places.sac);
        sequestres += u64::from(places.ordres);
    }
    assert_eq!(or, OR.iter().map(|or| u64::from(*or)).sum::<u64>());
    assert_eq!(items, JOUEURS as u64 * u64::from(POTIONS));
    assert_eq!(sequestres, bilan.items_ordres + bilan.items_dus);

    let livre = Livre::du_journal(&**engine.store(), Position::END).await.unwrap();
    assert_eq!(livre.fautes(), []);
    let compte = &livre.items[&potion().item_id];
    assert_eq!(
        livre.or.emis(),
        OR.iter().map(|or| i128::from(*or)).sum::<i128>() - i128::from(grand_livre.taxe)
    );
    assert_eq!(livre.or.lieux.du + livre.or.lieux.ordres + livre.or.lieux.colis, bilan.or().into());
    assert_eq!(compte.emis(), i128::from(POTIONS) * JOUEURS as i128);
    assert_eq!(compte.lieux.colis, bilan.items_colis.into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gold_goods_and_counts_stay_whole_while_players_do_everything_at_once() {
    let noeuds = ouvert().await;
    let mut codes = std::collections::BTreeSet::new();
    for vague in 0..6 {
        let mut taches = JoinSet::new();
        for n in 0..JOUEURS {
            let graine = 100 * vague + n as u64;
            taches.spawn(vit(noeuds[n as usize % 2].clone(), n, graine, 40));
        }
        codes.extend(taches.join_all().await.into_iter().flatten());
        est_entier(&noeuds[0]).await;
    }
    for code in ["BOURSE_PLEINE", "INVENTAIRE_POIDS_DEPASSE"] {
        assert!(codes.contains(code), "nothing was ever refused with {code}: {codes:?}");
    }
    // and then everything is handed over
    let economie: Economie = etat(&noeuds[0], livre()).await;
    for due in economie.dues() {
        let courante: Economie = etat(&noeuds[0], livre()).await;
        let en_colis = EnColis { produit: true, rendu: true, items: true };
        let (context, transaction, fiche) = (Context::new(), due.transaction_id, potion());
        let unite =
            marche::regler(&noeuds[0], context, &courante, transaction, Some(&fiche), en_colis);
        unite.unwrap().commit().await.unwrap();
    }
    est_entier(&noeuds[0]).await;
    let economie: Economie = etat(&noeuds[0], livre()).await;
    let bilan = economie.bilan();
    assert_eq!((bilan.or_du, bilan.items_dus), (0, 0));
    for n in 0..JOUEURS {
        let joueur: Joueur = etat(&noeuds[0], joueur(n)).await;
        assert!(joueur.ordres().all(|(ordre, _)| economie.ordre(ordre).is_some()));
    }
}
