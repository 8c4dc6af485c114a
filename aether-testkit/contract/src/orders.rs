//! What every backend does with the orders of operators: a contract for [`Checkpoints`].

use aether_core::backend::{Checkpoints, Order, ReadModels, Registration, Step};
use aether_core::log::{Name, StreamId};
use aether_core::projection::{DeadLetter, LetterState, Remedy, Shard};
use aether_core::{AggregateId, EventId, Filter, Position, Version};
use chrono::DateTime;
use uuid::Uuid;

const PROJECTION: &str = "orders";

/// Checks all orders, on read models that have no projection `orders`.
///
/// # Panics
///
/// If one is not taken as promised.
pub async fn keep<R: ReadModels>(models: &R) {
    let checkpoints = models.checkpoints();
    an_order_about_nothing_changes_nothing(checkpoints.as_ref()).await;
    let filter = Filter::all();
    let registration = Registration::new(PROJECTION, &filter, 1);
    checkpoints.register(&registration).await.expect("it can be registered");
    a_pause_is_told_once(checkpoints.as_ref()).await;
    an_order_is_changed_until_it_was_carried_out(models).await;
    a_forgotten_projection_starts_anew(checkpoints.as_ref()).await;
}

async fn order(checkpoints: &dyn Checkpoints, order: Order) -> u64 {
    checkpoints.order(PROJECTION, order).await.expect("orders are taken")
}

async fn states(checkpoints: &dyn Checkpoints) -> Vec<(u64, LetterState)> {
    let letters = checkpoints.letters(PROJECTION, None).await.expect("it can look");
    letters.iter().map(|letter| (letter.position.get(), letter.state)).collect()
}

const fn letter(position: u64, remedy: Remedy) -> Order {
    Order::Letter(Position::new(position), remedy)
}

/// Of an aggregate, at a position.
fn parked(aggregate: u128, position: u64, state: LetterState) -> DeadLetter {
    DeadLetter {
        position: Position::new(position),
        event_id: EventId::new(Uuid::from_u128(position.into())),
        event_type: Name::from_static("Opened"),
        stream: StreamId::new("Chest", AggregateId::new(Uuid::from_u128(aggregate))),
        version: Version::new(1),
        state,
        error: None,
        attempts: 1,
        parked_at: DateTime::UNIX_EPOCH,
    }
}

async fn an_order_about_nothing_changes_nothing(checkpoints: &dyn Checkpoints) {
    for about_nothing in
        [letter(1, Remedy::Retry), Order::Letters(Remedy::Skip), Order::Resume, Order::Forget]
    {
        assert_eq!(order(checkpoints, about_nothing).await, 0, "{about_nothing:?}");
    }
    let stored = checkpoints.stored(PROJECTION).await.expect("it can look");
    assert_eq!(stored, None, "an order registers nothing");
}

async fn a_pause_is_told_once(checkpoints: &dyn Checkpoints) {
    for (given, changed) in
        [(Order::Pause, 1), (Order::Pause, 0), (Order::Resume, 1), (Order::Resume, 0)]
    {
        assert_eq!(order(checkpoints, given).await, changed, "{given:?}");
        let stored = checkpoints.stored(PROJECTION).await.expect("it can look");
        let stored = stored.expect("it is registered");
        assert_eq!(stored.paused, given == Order::Pause, "{given:?}");
    }
}

async fn an_order_is_changed_until_it_was_carried_out<R: ReadModels>(models: &R) {
    use LetterState::{Failed, Retry, Skip, Skipped, Waiting};
    let checkpoints = models.checkpoints();
    let shard = Shard::whole(PROJECTION);
    let claim = checkpoints.claim(&shard, 1).await.expect("nobody runs it");
    let letters = [
        parked(1, 3, Failed),
        parked(2, 4, Failed),
        parked(1, 5, Waiting),
        parked(3, 6, Skipped),
        parked(4, 7, Failed),
    ];
    let step = Step { parked: &letters, ..Step::new(claim.checkpoint, Position::new(9)) };
    let tx = models.begin().await.expect("it begins");
    let reached = models.commit(tx, &shard, step).await.expect("it commits");
    let checkpoints = checkpoints.as_ref();

    assert_eq!(order(checkpoints, letter(3, Remedy::Retry)).await, 1);
    assert_eq!(order(checkpoints, letter(3, Remedy::Skip)).await, 1, "it was not carried out yet");
    assert_eq!(order(checkpoints, letter(5, Remedy::Retry)).await, 0, "it waits");
    assert_eq!(order(checkpoints, letter(6, Remedy::Retry)).await, 0, "it was left out already");
    assert_eq!(order(checkpoints, letter(8, Remedy::Retry)).await, 0, "there is no letter");
    assert_eq!(order(checkpoints, letter(7, Remedy::Retry)).await, 1);
    assert_eq!(order(checkpoints, Order::Letters(Remedy::Retry)).await, 1, "one is left");
    let ordered = [(3, Skip), (4, Retry), (5, Waiting), (6, Skipped), (7, Retry)];
    assert_eq!(states(checkpoints).await, ordered);
    let orders = checkpoints.orders(&shard).await.expect("it can look");
    let told: Vec<_> = orders.remedies.iter().map(|it| (it.position.get(), it.state)).collect();
    assert_eq!(told, [(3, Skip), (4, Retry), (7, Retry)], "the runner is told");

    // carried out
    let settled = Some(Position::new(7));
    let step = Step { settled, ..Step::new(reached, reached.position) };
    let tx = models.begin().await.expect("it begins");
    models.commit(tx, &shard, step).await.expect("it commits");
    assert_eq!(order(checkpoints, letter(7, Remedy::Skip)).await, 0, "it is settled");
    assert_eq!(states(checkpoints).await, ordered[..4]);
}

async fn a_forgotten_projection_starts_anew(checkpoints: &dyn Checkpoints) {
    assert_eq!(order(checkpoints, Order::Forget).await, 1);
    assert_eq!(order(checkpoints, Order::Forget).await, 0);
    assert_eq!(states(checkpoints).await, []);
    let claim = checkpoints.claim(&Shard::whole(PROJECTION), 1).await.expect("nobody runs it");
    assert_eq!(claim.checkpoint.position, Position::START);
}
