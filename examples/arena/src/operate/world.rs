//! `arena world`: a world from a seed, with its catalogue and years of history, into a database.

use std::io::Write as _;
use std::time::Instant;

use aether_cli::DatabaseOptions;
use aether_game::world::World as Generator;
use clap::Args;

/// Which world, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct World {
    /// Everything follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many players come; with 0 there is only the catalogue
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    players: u32,
    /// About how many events happen
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    events: u64,
}

impl World {
    /// Brings the schema up to date, and imports. What is stored already is passed over: an import that was interrupted is started again.
    pub(crate) async fn run(self, database: &DatabaseOptions) -> anyhow::Result<()> {
        let store = database.connect().await?;
        store.migrate().await?;
        aether_game::module(&store, None).migrate().await?;
        let begun = Instant::now();
        let world = Generator::new(self.seed);
        let imported = match self.players {
            0 => world.plant(&store).await?,
            players => world.history(players, self.events).import(&store).await?,
        };
        let seconds = begun.elapsed().as_secs_f64();
        let line = format!(
            "world {}: {} events stored in {seconds:.1} s, {} were there before",
            self.seed, imported.events, imported.passed_over
        );
        writeln!(std::io::stdout(), "{line}")?;
        store.pool().close().await;
        Ok(())
    }
}
