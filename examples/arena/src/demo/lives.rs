//! The lives: each bot a task, which acts until somebody says stop, and then finishes what it has begun.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Engine;
use aether_core::command::AtomicExecuted;
use aether_game::bots::vie::{Bot, Gardien, Pas, Place, Reglages, Temoin};
use aether_game::combat::{CombatId, Demarrer};
use aether_game::world::choix::Verbe;
use aether_game::world::{Hasard, World};
use anyhow::Context as _;
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::demo::board::{Board, Card};
use crate::demo::measure::Tally;

/// How long who waits for another's turn looks away.
const GLANCE: Duration = Duration::from_millis(20);
/// How often the world is looked after.
const WATCH: Duration = Duration::from_secs(5);
/// How long bots may take to finish what they have begun.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the bots live by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub bots: u32,
    pub seed: u64,
    /// How long a bot thinks, on average.
    pub pace: Duration,
}

/// Who looks on: it counts, and shows combats.
pub(crate) struct Witness {
    pub tally: Arc<Tally>,
    pub board: Arc<Board>,
}

impl Temoin for Witness {
    fn accepte(&self, _: Option<Verbe>, done: &AtomicExecuted, took: Duration) {
        self.tally.done(done.position(), took);
    }

    fn refuse(&self, _: Option<Verbe>, _: &'static str) {
        self.tally.refused();
    }

    fn combat(&self, combat: CombatId, start: &Demarrer) {
        self.board.put(Card::of(combat, start));
    }
}

/// Lets bots live in a world until `stop` says so, or something goes wrong.
pub(crate) async fn run(
    rules: Rules,
    engine: Engine,
    world: World,
    witness: Arc<Witness>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let place = Place::default();
    let settings = Reglages::new(rules.seed).temoin(witness);
    let finishing = Arc::new(Barrier::new(rules.bots as usize));
    let mut lives = JoinSet::new();
    for number in 0..rules.bots {
        let life = Life {
            bot: Bot::naitre(&engine, &world, number, &place, settings.clone()).await?,
            pace: rules.pace,
            hasard: Hasard::new(rules.seed ^ u64::from(number)),
            finishing: finishing.clone(),
            stop: stop.clone(),
        };
        lives.spawn(life.live());
    }
    lives.spawn(look_after(Gardien::new(&engine, &world, rules.seed), stop));
    // an error ends the demo: dropping the set ends the others
    while let Some(ended) = lives.join_next().await {
        ended.context("a bot panicked")??;
    }
    Ok(())
}

struct Life {
    bot: Bot,
    pace: Duration,
    hasard: Hasard,
    /// Nobody begins anything once the first has finished.
    finishing: Arc<Barrier>,
    stop: watch::Receiver<bool>,
}

impl Life {
    async fn live(mut self) -> anyhow::Result<()> {
        while !*self.stop.borrow() {
            let pause = match self.bot.agir().await? {
                Pas::Attente => GLANCE,
                _ => self.thought(),
            };
            sleep(pause).await;
        }
        self.finishing.wait().await;
        let deadline = Instant::now() + PATIENCE;
        while self.bot.finir().await? != Pas::Rien {
            anyhow::ensure!(Instant::now() < deadline, "{:?} does not come to an end", self.bot);
            sleep(GLANCE).await;
        }
        Ok(())
    }

    fn thought(&mut self) -> Duration {
        self.pace * self.hasard.between(50, 150) / 100
    }
}

/// Events begin, shops are filled; what is on ends with the demo.
async fn look_after(mut keeper: Gardien, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    loop {
        keeper.veiller().await?;
        tokio::select! {
            () = sleep(WATCH) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    Ok(keeper.fermer().await?)
}
