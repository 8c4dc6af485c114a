//! Pieces, the bags that they lie in, and the players who wear them, on an engine.

use aether_core::command::Atomic;
use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine};
use aether_game::equipement::unites::{self, Porter, Travail, Usure};
use aether_game::equipement::{Enchantement, Equipement, TypeEnchantement};
use aether_game::inventaire::{self, *};
use aether_game::item::Emplacement::{ArmePrincipale, Doigt1};
use aether_game::item::{Emplacement, FicheItem};
use aether_game::joueur::{Joueur, Stats};
use aether_game::values::*;

use crate::inventaire::fixtures::*;
use crate::inventaire::moteur::*;

fn force(n: u32) -> Stats {
    Stats { force: Stat::new(n).unwrap(), ..Stats::default() }
}

/// The unit by which what lies in a slot is put on.
async fn porter_en(engine: &Engine, slot_id: SlotId, emplacement: Emplacement) -> Atomic {
    let bag = sac(engine, moi()).await;
    let (_, slot) = bag.state.slot(slot_id).unwrap();
    let connue = match slot.equipement_id {
        Some(piece) => Some(engine.load(piece).await.unwrap()),
        None => None,
    };
    let connue = connue.as_ref().map(|it| &it.state);
    let porter = Porter::du_sac(&bag.state, (moi(), niveau(9)), slot_id, emplacement, connue);
    unites::equiper(engine, Context::new(), porter.unwrap())
}

async fn porter(engine: &Engine, slot_id: SlotId) -> Atomic {
    porter_en(engine, slot_id, ArmePrincipale).await
}

fn desequiper(engine: &Engine) -> Atomic {
    unites::desequiper(engine, Context::new(), moi(), ArmePrincipale, Stats::default())
}

/// `usee` has what the rest of what is worn adds, if the piece is worn out.
fn usure(engine: &Engine, piece: EquipementId, points: u16, usee: Option<Stats>) -> Atomic {
    let points = q(points);
    let usure = Usure { joueur_id: moi(), equipement_id: piece, points, usee, combat_id: None };
    unites::user(engine, Context::new(), usure)
}

#[tokio::test]
async fn a_piece_that_is_worn_out_is_taken_off_in_the_same_unit() {
    let engine = engine_with([ajouter(&epee(), 1)]).await;
    let piece = EquipementId::du_slot(slot(0));
    // only what is worn wears
    porter(&engine, slot(0)).await.commit().await.unwrap();
    usure(&engine, piece, 49, None).commit().await.unwrap();
    // who does not know that it is worn out by that has looked too long ago
    assert_eq!(code(usure(&engine, piece, 1, None)).await, "EQUIPEMENT_USURE_MAL_ANNONCEE");
    assert_eq!(engine.load(piece).await.unwrap().state.durabilite(), 1);
    let done = usure(&engine, piece, 1, Some(force(0))).commit().await.unwrap();
    assert!(done.loaded::<Inventaire>(mien()).unwrap().state.porte_en(ArmePrincipale).is_none());
    assert_eq!(done.loaded::<Equipement>(piece).unwrap().state.durabilite(), 0);
    let alone = done.loaded::<Joueur>(moi()).unwrap();
    assert_eq!(alone.state.stats_totales(), alone.state.stats_base());
    // it is not put on again, and does not wear
    assert_eq!(code(porter(&engine, slot(0)).await).await, "EQUIPEMENT_USE");
    assert_eq!(code(usure(&engine, piece, 1, Some(force(0)))).await, "EQUIPEMENT_USE");
}

#[tokio::test]
async fn of_an_equipping_whose_leg_fails_nothing_is_stored() {
    let haute = FicheItem { niveau_requis: niveau(10), ..epee() };
    let engine = engine_with([ajouter(&haute, 1)]).await;
    // the bag refuses, after the piece was made
    assert_eq!(code(porter(&engine, slot(0)).await).await, "ITEM_NIVEAU_REQUIS");
    assert!(engine.find(EquipementId::du_slot(slot(0))).await.unwrap().is_none());
    assert_eq!(sac(&engine, moi()).await.version.get(), 1);
    // the condition on the bag, when all three legs have agreed: the bonus is not what is worn
    let sac_lu = sac(&engine, moi()).await;
    let porter = Porter::du_sac(&sac_lu.state, (moi(), niveau(10)), slot(0), ArmePrincipale, None);
    let faux = Porter { bonus: force(999), ..porter.unwrap() };
    assert_eq!(code(unites::equiper(&engine, Context::new(), faux)).await, "TENUE_DEPASSEE");
    assert!(engine.find(EquipementId::du_slot(slot(0))).await.unwrap().is_none());
    assert_eq!(sac(&engine, moi()).await.version.get(), 1);
}

#[tokio::test]
async fn of_an_equipping_of_somebody_who_is_no_player_nothing_is_stored() {
    let engine = Engine::new(MemoryStore::new());
    engine.execute(mien(), ajouter(&epee(), 1)).await.unwrap();
    assert_eq!(code(porter(&engine, slot(0)).await).await, "JOUEUR_INCONNU");
    assert!(engine.find(EquipementId::du_slot(slot(0))).await.unwrap().is_none());
    assert_eq!(sac(&engine, moi()).await.version.get(), 1);
}

#[tokio::test]
async fn of_an_enchanting_whose_leg_fails_the_scroll_stays() {
    let engine = engine_with([ajouter(&epee(), 1), ajouter(&minerai(), 2)]).await;
    let piece = EquipementId::du_slot(slot(0));
    let enchantment = |puissance| Enchantement {
        type_enchantement: TypeEnchantement::Tranchant,
        puissance: Stat::new(puissance).unwrap(),
    };
    let enchant = |puissance| {
        let with = enchantment(puissance);
        unites::enchanter(&engine, Context::new(), (moi(), piece), with, slot(1))
    };
    porter(&engine, slot(0)).await.commit().await.unwrap();
    assert_eq!(code(enchant(7)).await, "PIECE_PORTEE");
    desequiper(&engine).commit().await.unwrap();
    enchant(7).commit().await.unwrap();
    assert_eq!(code(enchant(7)).await, "EQUIPEMENT_ENCHANTEMENT_PLUS_FAIBLE");
    assert_eq!(sac(&engine, moi()).await.state.places(minerai().item_id).sac, 1);
    // and it is worn with what it gained
    porter(&engine, slot(0)).await.commit().await.unwrap();
    assert_eq!(sac(&engine, moi()).await.state.tenue().attaque, 17);
}

#[tokio::test]
async fn a_piece_that_changes_hands_is_worn_by_its_new_owner_alone() {
    let engine = engine_with([ajouter(&epee(), 1)]).await;
    let piece = EquipementId::du_slot(slot(0));
    porter(&engine, slot(0)).await.commit().await.unwrap();
    desequiper(&engine).commit().await.unwrap();
    let terms =
        termes(vec![LigneEchange { equipement_id: Some(piece), ..ligne(&epee(), 1) }], vec![]);
    engine.execute(mien(), proposer(1, terms)).await.unwrap();
    let offre = sac(&engine, moi()).await.state.offre(offre_id(1)).unwrap().clone();
    let exchange = inventaire::unites::echanger(&engine, Context::new(), &offre, transaction(1));
    exchange.commit().await.unwrap();
    assert_eq!(engine.load(piece).await.unwrap().state.joueur_id(), Some(autre()));

    let state = &sac(&engine, autre()).await.state;
    let slot_id = state.slots().next().unwrap().1.slot_id;
    let connue = engine.load(piece).await.unwrap();
    let connue = Some(&connue.state);
    let wear = |joueur_id| {
        let qui = (joueur_id, niveau(9));
        let porter = Porter::du_sac(state, qui, slot_id, ArmePrincipale, connue);
        unites::equiper(&engine, Context::new(), porter.unwrap())
    };
    assert_eq!(code(wear(moi())).await, "EQUIPEMENT_D_AUTRUI");
    wear(autre()).commit().await.unwrap();
}

#[tokio::test]
async fn a_piece_that_is_destroyed_is_gone_from_both() {
    let engine = engine_with([ajouter(&epee(), 1)]).await;
    let piece = EquipementId::du_slot(slot(0));
    porter(&engine, slot(0)).await.commit().await.unwrap();
    let destroy = || {
        let raison = RaisonItem::Destruction;
        unites::detruire(&engine, Context::new(), (moi(), piece), slot(0), raison, None)
    };
    assert_eq!(code(destroy()).await, "PIECE_PORTEE");
    desequiper(&engine).commit().await.unwrap();
    destroy().commit().await.unwrap();
    assert!(engine.load(piece).await.unwrap().state.est_detruit());
    assert_eq!(code(destroy()).await, "PIECE_ABSENTE");
}

#[tokio::test]
async fn a_piece_is_destroyed_with_the_slot_in_which_it_lies_and_no_other() {
    let engine = engine_with([ajouter(&epee(), 1), ajouter(&anneau(), 1)]).await;
    let piece = EquipementId::du_slot(slot(0));
    porter(&engine, slot(0)).await.commit().await.unwrap();
    desequiper(&engine).commit().await.unwrap();
    let destroy = |slot_id| {
        let raison = RaisonItem::Destruction;
        unites::detruire(&engine, Context::new(), (moi(), piece), slot_id, raison, None)
    };
    assert_eq!(code(destroy(slot(1))).await, "PIECE_DIFFERENTE");
    assert_eq!(code(destroy(slot(9))).await, "SLOT_INCONNU");
    assert!(!engine.load(piece).await.unwrap().state.est_detruit());
    assert_eq!(sac(&engine, moi()).await.state.slots().count(), 2);
    destroy(slot(0)).commit().await.unwrap();
}

#[tokio::test]
async fn a_player_is_told_what_all_that_is_worn_adds() {
    let engine = engine_with([ajouter(&epee(), 1), ajouter(&anneau(), 1)]).await;
    let base = joueur_de(&engine, moi()).await.state.stats_base();
    let before = porter(&engine, slot(0)).await;
    porter_en(&engine, slot(1), Doigt1).await.commit().await.unwrap();
    // made before the ring was put on, and says too little
    assert_eq!(code(before).await, "TENUE_DEPASSEE");
    porter(&engine, slot(0)).await.commit().await.unwrap();
    let player = joueur_de(&engine, moi()).await;
    assert_eq!(player.state.stats_totales(), base.plus(force(8)));
    assert_eq!(code(desequiper(&engine)).await, "TENUE_DEPASSEE");
    let rest = sac(&engine, moi()).await.state.bonus_avec(ArmePrincipale, None);
    let off = unites::desequiper(&engine, Context::new(), moi(), ArmePrincipale, rest);
    off.commit().await.unwrap();
    let player = joueur_de(&engine, moi()).await;
    assert_eq!(player.state.stats_totales(), base.plus(force(4)));
}

#[tokio::test]
async fn of_a_repair_that_cannot_be_paid_nothing_is_stored() {
    let engine = engine_with([ajouter(&epee(), 1)]).await;
    let piece = EquipementId::du_slot(slot(0));
    porter(&engine, slot(0)).await.commit().await.unwrap();
    usure(&engine, piece, 45, None).commit().await.unwrap();
    let work = |travail, cout| {
        let cout = Or::new(cout).unwrap();
        unites::payer(&engine, Context::new(), (moi(), piece), travail, cout, transaction(1))
    };
    work(Travail::Reparation(q(45)), 90).commit().await.unwrap();
    assert_eq!(joueur_de(&engine, moi()).await.state.or(), Or::fixe::<10>());
    assert_eq!(code(work(Travail::Amelioration, 100)).await, "PIECE_PORTEE");
    desequiper(&engine).commit().await.unwrap();
    assert_eq!(code(work(Travail::Amelioration, 100)).await, "OR_INSUFFISANT");
    assert_eq!(engine.load(piece).await.unwrap().state.niveau(), 0);
    enrichir(&engine, moi(), 90).await;
    work(Travail::Amelioration, 100).commit().await.unwrap();
    assert_eq!(engine.load(piece).await.unwrap().state.niveau(), 1);
    assert_eq!(joueur_de(&engine, moi()).await.state.or(), Or::ZERO);
}
