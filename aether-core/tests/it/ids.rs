//! Ids that know their aggregate, and aggregates that are not there.

use std::collections::BTreeMap;

use aether_core::log::Until;
use aether_core::memory::MemoryStore;
use aether_core::shape::ShapeWriter;
use aether_core::{AggregateId, Engine, Shape as _, Version, id};
use uuid::Uuid;

use crate::purse::{Purse, PurseCommand, purse};

id! {
    /// Identifies a purse.
    pub(crate) struct PurseId of Purse;
    /// Identifies a coin, which is no aggregate.
    struct CoinId;
}

#[tokio::test]
async fn an_id_finds_its_aggregate_and_a_raw_one_is_told_which() {
    let engine = Engine::new(MemoryStore::new());
    let id = PurseId::generate();
    engine.execute(id, PurseCommand::Earn(5)).await.unwrap();
    assert_eq!(engine.load(id).await.unwrap().state.gold, 5);
    assert_eq!(engine.find(id).await.unwrap().unwrap().version, Version::new(1));
    let first = engine.load_until(id, Until::Version(Version::new(1))).await.unwrap();
    assert_eq!(first.state.gold, 5);

    let raw = AggregateId::from(id);
    engine.execute::<Purse>(raw, PurseCommand::Earn(2)).await.unwrap();
    let unit = engine.atomic(aether_core::Context::new()).command(id, PurseCommand::Pay(3));
    let done = unit.provided(id, |_: &Purse| Ok(())).commit().await.unwrap();
    assert_eq!(done.loaded(id).unwrap().state.gold, 4);
    assert_eq!(PurseId::from(raw), id);
}

/// What a door asks for; the aggregate has a larger vocabulary.
struct Pay(u32);

impl From<Pay> for PurseCommand {
    fn from(Pay(amount): Pay) -> Self {
        Self::Pay(amount)
    }
}

#[tokio::test]
async fn a_part_of_a_command_is_taken_for_the_command() {
    let engine = Engine::new(MemoryStore::new());
    let id = PurseId::generate();
    engine.execute(id, PurseCommand::Earn(5)).await.unwrap();
    let paid = engine.execute(id, Pay(2)).await.unwrap();
    assert_eq!(paid.state().gold, 3);
    let unit = engine.atomic(aether_core::Context::new()).command(id, Pay(1));
    assert_eq!(unit.commit().await.unwrap().loaded(id).unwrap().state.gold, 2);
}

#[tokio::test]
async fn a_command_is_moved_into_a_task_of_its_own() {
    let engine = Engine::new(MemoryStore::new());
    let id = PurseId::generate();
    let task = tokio::spawn({
        let engine = engine.clone();
        async move { engine.execute(id, PurseCommand::Earn(5)).await.map(|done| done.state().gold) }
    });
    assert_eq!(task.await.unwrap().unwrap(), 5);
}

#[tokio::test]
async fn an_unknown_id_is_found_as_none_and_loaded_as_an_error() {
    let engine = Engine::new(MemoryStore::new());
    let unknown = purse();
    assert!(engine.find::<Purse>(unknown).await.unwrap().is_none());
    let told = engine.load::<Purse>(unknown).await.unwrap_err();
    assert!(told.is_not_found(), "{told:?}");
    assert!(told.to_string().contains(&unknown.to_string()), "{told}");
    // one that had nothing to do is no different
    engine.execute::<Purse>(unknown, PurseCommand::Empty).await.unwrap();
    assert!(engine.find::<Purse>(unknown).await.unwrap().is_none());
    engine.execute::<Purse>(unknown, PurseCommand::Earn(1)).await.unwrap();
    assert_eq!(engine.load::<Purse>(unknown).await.unwrap().state.gold, 1);
}

#[test]
fn an_id_comes_back_from_text_and_json() {
    let uuid = Uuid::from_u128(0x0192_f3a1_7c44_7def_8123_4567_89ab_cdef);
    let id = CoinId::new(uuid);
    assert_eq!(id.to_string(), "0192f3a1-7c44-7def-8123-456789abcdef");
    assert_eq!(format!("{id:?}"), format!("CoinId({id})"));
    assert_eq!(id.to_string().parse(), Ok(id));
    assert!("a coin".parse::<CoinId>().is_err());
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{id}\""));
    assert_eq!(serde_json::from_str::<CoinId>(&json).unwrap(), id);
    let keyed = BTreeMap::from([(id, 7)]);
    let json = serde_json::to_string(&keyed).unwrap();
    assert_eq!(serde_json::from_str::<BTreeMap<CoinId, i32>>(&json).unwrap(), keyed);
    assert_eq!(ShapeWriter::text_of(CoinId::describe), "Uuid");
    assert_eq!((Uuid::from(id), CoinId::from(uuid), id.as_uuid()), (uuid, id, uuid));
}

#[test]
fn generated_ids_rise_and_ids_of_names_stay() {
    let made: Vec<_> = (0..100).map(|_| CoinId::generate()).collect();
    assert!(made.is_sorted(), "ids sort by the time they were made");
    let bag = PurseId::new(Uuid::NAMESPACE_OID);
    let id = CoinId::v5(bag, "gold");
    assert_eq!(id, CoinId::v5(Uuid::NAMESPACE_OID, b"gold"));
    assert_eq!(id.to_string(), Uuid::new_v5(&Uuid::NAMESPACE_OID, b"gold").to_string());
    assert_ne!(id, CoinId::v5(bag, "silver"));
}
