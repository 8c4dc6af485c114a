//! Promises about fingerprints of commands: an id that is used again for something else is told, and nothing is stored.

use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, ExpectedVersion};
use aether_core::{AggregateId, CommandId, Context, Engine, Error, ExecuteError, Result};

use super::Stage;
use super::hot::vault::{Order, Vault, told};
use super::subject::{Subject, any, exact, no_stream, race_appends};

fn of(request: &str) -> CommandFingerprint {
    CommandFingerprint::of([request])
}

/// An append under an id, for a request.
fn under(append: Append, id: CommandId, request: &str) -> Append {
    append.with_command_id(id).with_fingerprint(of(request))
}

/// The same id for another request is refused, in whatever way it would be stored, and whether it could be; the same
/// request gets its first result. So it is in every process.
pub async fn another_request_under_a_used_command_id_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let (stream, other) = (t.source.stream(), t.source.stream());
    t.add(&other, 3).await;
    let pair = |events| any(&stream, t.source.events(events)).provided(other.clone(), exact(3));
    let firsts = [
        any(&stream, t.source.events(2)),
        Append::to(stream.clone(), exact(2), t.source.events(1)),
        Append::to(stream.clone(), ExpectedVersion::StreamExists, t.source.events(1)),
        pair(1),
    ];
    for append in firsts {
        let id = t.source.command();
        let first = t.append(under(append.clone(), id, "deposit 5")).await;
        for store in t.handles().await {
            let others = [
                any(&stream, t.source.events(1)),
                no_stream(&stream, t.source.events(1)),
                Append::to(stream.clone(), exact(1), t.source.events(1)),
                any(&t.source.stream(), t.source.events(1)),
                pair(2),
                Append::default().provided(other.clone(), exact(3)),
            ];
            for append in others {
                assert_mismatch(store.append(under(append, id, "deposit 6")).await, id);
            }
            let again = store.append(under(append.clone(), id, "deposit 5")).await;
            assert_eq!(again.expect("a retry").writes, first.writes);
            let found = store.find_command(id, Some(of("deposit 5"))).await;
            assert_eq!(found.expect("the same request").expect("stored").writes, first.writes);
            assert_mismatch(store.find_command(id, Some(of("deposit 6"))).await, id);
            assert_mismatch(store.void_command(id, Some(of("deposit 6"))).await, id);
            let found = store.void_command(id, Some(of("deposit 5"))).await;
            assert!(found.expect("the same request").is_some());
        }
    }
    t.assert_versions(&stream, 5).await;
}

/// Where one of the two has no fingerprint nothing is compared, and none is added later.
pub async fn without_a_fingerprint_nothing_is_compared(stage: &Stage) {
    let t = Subject::of(stage);
    for events in [1, 0] {
        let stream = t.source.stream();
        let [with, without] = [t.source.command(), t.source.command()];
        let append = || no_stream(&stream, t.source.events(events));
        let first = t.append(under(append(), with, "deposit 5")).await;
        let again = t.append(append().with_command_id(with)).await;
        assert_eq!((again.duplicate, again.writes), (true, first.writes));
        assert!(t.store.find_command(with, None).await.expect("nothing to compare").is_some());

        let stream = t.source.stream();
        let append = || no_stream(&stream, t.source.events(events));
        t.append(append().with_command_id(without)).await;
        for request in ["deposit 5", "deposit 6", "deposit 5"] {
            assert!(t.append(under(append(), without, request)).await.duplicate);
            let found = t.store.find_command(without, Some(of(request))).await;
            assert!(found.expect("nothing to compare").is_some());
        }
    }
    // and one without an id has nothing to be kept beside
    let stream = t.source.stream();
    for _ in 0..2 {
        t.append(any(&stream, t.source.events(1)).with_fingerprint(of("deposit 5"))).await;
    }
    t.assert_versions(&stream, 2).await;
}

/// The fingerprint of an append that adds nothing is kept as well, and that of an id that was used up.
pub async fn a_fingerprint_is_kept_when_nothing_was_stored(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 2).await;
    let [idle, voided] = [t.source.command(), t.source.command()];
    let nothing = || Append::default().provided(stream.clone(), exact(2));
    t.append(under(nothing(), idle, "deposit 0")).await;
    assert!(t.append(under(nothing(), idle, "deposit 0")).await.duplicate);
    let found = t.store.void_command(voided, Some(of("deposit 5"))).await;
    assert_eq!(found.expect("it can be used up"), None);
    for store in t.handles().await {
        for id in [idle, voided] {
            for append in [nothing(), any(&stream, t.source.events(1))] {
                assert_mismatch(store.append(under(append, id, "deposit 6")).await, id);
            }
            assert_mismatch(store.find_command(id, Some(of("deposit 6"))).await, id);
            assert_mismatch(store.void_command(id, Some(of("deposit 6"))).await, id);
        }
        let same = under(any(&stream, t.source.events(1)), voided, "deposit 5");
        let refused = store.append(same).await.expect_err("it was used up");
        assert!(refused.is_command_voided(), "{refused}");
        assert_eq!(store.void_command(voided, Some(of("deposit 5"))).await.expect("again"), None);
    }
    t.assert_versions(&stream, 2).await;
}

/// Two requests race under one id, in many appends: one of them is stored once, and its appends get the first result;
/// all of the other are told.
pub async fn requests_that_race_under_one_command_id_are_told_apart(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    for round in 0..6 {
        let streams = t.source.streams(2);
        let id = t.source.command();
        let appends: Vec<_> = (0..20)
            .map(|n| {
                // on one stream, on another one each, over both, and without events
                let append =
                    match round % 3 {
                        0 => any(&streams[0], t.source.events(2)),
                        1 => any(&streams[n % 2], t.source.events(2)),
                        _ => Append::default()
                            .provided(streams[0].clone(), ExpectedVersion::Any)
                            .and(streams[1].clone(), ExpectedVersion::Any, t.source.events(2)),
                    };
                (handles[n / 2 % 2].clone(), under(append, id, ["deposit 5", "deposit 6"][n % 2]))
            })
            .collect();
        let answers = race_appends(appends).await;
        let won = answers.iter().position(Result::is_ok).expect("one is the first");
        let mut first_results = 0;
        for (n, answer) in answers.into_iter().enumerate() {
            if n % 2 == won % 2 {
                let answer = answer.expect("the same request");
                first_results += usize::from(!answer.duplicate);
            } else {
                assert_mismatch(answer, id);
            }
        }
        assert_eq!(first_results, 1);
        let stored = t.events(&streams[0]).await.len() + t.events(&streams[1]).await.len();
        assert_eq!(stored, 2);
    }
}

/// Appends with and without ids and fingerprints at the same moment, over streams that they share: each is answered as it
/// would be alone, and keeps its own fingerprint.
pub async fn a_crowd_keeps_each_fingerprint_beside_its_command(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(7);
    let ids: Vec<CommandId> = (0..120).map(|_| t.source.command()).collect();
    let name = |n: usize| format!("deposit {n}");
    let append = |n: usize| {
        let append = any(&streams[n % streams.len()], t.source.events(1));
        match n % 5 {
            0 => append,
            1 => append.with_command_id(ids[n]),
            2 => under(append.provided(streams[0].clone(), ExpectedVersion::Any), ids[n], &name(n)),
            _ => under(append, ids[n], &name(n)),
        }
    };
    let sent = (0..ids.len()).map(|n| (t.store.clone(), append(n)));
    for answer in race_appends(sent).await {
        assert!(!answer.expect("each has an id of its own").duplicate);
    }
    for (n, id) in ids.iter().enumerate() {
        let [same, other] = [name(n), name(n + 1)].map(|request| Some(of(&request)));
        match n % 5 {
            0 => assert_eq!(t.store.find_command(*id, same).await.expect("it can look"), None),
            1 => assert!(t.store.find_command(*id, other).await.expect("none").is_some()),
            _ => {
                assert!(t.store.find_command(*id, same).await.expect("the same").is_some());
                assert_mismatch(t.store.find_command(*id, other).await, *id);
            }
        }
    }
    // the same ids for other requests, also together
    let again = (0..ids.len()).map(|n| {
        let append = any(&streams[n % streams.len()], t.source.events(1));
        (t.store.clone(), under(append, ids[n], "withdraw"))
    });
    for (n, answer) in race_appends(again.collect::<Vec<_>>()).await.into_iter().enumerate() {
        match n % 5 {
            0 => assert!(!answer.expect("the id is new").duplicate),
            1 => assert!(answer.expect("nothing to compare").duplicate),
            _ => assert_mismatch(answer, ids[n]),
        }
    }
}

/// The commands of an engine, units of several aggregates, and those that have nothing to do or are refused: under an id
/// of another command none of them gets its result, or any of their own.
pub async fn commands_under_the_id_of_another_are_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = Engine::new(t.store.clone());
    let [one, other] = [t.source.uuid(), t.source.uuid()].map(AggregateId::new);
    let context = |id: CommandId, body: &str| {
        Context::new().command_id(id).fingerprint([&b"POST /coins"[..], body.as_bytes()])
    };
    let mut used = Vec::new();
    for order in [Order::Add, Order::Take(1), Order::Take(0)] {
        let id = t.source.command();
        let body = context(id, "the first");
        engine.execute::<Vault>(one, order).with(&body).await.expect("it can be carried out");
        used.push(id);
    }
    let id = t.source.command();
    let unit = |body: &Context, order: Order| {
        let unit = engine.atomic(body.clone()).command::<Vault>(one, Order::Add);
        unit.command::<Vault>(other, order)
    };
    unit(&context(id, "the first"), Order::Add).commit().await.expect("both can");
    used.push(id);
    let id = t.source.command();
    let idle = engine.atomic(context(id, "the first")).command::<Vault>(one, Order::Take(0));
    idle.commit().await.expect("nothing to do");
    used.push(id);

    let handles = t.handles().await;
    for id in used {
        for store in handles.clone() {
            let engine = Engine::new(store);
            let body = context(id, "another");
            for order in [Order::Add, Order::Take(0), Order::Take(99)] {
                let answer = engine.execute::<Vault>(one, order).with(&body).await;
                assert!(
                    answer.as_ref().is_err_and(ExecuteError::is_command_mismatch),
                    "{answer:?}"
                );
            }
            for order in [Order::Add, Order::Take(99)] {
                let answer = unit(&body, order).commit().await;
                assert!(
                    answer.as_ref().is_err_and(ExecuteError::is_command_mismatch),
                    "{answer:?}"
                );
            }
        }
    }
    assert_eq!(told(&*t.store, one).await.1, 3);
    assert_eq!(told(&*t.store, other).await.1, 1);
}

#[track_caller]
fn assert_mismatch(answer: Result<impl Into<Option<Appended>> + std::fmt::Debug>, id: CommandId) {
    match answer {
        Err(Error::CommandMismatch { id: told }) => assert_eq!(told, id),
        other => panic!("another request used the id, which was to be said, not {other:?}"),
    }
}
