//! One node in a process of its own.

use aether_core::backend::EventStore as _;
use aether_core::{Engine, Node};
use aether_postgres::PgStore;
use anyhow::{Context as _, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::models::{SPECS, Tally};

/// What one node needs to know.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// The database.
    #[arg(long)]
    pub url: String,
    /// The node's name.
    #[arg(long)]
    pub name: String,
}

/// Runs the node until its input ends; then it gives its leases back and ends.
///
/// # Errors
///
/// When the database cannot be reached, or the node has panicked.
pub async fn run(plan: Plan) -> Result<()> {
    let options: PgConnectOptions = plan.url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(12)
        .test_before_acquire(false)
        // a node comes up while all connections are being cut
        .connect_lazy_with(options.application_name(&plan.name));
    let store = PgStore::builder().build(pool);
    let engine = Engine::new(store.clone());
    let mut node = Node::builder(&engine).name(plan.name);
    for spec in &SPECS {
        node = node.projection(store.read_models(), Tally(spec));
    }
    let node = node.start()?;
    // nothing is ever said: the end of the input is what is waited for
    tokio::task::spawn_blocking(|| std::io::stdin().lines().next())
        .await
        .context("the input was lost")?;
    node.stop().await?;
    store.close().await;
    Ok(())
}
