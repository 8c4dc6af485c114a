//! One of the processes: engines that command purses, subscriptions and a node beside them.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aether_core::{
    AnyEvent, BoxError, Engine, EngineSettings, Filter, Node, Position, Projection, Recorded,
    Subscription,
};
use aether_postgres::{PgStore, PgTx};
use anyhow::Result;
use rand::RngExt as _;
use sqlx::postgres::PgPoolOptions;
use tokio::io::AsyncBufReadExt as _;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::line::Line;
use super::purse::{Order, Purse, purses};

/// What one process does.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// Its number.
    #[arg(long)]
    pub index: usize,
    /// The database.
    #[arg(long)]
    pub url: String,
    /// How many writers it has; 0: it only reads.
    #[arg(long)]
    pub writers: usize,
}

impl Plan {
    pub(super) fn arguments(&self) -> Vec<String> {
        let index = self.index.to_string();
        let writers = self.writers.to_string();
        ["child", "--index", &index, "--url", &self.url, "--writers", &writers]
            .map(str::to_owned)
            .to_vec()
    }
}

type Say = mpsc::Sender<Line>;

/// Does what the plan says; ends when its readers have come to the position that it is told.
///
/// # Errors
///
/// When the database cannot be reached at the start.
pub async fn run(plan: Plan) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(12)
        .acquire_timeout(Duration::from_secs(5))
        .connect(&plan.url)
        .await?;
    let store = PgStore::builder().recovery(Duration::from_secs(20)).build(pool);
    let engine = Engine::builder(store.clone())
        .settings(EngineSettings::default().snapshot_every(20))
        .build();
    let (say, lines) = mpsc::channel(10_000);
    let printing = tokio::task::spawn_blocking(move || print(lines));
    let (finish, end) = watch::channel(None);
    let node = Node::builder(&engine).projection(store.read_models(), Rows).start()?;
    let readers: Vec<_> =
        [("all", Filter::all()), ("paid", Filter::all().event_types(["GoldPaid"]))]
            .into_iter()
            .map(|(name, filter)| {
                let name = format!("{name}-{}", plan.index);
                tokio::spawn(follow(store.clone(), name, filter, say.clone(), end.clone()))
            })
            .collect();
    let (stopping, stop) = watch::channel(false);
    let writers: Vec<_> = (0..plan.writers)
        .map(|_| tokio::spawn(write(engine.clone(), say.clone(), stop.clone())))
        .collect();
    let mut orders = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    // the first order: to write no more
    orders.next_line().await?;
    stopping.send_replace(true);
    for writer in writers {
        writer.await?;
    }
    say.send(Line::Done).await?;
    if let Some(order) = orders.next_line().await? {
        finish.send_replace(Some(Position::new(order.trim().parse()?)));
    }
    for reader in readers {
        reader.await?;
    }
    let last = (*end.borrow()).unwrap_or_default();
    if let Err(error) = node.wait_for("rows", last).await {
        say.send(Line::Wrong(format!("the node did not come to the end: {error}"))).await?;
    }
    engine.close().await;
    drop(say);
    Ok(printing.await??)
}

fn print(mut lines: mpsc::Receiver<Line>) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    while let Some(line) = lines.blocking_recv() {
        writeln!(out, "{line}")?;
        if lines.is_empty() {
            out.flush()?;
        }
    }
    out.flush()
}

/// Earns little and pays as much as it believes it has: a state that was lost would be spent.
async fn write(engine: Engine, say: Say, stop: watch::Receiver<bool>) {
    let purses: Vec<_> = purses().collect();
    while !*stop.borrow() {
        let id = purses[rand::rng().random_range(0..purses.len())];
        let mark = Uuid::new_v4();
        let order = match rand::rng().random_range(0..10) {
            0..5 => Order::Earn(rand::rng().random_range(1..50), mark),
            _ => Order::Pay(rand::rng().random_range(1..120), mark),
        };
        match engine.execute::<Purse>(id, order).await {
            Ok(_) => drop(say.send(Line::Acknowledged(mark)).await),
            Err(aether_core::ExecuteError::Rejected(_)) => {}
            // away, fenced by others, or its outcome unknown: nothing is claimed of it
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Reads on from where it stands, as long as the log has what it has seen; says so when not, and begins again.
async fn follow(
    store: PgStore,
    name: String,
    filter: Filter,
    say: Say,
    mut end: watch::Receiver<Option<Position>>,
) {
    let mut subscription = subscribe(&store, &filter);
    loop {
        let batch = tokio::select! {
            batch = subscription.next_batch() => batch,
            _ = end.changed() => {
                // woken to look whether it is there
                if subscription.position() >= (*end.borrow()).unwrap_or(Position::END) {
                    return;
                }
                continue;
            }
        };
        match batch {
            Ok(batch) => {
                for event in batch.events {
                    let event = event.event_id.as_uuid();
                    drop(say.send(Line::Seen { reader: name.clone(), event }).await);
                }
                if batch.position >= (*end.borrow()).unwrap_or(Position::END) {
                    return;
                }
            }
            Err(error) if error.is_log_rewritten() => {
                drop(say.send(Line::SaidLost { reader: name.clone() }).await);
                subscription = subscribe(&store, &filter);
            }
            Err(error) if error.is_transient() => {}
            Err(error) => {
                drop(say.send(Line::Wrong(format!("{name}: {error}"))).await);
                return;
            }
        }
    }
}

fn subscribe(store: &PgStore, filter: &Filter) -> Subscription {
    Subscription::builder(Arc::new(store.clone())).filter(filter.clone()).start()
}

/// A row for each event. The table takes one twice without a word, so that the account sees it.
struct Rows;

impl Projection<PgTx> for Rows {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "rows"
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let ids: Vec<Uuid> = events.iter().map(|event| event.event_id.as_uuid()).collect();
        sqlx::query("INSERT INTO failover_rows SELECT unnest($1::uuid[])")
            .bind(ids)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
