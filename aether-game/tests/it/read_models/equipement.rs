//! `sets_equipement` and `pieces_equipement`.

use aether_core::Context;
use aether_core::command::Atomic;
use aether_game::equipement::unites::{self, Porter, Travail, Usure};
use aether_game::equipement::{Enchantement, Equipement, TypeEnchantement};
use aether_game::inventaire::{self, Inventaire, LigneEchange, Slot, Termes};
use aether_game::item::{Emplacement, Famille};
use aether_game::queries;
use aether_game::read_models::{EquipmentProjection, ItemProjection, verify_equipement};
use aether_game::values::{EquipementId, JoueurId, RaisonItem, SlotId, Stat};
use proptest::arbitrary::any;

use super::fixtures::*;
use crate::inventaire::fixtures::*;
use crate::inventaire::moteur::{enrichir, remplir, sac, sac_de};
use crate::item::fixtures::definition;

async fn state(terrain: &Terrain, piece: EquipementId) -> Option<Equipement> {
    terrain.engine.find::<Equipement>(piece).await.unwrap().map(|it| it.state.clone())
}

/// What a rule refuses is passed over.
async fn commit(unit: Atomic) {
    if let Err(error) = unit.commit().await {
        assert!(error.rejection().is_some(), "{error}");
    }
}

async fn porter(terrain: &Terrain, qui: JoueurId, slot_id: SlotId, ou: Emplacement) -> Atomic {
    let bag = sac(&terrain.engine, qui).await;
    let known = bag.state.slot(slot_id).and_then(|(_, slot)| slot.equipement_id);
    let known = match known {
        Some(piece) => state(terrain, piece).await,
        None => None,
    };
    let porter = Porter::du_sac(&bag.state, (qui, niveau(9)), slot_id, ou, known.as_ref());
    unites::equiper(&terrain.engine, Context::new(), porter.unwrap())
}

async fn user(terrain: &Terrain, qui: JoueurId, slot: &Slot, points: u16) -> Option<Atomic> {
    let bag = sac(&terrain.engine, qui).await;
    let (piece, port) = (slot.equipement_id?, slot.porte?);
    let worn_out = state(terrain, piece).await?.serait_usee(q(points));
    let usee = worn_out.then(|| bag.state.bonus_avec(port.emplacement, None));
    let usure =
        Usure { joueur_id: qui, equipement_id: piece, points: q(points), usee, combat_id: None };
    Some(unites::user(&terrain.engine, Context::new(), usure))
}

async fn ceder(terrain: &Terrain, qui: JoueurId, slot: &Slot) -> Atomic {
    let contrepartie = if qui == moi() { autre() } else { moi() };
    let donne = LigneEchange { equipement_id: slot.equipement_id, ..ligne(&slot.fiche, 1) };
    let termes = Termes { contrepartie, ..termes(vec![donne], vec![]) };
    let offer = inventaire::InventaireCommand::Proposer {
        joueur_id: qui,
        offre_id: offre_id(1),
        termes: termes.clone(),
    };
    terrain.live(sac_de(qui), [offer]).await;
    let bag = sac(&terrain.engine, qui).await;
    let missing = inventaire::Offre { offre_id: offre_id(9), proposeur: qui, revision: 0, termes };
    let offer = bag.state.offre(offre_id(1)).unwrap_or(&missing).clone();
    inventaire::unites::echanger(&terrain.engine, Context::new(), &offer, transaction(1))
}

/// One thing that somebody does with a piece.
async fn act(terrain: &Terrain, [what, which, some]: [u16; 3]) {
    let engine = &terrain.engine;
    let qui = if what % 4 == 0 { autre() } else { moi() };
    let bag: Inventaire = sac(engine, qui).await.state.clone();
    let slots: Vec<&Slot> =
        bag.slots().map(|(_, slot)| slot).filter(|slot| slot.fiche.piece().is_some()).collect();
    let Some(slot) = slots.get(usize::from(which) % slots.len().max(1)) else { return };
    let famille = slot.fiche.piece().unwrap().famille;
    let places: Vec<_> = Emplacement::ALL.iter().filter(|it| it.famille() == famille).collect();
    let place = *places[usize::from(some) % places.len()];
    let piece = slot.equipement_id.unwrap_or(EquipementId::du_slot(slot.slot_id));
    let known = state(terrain, piece).await.unwrap_or_default();
    let paid = |travail, cout: Option<_>| {
        let cout = cout.unwrap_or_default();
        unites::payer(engine, Context::new(), (qui, piece), travail, cout, transaction(1))
    };
    match what / 4 % 9 {
        0..=2 => commit(porter(terrain, qui, slot.slot_id, place).await).await,
        3 => {
            let rest = bag.bonus_avec(place, None);
            commit(unites::desequiper(engine, Context::new(), qui, place, rest)).await;
        }
        4 => {
            if let Some(unit) = user(terrain, qui, slot, 1 + some % 60).await {
                commit(unit).await;
            }
        }
        5 => {
            let points = q(1 + some % 40);
            commit(paid(Travail::Reparation(points), known.cout_reparation(points))).await;
        }
        6 => commit(paid(Travail::Amelioration, known.cout_amelioration())).await,
        7 => {
            let scroll = bag.slots().find(|(_, slot)| slot.fiche == minerai());
            let Some((_, scroll)) = scroll else { return };
            let type_enchantement = TypeEnchantement::ALL[usize::from(some) % 2];
            let puissance = Stat::new(u32::from(some) % 1_000 + 1).unwrap();
            let with = Enchantement { type_enchantement, puissance };
            let unit =
                unites::enchanter(engine, Context::new(), (qui, piece), with, scroll.slot_id);
            commit(unit).await;
        }
        _ if some % 5 == 0 => {
            let (slot_id, raison) = (slot.slot_id, RaisonItem::Destruction);
            let context = Context::new();
            commit(unites::detruire(engine, context, (qui, piece), slot_id, raison, None)).await;
        }
        _ => commit(ceder(terrain, qui, slot).await).await,
    }
}

/// Two players who do this and that with swords and rings.
async fn live(terrain: &Terrain, count: usize) {
    let mut start = vec![ajouter_a(autre(), &epee(), 3), ajouter_a(autre(), &minerai(), 30)];
    start.extend([ajouter(&epee(), 4), ajouter(&anneau(), 8), ajouter(&minerai(), 60)]);
    remplir(&terrain.engine, start).await;
    for joueur in [moi(), autre()] {
        enrichir(&terrain.engine, joueur, 1_000_000).await;
    }
    for picks in drawn(any::<[u16; 3]>(), count) {
        act(terrain, picks).await;
    }
}

async fn equal(terrain: &Terrain) {
    assert_equal(&verify_equipement(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_equipment_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    live(&terrain, 400).await;
    let names: std::collections::BTreeSet<_> =
        terrain.events().await.iter().map(|it| it.event_type.to_string()).collect();
    for name in
        ["EquipementAmeliore", "EnchantementsAppliques", "EquipementCede", "EquipementDetruit"]
    {
        assert!(names.contains(name), "{name} did not happen: {names:?}");
    }
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE sets_equipement, pieces_equipement").await;
        terrain.deliver(&EquipmentProjection, batch_size).await;
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_equipment_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    live(&terrain, 150).await;
    terrain.project(EquipmentProjection, 1000).await;
    let events = terrain.heard(&EquipmentProjection).await;
    for older in [1, 10, 40] {
        terrain.batch(&EquipmentProjection, &events[..older]).await.unwrap();
        equal(&terrain).await;
    }
}

/// A sword and two rings, of which one is worn as well.
async fn dressed(terrain: &Terrain) {
    remplir(&terrain.engine, [ajouter(&epee(), 1), ajouter(&anneau(), 2)]).await;
    for (n, place) in [(0, Emplacement::ArmePrincipale), (2, Emplacement::Doigt2)] {
        porter(terrain, moi(), slot(n), place).await.commit().await.unwrap();
    }
    let sword = sac(&terrain.engine, moi()).await.state.slot(slot(0)).unwrap().1.clone();
    user(terrain, moi(), &sword, 20).await.unwrap().commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_equipment_that_is_not_there_fails() {
    let terrain = Terrain::open().await;
    dressed(&terrain).await;
    let events = terrain.heard(&EquipmentProjection).await;
    // the sword, put on; the ring, put on; the sword wears
    assert_eq!(events.len(), 5);
    for n in [3, 4] {
        terrain.batch(&EquipmentProjection, &events[n..=n]).await.unwrap_err();
    }
    terrain.batch(&EquipmentProjection, &events).await.unwrap();
    equal(&terrain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_equipment() {
    let terrain = Terrain::open().await;
    dressed(&terrain).await;
    terrain.project(EquipmentProjection, 1000).await;
    equal(&terrain).await;
    for (damage, differences) in [
        ("UPDATE sets_equipement SET slot_doigt_1 = slot_doigt_2, slot_doigt_2 = NULL", 2),
        ("UPDATE sets_equipement SET valeur_attaque_totale = 1000", 3),
        ("UPDATE pieces_equipement SET durabilite = durabilite_max", 4),
        ("DELETE FROM pieces_equipement WHERE famille = 'DOIGT'", 5),
        // a row that cannot be read, and the one that is missing then
        ("UPDATE sets_equipement SET bonus_set = '{}'", 4),
    ] {
        terrain.run(damage).await;
        let report = verify_equipement(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_worn_is_read_with_the_state_of_each_piece() {
    let terrain = Terrain::open().await;
    dressed(&terrain).await;
    terrain.live(epee().item_id, [definition(&epee())]).await;
    terrain.project(ItemProjection, 1000).await;
    terrain.project(EquipmentProjection, 1000).await;

    let worn = queries::tenue(&terrain.pool, moi()).await.unwrap().unwrap();
    let ring = EquipementId::du_slot(slot(2));
    assert_eq!(
        (worn.set.en(Emplacement::Doigt1), worn.set.en(Emplacement::Doigt2)),
        (None, Some(ring))
    );
    let places: Vec<_> =
        worn.pieces.iter().map(|it| (it.emplacement, it.piece.durabilite)).collect();
    assert_eq!(places, [(Emplacement::ArmePrincipale, 30), (Emplacement::Doigt2, 50)]);
    assert_eq!(worn.pieces[0].item.as_ref().unwrap().item_id, epee().item_id);
    assert_eq!(
        (worn.pieces[1].item.is_none(), worn.pieces[1].piece.famille),
        (true, Famille::Doigt)
    );
    assert_eq!((worn.set.valeur_attaque_totale, worn.set.valeur_defense_totale), (20, 6));
    assert_eq!(worn.set.bonus_set.stats.force.get(), 8);
    assert_eq!(worn.set.bonus_set.ensembles.values().copied().collect::<Vec<_>>(), [2]);
    assert_eq!(queries::tenue(&terrain.pool, autre()).await.unwrap(), None);

    let rest = sac(&terrain.engine, moi()).await.state.bonus_avec(Emplacement::Doigt2, None);
    let off = unites::desequiper(&terrain.engine, Context::new(), moi(), Emplacement::Doigt2, rest);
    off.commit().await.unwrap();
    terrain.project(EquipmentProjection, 1000).await;
    let worn = queries::tenue(&terrain.pool, moi()).await.unwrap().unwrap();
    assert_eq!((worn.pieces.len(), worn.set.en(Emplacement::Doigt2)), (1, None));
    assert!(sac(&terrain.engine, moi()).await.state.slot(slot(2)).is_some());
}
