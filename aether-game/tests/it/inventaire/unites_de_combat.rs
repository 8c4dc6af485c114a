//! Combats and the bags of those who fight, on an engine.

use aether_core::command::Atomic;
use aether_core::{Context, Engine};
use aether_game::combat::*;
use aether_game::inventaire::{self, InventaireCommand, Places};
use aether_game::item::FicheItem;

use super::fixtures::{ajouter, moi, niveau, potion, proprietes};
use super::moteur::*;
use crate::combat::fixtures::{ally, demarrer, foe, pid, strikes, with};
use crate::item::fixtures::definition;

/// So many potions as the catalogue has them, changed.
fn potions(quantite: u32, change: impl FnOnce(&mut Objet)) -> Objet {
    let usage = proprietes(&potion()).usage.unwrap();
    let mut objet = Objet {
        item_id: potion().item_id,
        nom: "Potion".into(),
        quantite,
        ciblage: usage.ciblage,
        portee: usage.portee,
        pouvoirs: usage.pouvoirs,
    };
    change(&mut objet);
    objet
}

/// I, with what I bring, against somebody who falls at the first blow.
fn begins(engine: &Engine, combat_id: CombatId, objet: Objet) -> Atomic {
    let me = with(ally(1), |it| {
        it.entite_id = EntiteId::new(moi().as_uuid());
        it.objets = vec![objet];
    });
    let demarrer = demarrer(vec![me, with(foe(2), |it| it.hp = 1)]);
    let participants = demarrer.participants.clone();
    let unit = commencer(engine, Context::new(), combat_id, demarrer);
    inventaire::combats::mettre_de_cote(unit, combat_id, &participants).unwrap()
}

/// What settles a combat in my bag.
async fn solde(engine: &Engine, combat_id: CombatId, combat: &Combat) -> Option<InventaireCommand> {
    let sac = sac(engine, moi()).await;
    inventaire::combats::solde((combat_id, combat), (moi(), &sac.state))
}

async fn places(engine: &Engine) -> (u32, u32) {
    let Places { sac, combats, .. } = sac(engine, moi()).await.state.places(potion().item_id);
    (sac, combats)
}

async fn with_potions(n: u16) -> Engine {
    let engine = engine_with([ajouter(&potion(), n)]).await;
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    engine
}

#[tokio::test]
async fn what_a_player_brings_is_set_aside_and_what_is_left_comes_back_once() {
    let engine = with_potions(5).await;
    let combat_id = CombatId::generate();
    begins(&engine, combat_id, potions(3, |_| {})).commit().await.unwrap();
    assert_eq!(places(&engine).await, (2, 3));

    let drink = Action::Objet { item_id: potion().item_id, cibles: vec![pid(1)] };
    let drink = CombatCommand::Agir { acteur: pid(1), action: drink };
    engine.execute(combat_id, drink).await.unwrap();
    let going_on = &engine.load(combat_id).await.unwrap().state;
    assert_eq!(solde(&engine, combat_id, going_on).await, None);
    engine.execute(combat_id, CombatCommand::PasserTour { acteur: pid(2) }).await.unwrap();
    engine.execute(combat_id, strikes(1, 2)).await.unwrap();

    let over = &engine.load(combat_id).await.unwrap().state;
    let settle = solde(&engine, combat_id, over).await.unwrap();
    engine.execute(mien(), settle.clone()).await.unwrap();
    assert_eq!(places(&engine).await, (4, 0));
    assert!(engine.execute(mien(), settle).await.is_err());
    assert_eq!(solde(&engine, combat_id, over).await, None);
}

#[tokio::test]
async fn a_combat_does_not_begin_with_what_a_player_could_not_use() {
    // who fights is of level 5
    for (required, refused) in [(5, None), (6, Some("ITEM_NIVEAU_REQUIS"))] {
        let fiche = FicheItem { niveau_requis: niveau(required), ..potion() };
        let engine = engine_with([ajouter(&fiche, 5)]).await;
        engine.execute(fiche.item_id, definition(&fiche)).await.unwrap();
        let unit = begins(&engine, CombatId::generate(), potions(1, |_| {}));
        match refused {
            Some(expected) => assert_eq!(code(unit).await, expected),
            None => drop(unit.commit().await.unwrap()),
        }
    }
}

#[tokio::test]
async fn a_combat_does_not_begin_with_what_a_player_does_not_have() {
    let engine = with_potions(5).await;
    let combat_id = CombatId::generate();
    assert_eq!(code(begins(&engine, combat_id, potions(6, |_| {}))).await, "ITEM_ABSENT");
    let strong = potions(1, |it| it.pouvoirs = vec![Pouvoir::Soin { puissance: 9_999 }]);
    assert_eq!(code(begins(&engine, combat_id, strong)).await, "ITEM_USAGE_DEPASSE");
    assert!(engine.find(combat_id).await.unwrap().is_none());
    assert_eq!(places(&engine).await, (5, 0));
    assert_eq!(joueur_de(&engine, moi()).await.state.combat(), None);
}
