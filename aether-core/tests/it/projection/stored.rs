//! What is stored of projections, and what is ordered.

use super::*;

#[tokio::test]
async fn what_is_stored_of_a_projection_is_told_by_shard() {
    let mut setting = Setting::new();
    setting.settings.shards = 3;
    assert_eq!(setting.models.stored(NAME).await.unwrap(), None);
    let node = setting.run(&Census::default());
    let last = setting.earn(5).await;
    node.wait_for(NAME, last).await.unwrap();
    node.stop().await.unwrap();
    setting.models.order(NAME, Order::Pause).await.unwrap();
    let shards: Vec<_> = Shard::all(NAME, 3).collect();
    setting.models.report(&shards[1], Some("it stands still")).await.unwrap();
    let stored = setting.models.stored(NAME).await.unwrap().unwrap();
    assert!(stored.paused);
    let failures: Vec<_> = stored.shards.iter().map(|shard| shard.failure.as_deref()).collect();
    assert_eq!(failures, [None, Some("it stands still"), None]);
    for (shard, stored) in shards.iter().zip(stored.shards) {
        assert_eq!(setting.models.checkpoint(shard).await.unwrap(), stored.checkpoint);
    }
}

#[tokio::test]
async fn asking_about_a_projection_that_nobody_runs_does_not_make_one() {
    let setting = Setting::new();
    let models = &setting.models;
    let shard = Shard::whole(NAME);
    models.order(NAME, Order::Pause).await.unwrap();
    models.report(&shard, Some("it stands still")).await.unwrap();
    assert_eq!(models.checkpoint(&shard).await.unwrap().position, Position::START);
    assert!(!models.orders(&shard).await.unwrap().paused);
    assert_eq!(models.letters(NAME, None).await.unwrap(), []);
    assert_eq!(
        models.order(NAME, Order::Letter(Position::new(1), Remedy::Retry)).await.unwrap(),
        0
    );
    assert_eq!(models.stored(NAME).await.unwrap(), None);
    assert_eq!(models.order(NAME, Order::Forget).await.unwrap(), 0);
    // it starts as any other, and nothing of that was kept
    let node = setting.run(&Census::default());
    node.wait_for(NAME, setting.earn(2).await).await.unwrap();
    let stored = models.stored(NAME).await.unwrap().unwrap();
    assert_eq!((stored.paused, stored.shards[0].failure.as_deref()), (false, None));
    node.stop().await.unwrap();
    // what nobody runs any more is forgotten, and starts over if it is run again
    assert_eq!(models.order(NAME, Order::Forget).await.unwrap(), 1);
    assert_eq!(models.stored(NAME).await.unwrap(), None);
    assert_eq!(models.claim(&shard, 1).await.unwrap().checkpoint.position, Position::START);
}

#[tokio::test]
async fn a_paused_projection_stands_still_until_it_is_resumed() {
    let setting = Setting::new();
    let node = setting.run(&Census::default());
    node.wait_for(NAME, setting.earn(2).await).await.unwrap();
    setting.models.order(NAME, Order::Pause).await.unwrap();
    let is_paused = async || {
        let state = &node.health().await.unwrap().shards[0].state;
        matches!(state, ShardState::Paused).then_some(())
    };
    eventually("it is paused", is_paused).await;
    let last = setting.earn(3).await;
    assert_eq!(node.health().await.unwrap().shards[0].lag_events, 3);
    setting.assert_counted_once(2);
    setting.models.order(NAME, Order::Resume).await.unwrap();
    node.wait_for(NAME, last).await.unwrap();
    setting.assert_counted_once(5);
    node.stop().await.unwrap();
}
