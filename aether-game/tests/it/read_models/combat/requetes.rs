//! What a client asks about combats.

use aether_core::Context;
use aether_game::combat::*;
use aether_game::queries;
use chrono::TimeDelta;

use super::*;
use crate::combat::fixtures::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_combat_is_read_with_whose_turn_it_is_and_what_was_done() {
    let terrain = Terrain::open().await;
    let fire = Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 20 };
    let poison = effect(TypeEffet::Poison, 3, 4);
    let slow = Competence { cooldown_tours: 3, ..skill(1, Ciblage::Ennemi, vec![fire, poison]) };
    let costly =
        Competence { cout: Cout { mp: 46, stamina: 0 }, ..skill(2, Ciblage::Ennemi, vec![fire]) };
    let mage = with(ally(1), |it| it.competences = vec![slow, costly]);
    let id = CombatId::from(uuid::Uuid::from_u128(77));
    for command in [start(vec![mage, foe(2)]), casts(1, 1, &[2]), acts(2, Action::Defense)] {
        terrain.engine.execute(id, command).await.unwrap();
    }
    project_both(&terrain, 1000).await;
    let pool = &terrain.pool;

    let found = queries::combat(pool, id).await.unwrap().unwrap();
    let in_order: Vec<_> = found.participants.iter().map(|it| it.participant_id).collect();
    assert_eq!(in_order, [pid(1), pid(2)]);
    assert_eq!((found.instance.etat, found.instance.tour_actuel), (EtatCombat::EnCours, 3));

    let turn = queries::tour_actuel(pool, id).await.unwrap().unwrap();
    assert_eq!(turn.participant.participant_id, pid(1));
    let ready: Vec<_> = turn.competences().map(|it| (it.tours_restants, it.utilisable)).collect();
    assert_eq!(ready, [(2, false), (0, false)], "one rests, one is too costly");
    assert!(turn.peut_fuir());

    let actions = queries::actions_du_participant(pool, pid(1), None, 10).await.unwrap();
    assert_eq!(actions.len(), 1);
    assert_eq!(actions[0].type_action, TypeAction::Competence);
    assert_eq!(actions[0].effets_appliques.len(), 1);
    assert_eq!(actions[0].donnees_action.mp, [50, 45]);
    let all = queries::actions_du_combat(pool, id, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|it| it.participant_id).collect::<Vec<_>>(), [pid(2), pid(1)]);
    let first =
        queries::actions_du_combat(pool, id, Some(all[0].event_sequence), 10).await.unwrap();
    assert_eq!(first, actions);
    let before = Some(actions[0].event_sequence);
    assert_eq!(queries::actions_du_participant(pool, pid(1), before, 10).await.unwrap(), []);

    let effects = queries::effets_du_combat(pool, id).await.unwrap();
    let kinds: Vec<_> = effects.iter().map(|it| (it.type_effet, it.duree_tours_restants)).collect();
    assert_eq!(kinds, [(TypeEffet::Poison, 3), (TypeEffet::Garde, 1)]);
    assert_eq!(effects[0].source_id, skill_id(1).as_uuid());

    let zone = found.instance.zone_id;
    let active = queries::combats_en_cours(pool, zone, None, 10).await.unwrap();
    assert_eq!(active.iter().map(|it| it.combat_id).collect::<Vec<_>>(), [id]);

    let late = Context::new().timestamp(terrain.engine.now() + TimeDelta::minutes(10));
    let limit = CombatCommand::VerifierLimite;
    terrain.engine.execute(id, limit).with(&late).await.unwrap();
    project_both(&terrain, 1000).await;
    assert_eq!(queries::combats_en_cours(pool, zone, None, 10).await.unwrap(), []);
    assert_eq!(queries::tour_actuel(pool, id).await.unwrap(), None);
    assert_eq!(queries::effets_du_combat(pool, id).await.unwrap(), []);
    let unknown = CombatId::from(uuid::Uuid::nil());
    assert_eq!(queries::combat(pool, unknown).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_items_that_are_left_are_told_with_the_turn() {
    let terrain = Terrain::open().await;
    let potion = |n, quantite| Objet {
        item_id: item_id(n),
        nom: "Potion".into(),
        quantite,
        ciblage: Ciblage::Allie,
        portee: 5,
        pouvoirs: vec![Pouvoir::Soin { puissance: 5 }],
    };
    let ally = with(ally(1), |it| it.objets = vec![potion(1, 1), potion(2, 3)]);
    let id = CombatId::from(uuid::Uuid::from_u128(80));
    for command in [start(vec![ally, foe(2)]), uses(1, 1, &[1]), acts(2, Action::Defense)] {
        terrain.engine.execute(id, command).await.unwrap();
    }
    project_both(&terrain, 1000).await;
    let turn = queries::tour_actuel(&terrain.pool, id).await.unwrap().unwrap();
    let items: Vec<_> = turn.objets().map(|it| (it.objet.item_id, it.restants)).collect();
    assert_eq!(items, [(item_id(2), 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn combats_of_a_zone_and_actions_are_read_page_by_page() {
    let terrain = Terrain::open().await;
    for n in 0..5 {
        let id = CombatId::from(uuid::Uuid::from_u128(100 + n));
        terrain.engine.execute(id, start(vec![ally(10 + n), foe(20 + n)])).await.unwrap();
    }
    project_both(&terrain, 1000).await;
    let pool = &terrain.pool;
    let zone = {
        let any = CombatId::from(uuid::Uuid::from_u128(100));
        queries::combat(pool, any).await.unwrap().unwrap().instance.zone_id
    };
    let mut seen = vec![];
    loop {
        let after = seen
            .last()
            .map(|it: &aether_game::read_models::InstanceCombat| (it.heure_debut, it.combat_id));
        let page = queries::combats_en_cours(pool, zone, after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let began: Vec<_> = seen.iter().map(|it| it.heure_debut).collect();
    assert_eq!(seen.len(), 5);
    assert!(began.is_sorted());
}
