//! The bots: rings of players that fight one combat after another, each bot a task of its own.
//!
//! Everybody in a ring hears of every change at once, as clients do through a socket, and acts when
//! its turn has come. But players are players: some do not wait for their turn, some double-click,
//! some fall asleep. The aggregate has to cope, and the counters show how.

use std::sync::Arc;
use std::time::Duration;

use aether_core::command::Loaded;
use aether_core::{Engine, ExecuteError};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{
    Combat, CombatCommand, CombatId, CombatRefus, Demarrer, EtatCombat, ParticipantId,
};
use anyhow::Context as _;
use chrono::Utc;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::demo::board::{Board, Card};
use crate::demo::measure::Tally;

/// How long a turn may take: who falls asleep loses it soon.
const TURN_MS: u32 = 1000;
/// How many fight in a combat, on average: this many bots make a ring.
const FIGHTERS: usize = 4;
/// In which share of others' turns a bot tries to act.
const IMPATIENT: f64 = 0.01;
/// In which share of its own turns it sends its command twice at once.
const DOUBLE_CLICK: f64 = 0.02;
/// In which share of its own turns it falls asleep.
const ASLEEP: f64 = 0.001;

/// What the arena is run with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub bots: usize,
    pub seed: u64,
    /// How long a bot thinks, on average.
    pub pace: Duration,
}

/// Lets the bots fight until `stop` says so, or something goes wrong.
pub(crate) async fn run(
    rules: Rules,
    engine: Engine,
    tally: Arc<Tally>,
    board: Arc<Board>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut rng = SmallRng::seed_from_u64(rules.seed);
    let mut rings = JoinSet::new();
    let awake = Arc::new(Semaphore::new(rules.bots));
    for place in 0..rules.bots.div_ceil(FIGHTERS) {
        let ring = Ring {
            place,
            rosters: Rosters::new(rng.random()),
            pace: rules.pace,
            awake: awake.clone(),
            engine: engine.clone(),
            tally: tally.clone(),
            board: board.clone(),
            stop: stop.clone(),
            rng: SmallRng::seed_from_u64(rng.random()),
        };
        rings.spawn(ring.run());
    }
    loop {
        tokio::select! {
            // an error ends the arena: dropping the set ends the other rings
            ended = rings.join_next() => match ended {
                Some(ended) => ended.context("a ring panicked")??,
                None => return Ok(()),
            },
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    while let Some(ended) = rings.join_next().await {
        ended.context("a ring panicked")??;
    }
    Ok(())
}

struct Ring {
    place: usize,
    rosters: Rosters,
    pace: Duration,
    awake: Arc<Semaphore>,
    engine: Engine,
    tally: Arc<Tally>,
    board: Arc<Board>,
    stop: watch::Receiver<bool>,
    rng: SmallRng,
}

/// How everybody in a ring hears of changes.
type Bell = watch::Sender<Arc<Loaded<Combat>>>;

impl Ring {
    async fn run(mut self) -> anyhow::Result<()> {
        while !*self.stop.borrow() {
            self.fight().await?;
        }
        Ok(())
    }

    async fn fight(&mut self) -> anyhow::Result<()> {
        let (id, roster) = self.rosters.next_combat();
        let roster = Demarrer { duree_tour_ms: TURN_MS, ..roster };
        let card = Card::of(id, &roster);
        let fighters = card.fighters.clone();
        let command = CombatCommand::Demarrer(Box::new(roster));
        let started = self.tally.execute(&self.engine, id, command).await?;
        self.tally.combat_started();
        self.board.put(self.place, card);
        let bell: Arc<Bell> = Arc::new(watch::Sender::new(started.loaded));
        let mut bots = JoinSet::new();
        for (participant, _, tactic) in fighters {
            let bot = Bot {
                id,
                participant,
                tactic,
                pace: self.pace,
                awake: self.awake.clone(),
                engine: self.engine.clone(),
                tally: self.tally.clone(),
                bell: bell.clone(),
                stop: self.stop.clone(),
                rng: SmallRng::seed_from_u64(self.rng.random()),
            };
            bots.spawn(bot.fight());
        }
        let mut heard = bell.subscribe();
        loop {
            let combat = heard.borrow_and_update().clone();
            if over(&combat.state) || *self.stop.borrow() {
                break;
            }
            tokio::select! {
                _ = heard.changed() => {}
                _ = self.stop.changed() => {}
                () = until_turn_is_over(&combat.state) => {
                    let numero_tour = combat.state.numero_tour();
                    let command = CombatCommand::ExpirerTour { numero_tour };
                    match self.tally.execute(&self.engine, id, command).await {
                        Ok(executed) => ring(&bell, executed.loaded),
                        // its player woke up in time
                        Err(ExecuteError::Rejected(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        while let Some(ended) = bots.join_next().await {
            ended.context("a bot panicked")??;
        }
        if over(&bell.borrow().state) {
            self.tally.combat_ended();
        }
        Ok(())
    }
}

struct Bot {
    id: CombatId,
    participant: ParticipantId,
    tactic: Tactic,
    pace: Duration,
    /// Holds as many permits as there are bots: larger combats have to share them.
    awake: Arc<Semaphore>,
    engine: Engine,
    tally: Arc<Tally>,
    bell: Arc<Bell>,
    stop: watch::Receiver<bool>,
    rng: SmallRng,
}

impl Bot {
    async fn fight(mut self) -> anyhow::Result<()> {
        let mut heard = self.bell.subscribe();
        loop {
            let combat = heard.borrow_and_update().clone();
            if over(&combat.state) || *self.stop.borrow() {
                return Ok(());
            }
            let my_turn = combat.state.participant_actif() == Some(self.participant);
            let acts = if my_turn {
                !self.rng.random_bool(ASLEEP)
            } else {
                self.rng.random_bool(IMPATIENT)
            };
            if acts {
                let _awake = self.awake.clone().acquire_owned().await?;
                self.think().await;
                self.act(&combat.state, my_turn).await?;
            }
            tokio::select! {
                _ = heard.changed() => {}
                _ = self.stop.changed() => {}
            }
        }
    }

    async fn think(&mut self) {
        if !self.pace.is_zero() {
            tokio::time::sleep(self.pace.mul_f64(self.rng.random_range(0.5..1.5))).await;
        }
    }

    async fn act(&mut self, combat: &Combat, my_turn: bool) -> anyhow::Result<()> {
        let command = self.tactic.choose(combat, self.participant);
        if my_turn && self.rng.random_bool(DOUBLE_CLICK) {
            let (first, second) = tokio::join!(self.send(command.clone()), self.send(command));
            return first.and(second);
        }
        self.send(command).await
    }

    /// Sends a command; rules may refuse it, the store may not fail.
    async fn send(&self, command: CombatCommand) -> anyhow::Result<()> {
        match self.tally.execute(&self.engine, self.id, command).await {
            Ok(executed) => ring(&self.bell, executed.loaded),
            Err(ExecuteError::Rejected(
                CombatRefus::PasSonTour { .. }
                | CombatRefus::DejaTermine { .. }
                | CombatRefus::HorsCombat { .. }
                | CombatRefus::TourExpire { .. },
            )) => {}
            Err(ExecuteError::Rejected(error)) => {
                tracing::warn!(%error, tactic = ?self.tactic, "a bot made a mistake");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Tells the ring of a newer state.
fn ring(bell: &Bell, loaded: Arc<Loaded<Combat>>) {
    bell.send_if_modified(|known| {
        let newer = loaded.version > known.version;
        if newer {
            *known = loaded;
        }
        newer
    });
}

fn over(combat: &Combat) -> bool {
    combat.etat() != EtatCombat::EnCours
}

async fn until_turn_is_over(combat: &Combat) {
    match combat.echeance_tour() {
        Some(end) => tokio::time::sleep((end - Utc::now()).to_std().unwrap_or_default()).await,
        None => std::future::pending().await,
    }
}
