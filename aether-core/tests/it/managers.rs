//! What a process manager is given: its processes by route, itself by name, its own settings for hearing.

use aether_core::backend::{Checkpoints as _, Processes as _, ReadModels as _};
use aether_core::memory::{MemoryProcesses, MemoryStore};
use aether_core::process::{Input, Outcome, ProcessSettings, Reaction, Route, Run, Unit};
use aether_core::projection::ProjectionSettings;
use aether_core::{
    AggregateId, BoxError, Engine, Error, EventSet, ExecuteError, Node, ProcessManager, Recorded,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::purse::{NotEnough, Purse, PurseCommand, PurseEvent, purse};

/// What is earned, for whom it may concern.
#[derive(Debug, Deserialize, EventSet)]
#[event(part_of = PurseEvent)]
enum Earnings {
    GoldEarned { amount: u32 },
}

/// Tells each of its processes of what is earned in some purse: each puts as much into a purse of its own.
struct Shares([Uuid; 3]);

#[derive(Debug, Serialize, Deserialize)]
struct Share {
    purse: AggregateId,
    gold: u32,
}

impl ProcessManager for Shares {
    type State = Vec<String>;
    type Command = Share;
    type Events = Earnings;

    fn name(&self) -> &'static str {
        "shares"
    }

    /// What the processes earn themselves concerns nobody.
    fn route(&self, event: &Recorded<Earnings>) -> Route {
        match self.0.contains(&event.aggregate_id.as_uuid()) {
            true => Route::none(),
            false => Route::each(self.0.into_iter().chain(self.0)),
        }
    }

    fn react(
        &self,
        heard: &mut Vec<String>,
        input: Input<'_, Earnings, Share>,
        then: &mut Reaction<Share>,
    ) -> Result<(), BoxError> {
        if let Input::Event(event) = input {
            let Earnings::GoldEarned { amount } = event.event;
            then.send(Share { purse: AggregateId::new(then.process()), gold: amount });
        } else {
            heard.push(format!("{input:?}"));
        }
        Ok(())
    }

    async fn execute(&self, share: &Share, run: Run<'_>) -> Result<Outcome, BoxError> {
        assert_eq!(run.process(), share.purse.as_uuid());
        run.command::<Purse>(share.purse, PurseCommand::Earn(share.gold)).await
    }
}

#[tokio::test]
async fn an_event_reaches_each_process_of_its_route_once() {
    let engine = Engine::new(MemoryStore::new());
    let processes = MemoryProcesses::new();
    let shares = [1, 2, 3].map(Uuid::from_u128);
    let hearing = ProjectionSettings::default().shards(4);
    let settings = ProcessSettings::default().hearing(hearing);
    let node = Node::builder(&engine)
        .process_manager(processes.clone(), Shares(shares).with(settings))
        .start()
        .unwrap();
    engine.execute::<Purse>(purse(), PurseCommand::Earn(5)).await.unwrap();
    engine.settle().await.unwrap();
    for share in shares {
        let loaded = engine.load::<Purse>(AggregateId::new(share)).await.unwrap();
        assert_eq!(loaded.version.get(), 1, "once");
    }
    let stored = processes.stored("shares").await.unwrap().unwrap();
    assert_eq!(stored.shards.len(), 4, "the side that hears has settings of its own");
    node.stop().await.unwrap();
}

/// Pays ten out of a purse that has earned something; what is not there is lent to it first, and its rest is paid after
/// that.
struct Tithes;

impl ProcessManager for Tithes {
    type State = Vec<String>;
    type Command = AggregateId;
    type Events = Earnings;

    fn name(&self) -> &'static str {
        "tithes"
    }

    fn route(&self, event: &Recorded<Earnings>) -> Route {
        Route::to(event.aggregate_id)
    }

    fn react(
        &self,
        heard: &mut Vec<String>,
        input: Input<'_, Earnings, AggregateId>,
        then: &mut Reaction<AggregateId>,
    ) -> Result<(), BoxError> {
        match input {
            // what is lent is earned as well
            Input::Event(event) if heard.is_empty() => {
                heard.push(format!("{:?}", event.event));
                then.send(event.aggregate_id);
            }
            Input::Done(_) => heard.push("done".to_owned()),
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, purse: &AggregateId, run: Run<'_>) -> Result<Outcome, BoxError> {
        let pay = |unit: Unit| unit.command::<Purse>(*purse, PurseCommand::Pay(10)).try_commit();
        let Err(refused) = pay(run.attempt()).await? else { panic!("the purse is empty") };
        let missing = refused.downcast_ref::<NotEnough>().map_or(0, |it| it.needs - it.has);
        let lent = run.attempt().command::<Purse>(*purse, PurseCommand::Earn(missing));
        let outcome = pay(lent).await?.expect("the purse holds enough");
        // a third one has the id of the second, and changes nothing
        let again = pay(run.attempt().command::<Purse>(*purse, PurseCommand::Earn(10))).await?;
        assert_eq!(again.expect("the first result"), outcome);
        Ok(outcome)
    }
}

#[tokio::test]
async fn of_the_units_that_a_command_attempts_one_is_stored() {
    let engine = Engine::new(MemoryStore::new());
    let processes = MemoryProcesses::new();
    Node::builder(&engine).process_manager(processes.clone(), Tithes).start().unwrap();
    let poor = purse();
    engine.execute::<Purse>(poor, PurseCommand::Earn(4)).await.unwrap();
    engine.settle().await.unwrap();
    let events = engine.history::<Purse>(poor).await.unwrap();
    let amounts: Vec<_> = events.into_iter().map(|it| it.event).collect();
    let (earned, paid) =
        (|amount| PurseEvent::GoldEarned { amount }, |amount| PurseEvent::GoldPaid { amount });
    assert_eq!(amounts, [earned(4), earned(6), paid(10)]);
    let mut tx = processes.begin().await.unwrap();
    let stored = processes.open(&mut tx, "tithes", &[poor.as_uuid()]).await.unwrap();
    let heard: Vec<String> = stored[0].state.as_ref().unwrap().decode().unwrap();
    assert_eq!(heard, ["GoldEarned { amount: 4 }", "done"]);
    engine.close().await;
}

/// What a manager says of an error, in words of its own.
#[derive(Debug, thiserror::Error)]
#[error("the share was not paid out")]
struct NotPaid(#[source] ExecuteError<std::convert::Infallible>);

#[test]
fn an_error_of_the_store_is_found_below_those_of_a_manager() {
    let away = Error::Unavailable { source: "on purpose".into() };
    let told = NotPaid(ExecuteError::Store(away));
    let mut causes = aether_core::backend::Reason(&told).causes();
    assert!(causes.any(|cause| cause.downcast_ref().is_some_and(Error::is_transient)));
    assert_eq!(
        aether_core::backend::Reason(&told).to_string(),
        "the share was not paid out: the command failed: the store is not available: on purpose"
    );
}
