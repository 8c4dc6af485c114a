//! A process of several steps, and the way back: `cargo run --example process_manager`.
//!
//! A duel binds two players, each an aggregate of its own. The host is bound by the invitation. A friend who is busy
//! refuses, and the host is released. It prints:
//!
//! ```text
//! Aria is in a duel
//! Bors is in a duel
//! Cid is free
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use aether_core::memory::{MemoryProcesses, MemoryStore};
use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{
    Aggregate, BoxError, Engine, Event, Facts, Node, ProcessManager, Recorded, Shape, id,
};
use serde::{Deserialize, Serialize};

id! { struct PlayerId of Player; }

#[derive(Serialize, Deserialize, Event)]
enum PlayerEvent {
    Invited { friend: PlayerId },
    Joined,
    Released,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum PlayerCommand {
    Invite { friend: PlayerId },
    Join { host: PlayerId },
    Release,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Player {
    is_busy: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the player is in a duel; wait for its end")]
struct Busy;

impl Aggregate for Player {
    const TYPE: &'static str = "Player";
    type Command = PlayerCommand;
    type Event = PlayerEvent;
    type Error = Busy;

    fn decide(&self, command: &PlayerCommand, _: &Facts) -> Result<Vec<PlayerEvent>, Busy> {
        match *command {
            PlayerCommand::Release => Ok(vec![PlayerEvent::Released]),
            _ if self.is_busy => Err(Busy),
            PlayerCommand::Invite { friend } => Ok(vec![PlayerEvent::Invited { friend }]),
            PlayerCommand::Join { .. } => Ok(vec![PlayerEvent::Joined]),
        }
    }

    fn apply(&mut self, event: &PlayerEvent) {
        self.is_busy = !matches!(event, PlayerEvent::Released);
    }
}

/// Brings a friend into the duel, or releases the host.
struct Duels;

impl ProcessManager for Duels {
    type State = ();
    /// Who is asked for what. It is stored until it is settled, and has its effect once.
    type Command = (PlayerId, PlayerCommand);
    type Events = PlayerEvent;

    fn name(&self) -> &'static str {
        "duels"
    }

    fn route(&self, recorded: &Recorded<PlayerEvent>) -> Route {
        match recorded.event {
            PlayerEvent::Invited { .. } => Route::to(recorded.event_id), // a process of its own
            _ => Route::none(),
        }
    }

    fn react(
        &self,
        _: &mut (),
        input: Input<'_, PlayerEvent, Self::Command>,
        then: &mut Reaction<Self::Command>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(recorded) => {
                if let PlayerEvent::Invited { friend } = recorded.event {
                    then.send((friend, PlayerCommand::Join { host: recorded.aggregate_id.into() }));
                }
            }
            Input::Refused { command: &(_, PlayerCommand::Join { host }), .. } => {
                then.send((host, PlayerCommand::Release));
            }
            _ => then.end(),
        }
        Ok(())
    }

    async fn execute(&self, step: &Self::Command, run: Run<'_>) -> Result<Outcome, BoxError> {
        run.command(step.0, step.1).await
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    Node::builder(&engine).process_manager(MemoryProcesses::new(), Duels).start()?;
    let [aria, bors, cid] = std::array::from_fn(|_| PlayerId::generate());
    for host in [aria, cid] {
        engine.execute(host, PlayerCommand::Invite { friend: bors }).await?;
        engine.settle().await?; // waits until nothing is left to do
    }
    for (name, player) in [("Aria", aria), ("Bors", bors), ("Cid", cid)] {
        let is_busy = engine.load(player).await?.state.is_busy;
        println!("{name} is {}", if is_busy { "in a duel" } else { "free" });
    }
    Ok(())
}
