//! Any sequence of calls gets the same answers from Redis and from memory.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aether_contract::leaderboards::Model;
use aether_core::uuid::Uuid;
use aether_realtime::leaderboard::{
    Board, BoardRebuild, CarryOver, Change, Leaderboard, Leaderboards as _, MemoryLeaderboards,
    SeasonStart, Sequence, Ties,
};
use aether_redis::RedisLeaderboards;
use proptest::prelude::*;

use crate::probe::shared;

/// Something to call.
#[derive(Debug, Clone)]
enum Call {
    Write(Vec<Change>),
    StartSeason(SeasonStart),
    ReadPast(u32),
    Page(u64, u32),
    Around(Uuid, u32),
    Rebuild,
    WriteRebuild(Vec<Change>),
    StartSeasonInRebuild(SeasonStart),
    Switch(Sequence),
    Abandon,
}

fn member() -> impl Strategy<Value = Uuid> {
    (1..6_u128).prop_map(Uuid::from_u128)
}

fn change(sequences: u64) -> impl Strategy<Value = Change> {
    let score =
        prop_oneof![9 => -9..9_i64, 1 => Just(Change::SCORE_MAX), 1 => Just(-Change::SCORE_MAX)];
    let kind = (0..7_u8, member(), score, 1..sequences);
    let extras =
        (proptest::option::weighted(0.3, "[a-z:]{0,3}"), proptest::option::weighted(0.2, 1..4_u32));
    (kind, extras).prop_map(|((kind, member, score, at), (name, season))| {
        let change = match kind {
            0 | 1 => Change::set(member, score, at),
            2..=4 => Change::add(member, score, at),
            5 => Change::remove(member, at),
            _ => Change::rename(member, format!("n{at}"), at),
        };
        let change = match name {
            Some(name) => change.named(name),
            None => change,
        };
        match season {
            Some(season) => change.in_season(season),
            None => change,
        }
    })
}

fn season() -> impl Strategy<Value = SeasonStart> {
    let carry = prop_oneof![
        Just(CarryOver::Nothing),
        (-4..4_i32, 1..4_u32, -9..9_i64).prop_map(|(numerator, denominator, offset)| {
            let denominator = NonZeroU32::new(denominator).unwrap();
            CarryOver::Linear { numerator, denominator, offset }
        }),
    ];
    (1..6_u32, 1..60_u64, carry)
        .prop_map(|(season, at, carry)| SeasonStart::new(season, at).carry(carry))
}

fn call() -> impl Strategy<Value = Call> {
    let changes = || proptest::collection::vec(change(60), 1..12);
    prop_oneof![
        8 => changes().prop_map(Call::Write),
        1 => season().prop_map(Call::StartSeason),
        1 => (1..6_u32).prop_map(Call::ReadPast),
        1 => (0..8_u64, 0..8_u32).prop_map(|(offset, count)| Call::Page(offset, count)),
        1 => (member(), 0..4_u32).prop_map(|(member, reach)| Call::Around(member, reach)),
        1 => Just(Call::Rebuild),
        3 => changes().prop_map(Call::WriteRebuild),
        1 => season().prop_map(Call::StartSeasonInRebuild),
        1 => (1..70_u64).prop_map(|through| Call::Switch(Sequence::new(through))),
        1 => Just(Call::Abandon),
    ]
}

/// One side of the comparison.
struct Side {
    board: Arc<dyn Leaderboard>,
    rebuild: Option<Arc<dyn BoardRebuild>>,
}

/// The answer in words, errors too.
fn words<T: std::fmt::Debug>(answer: aether_realtime::leaderboard::Result<T>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("{error:?}"),
    }
}

impl Side {
    async fn answer(&mut self, call: &Call) -> String {
        let board = &self.board;
        match (call, &self.rebuild) {
            (Call::Write(changes), _) => words(board.write(changes).await),
            (Call::StartSeason(start), _) => words(board.start_season(*start).await),
            (Call::ReadPast(season), _) => match board.past(*season).await.unwrap() {
                Some(past) => words(past.top(9).await),
                None => format!("only {:?}", board.past_seasons().await.unwrap()),
            },
            (Call::Page(offset, count), _) => words(board.page(*offset, *count).await),
            (Call::Around(member, reach), _) => words(board.around(*member, *reach).await),
            (Call::Rebuild, _) => {
                self.rebuild = Some(board.rebuild().await.unwrap());
                String::new()
            }
            (Call::WriteRebuild(changes), Some(it)) => words(it.write(changes).await),
            (Call::StartSeasonInRebuild(start), Some(it)) => words(it.start_season(*start).await),
            (Call::Switch(through), Some(it)) => words(it.switch(*through).await),
            (Call::Abandon, Some(it)) => words(it.abandon().await),
            _ => String::new(),
        }
    }
}

/// A fresh board on both sides.
async fn sides(definition: impl Fn(Board) -> Board) -> (Board, [Side; 2]) {
    static BOARDS: AtomicU32 = AtomicU32::new(0);
    let name = format!("board-{}", BOARDS.fetch_add(1, Ordering::Relaxed));
    let definition = definition(Board::new(name).unwrap());
    let (client, keys) = shared().await;
    let redis = RedisLeaderboards::new(client, keys).open(&definition);
    let memory = MemoryLeaderboards::new().open(&definition);
    (definition, [memory, redis].map(|board| Side { board, rebuild: None }))
}

fn run(future: impl Future<Output = Result<(), TestCaseError>>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redis_and_memory_answer_alike(
        calls in proptest::collection::vec(call(), 1..40),
        earlier in any::<bool>(),
        window in 0..4_u32,
        kept in 0..3_u32,
    ) {
        run(async {
            let ties = if earlier { Ties::EarlierFirst } else { Ties::HigherIdFirst };
            let (_, [mut memory, mut redis]) =
                sides(|board| board.ties(ties).window(window).seasons_kept(kept).carry_limit(4)).await;
            for call in &calls {
                let (expected, found) = (memory.answer(call).await, redis.answer(call).await);
                prop_assert_eq!(expected, found, "{:?}", call);
                let expected = memory.board.top(100).await.unwrap();
                let found = redis.board.top(100).await.unwrap();
                for standing in &expected {
                    let standing_alone = redis.board.standing(standing.member).await.unwrap();
                    prop_assert_eq!(Some(standing), standing_alone.as_ref());
                }
                prop_assert_eq!(expected, found, "{:?}", call);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_shuffled_and_repeated_history_ends_as_in_order(
        (history, late) in (any::<u64>(), 1..80_u64).prop_flat_map(|(seed, count)| {
            let history = Model::any_history(&aether_core::time::SeededRandom::new(seed), count);
            (Just(history.clone()), Just(history).prop_shuffle())
        }),
        part in 1..30_usize,
        earlier in any::<bool>(),
    ) {
        run(async {
            let ties = if earlier { Ties::EarlierFirst } else { Ties::HigherIdFirst };
            let mut model = Model::new();
            model.write(&history);
            for window in [0, 100] {
                let (definition, sides) = sides(|board| board.ties(ties).window(window)).await;
                // without a window, in order only
                let mixed = if window == 0 { &history } else { &late };
                for side in sides {
                    for part in mixed.chunks(part) {
                        side.board.write(part).await.unwrap();
                        side.board.write(part).await.unwrap();
                    }
                    side.board.write(&history).await.unwrap();
                    let found = side.board.top(100).await.unwrap();
                    prop_assert_eq!(found, model.standings(&definition));
                }
            }
            Ok(())
        })?;
    }
}
