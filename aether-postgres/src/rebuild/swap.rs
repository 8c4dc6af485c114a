//! The moment when the shadow tables become the live ones.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use aether_core::log::Read;
use aether_core::projection::Shard;
use aether_core::{AggregateId, Error as CoreError, Position};
use sqlx::{Executor as _, Row as _};

use crate::database::{Mode, Terms};
use crate::error::{Error, Failure};
use crate::letters::{self, Owner};
use crate::tx::PgTx;

use super::job::{Job, deadline, wanted};
use super::overtaken::is_overtaken;
use super::state;
use super::within::project_within;

/// What became of an attempt to swap.
pub(super) enum Attempt {
    Swapped(Swapped),
    /// Somebody holds the tables. Nothing was changed.
    Postponed,
    /// There is more to do than should be done under locks: events that fail, or very many.
    Behind,
    /// The live read model is ahead of the log as far as it can be read.
    Ahead {
        live: Position,
        log: Position,
    },
}

/// The tables are live.
pub(super) struct Swapped {
    pub(super) position: Position,
    pub(super) locked: Duration,
    /// Those that were projected under the locks, and how many each projection took.
    pub(super) events: u64,
    pub(super) taken: Vec<u64>,
    pub(super) dead_letters: u64,
    /// Foreign keys that have to be validated: table and constraint, quoted.
    pub(super) keys: Vec<(String, String)>,
}

/// At most this many events are projected under the locks.
const MOST_EVENTS: u64 = 2000;

/// One transaction: locks the live tables, which waits for the end of transactions that write to them; projects what
/// has been appended since; swaps. A writer that waits meanwhile finds the new tables, and its checkpoint
/// moved: it is fenced off and looks where to go on.
///
/// # Errors
///
/// As [`super::Rebuilding::finish`].
pub(super) async fn attempt(job: &Job) -> Result<Attempt, Error> {
    match attempt_once(job).await {
        Err(Error::Database(error))
            if matches!(Failure::of(&error), Failure::LockTimeout | Failure::RolledBack) =>
        {
            Ok(Attempt::Postponed)
        }
        // a read of the log that took too long, a connection that broke: nothing was committed
        Err(error) if error.is_transient() => Ok(Attempt::Postponed),
        outcome => outcome,
    }
}

async fn attempt_once(job: &Job) -> Result<Attempt, Error> {
    let (mode, names) = (job.database.mode, job.names());
    // a process that stands still with the locks in its hands loses them
    let terms = Terms::DURABLE.idle(Duration::from_secs(5)).lock(Duration::from_secs(1));
    let mut tx = job.database.begin_with(terms).await?;
    let path: String = mode
        .query("SELECT current_setting('search_path')")
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
    let mut missing = Missing::since(
        state::positions(&mut tx, &job.database, &job.shadow.schema, job.epoch).await?,
    );
    if missing.positions.len() != names.len() {
        return Err(CoreError::ShardTaken { projection: names.join(", ") }.into());
    }
    let mut blocked = blocked(&mut tx, job, &names).await?;
    // all of it is done again under the locks: then with little left to do, and with the catalogue and the
    // statements' plans at hand
    job.shadow.check(&mut tx, mode).await.map_err(Error::of_rebuild)?;
    tx.execute(sqlx::AssertSqlSafe(job.shadow.enter())).await?;
    if !missing.project(&mut tx, job, &mut blocked).await? {
        return Ok(Attempt::Behind);
    }
    leave(&mut tx, mode, &path).await?;

    let asked = Instant::now();
    let patience = i32::try_from(job.tuning.lock_patience.as_millis()).unwrap_or(i32::MAX);
    job.shadow.lock(patience, &mut tx, mode).await?;
    let live = mode
        .query(
            "WITH live AS (SELECT position FROM aether_checkpoints WHERE projection = ANY ($1) FOR UPDATE)
             SELECT coalesce(max(position), 0) FROM live",
        )
        .bind(&names)
        .fetch_one(&mut *tx)
        .await?;
    let live = state::position(&live, 0)?;
    // a runner that stands exactly where the swap puts it is not fenced off: it would not look at its dead
    // letters again
    let differ = mode.query(include_str!("../sql/letters_differ.sql")).bind(&names);
    let must_move: bool = differ.fetch_one(&mut *tx).await?.try_get(0)?;
    if must_move && job.log.is_here {
        // a number of the log that nobody uses
        tx.execute("SELECT nextval('aether_event_sequence')").await?;
    }
    tx.execute(sqlx::AssertSqlSafe(job.shadow.enter())).await?;
    if !missing.project(&mut tx, job, &mut blocked).await? {
        return Ok(Attempt::Behind);
    }
    leave(&mut tx, mode, &path).await?;
    let Missing { position, events, taken, .. } = missing;
    if live > position {
        return Ok(Attempt::Ahead { live, log: position });
    }
    if must_move && live == position && live > Position::START {
        return Ok(Attempt::Behind);
    }

    if is_overtaken(&mut tx, job, position).await? {
        return Ok(Attempt::Postponed);
    }

    let keys = job.shadow.swap(&mut tx, mode).await.map_err(Error::of_rebuild)?;
    let finish = mode.query("SELECT aether_rebuild_finish($1, $2, $3)");
    let letters: i64 = finish
        .bind(&names)
        .bind(position.get().cast_signed())
        .bind(job.epoch.cast_signed())
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
    if let Err(error) = tx.commit().await {
        if Failure::of(&error) != Failure::ConnectionLost {
            return Err(error.into());
        }
        if !is_over(job, position).await? {
            return Ok(Attempt::Postponed);
        }
    }
    let (locked, dead_letters) = (asked.elapsed(), letters.cast_unsigned());
    Ok(Attempt::Swapped(Swapped { position, locked, events, taken, dead_letters, keys }))
}

async fn leave(tx: &mut PgTx, mode: Mode, path: &str) -> sqlx::Result<()> {
    let query = mode.query("SELECT set_config('search_path', $1, true)").bind(path.to_owned());
    query.execute(&mut **tx).await?;
    Ok(())
}

/// What was appended since the shadow tables had caught up.
struct Missing {
    /// Where each projection was.
    positions: HashMap<String, Position>,
    /// Everything up to here is in the shadow tables.
    position: Position,
    events: u64,
    taken: Vec<u64>,
}

impl Missing {
    fn since(positions: Vec<(String, Position)>) -> Self {
        let position = positions.iter().map(|(_, at)| *at).min().unwrap_or_default();
        let taken = vec![0; positions.len()];
        Self { positions: positions.into_iter().collect(), position, events: 0, taken }
    }

    /// Brings everything that can be read into the shadow tables. `false`: not in this way.
    async fn project(
        &mut self,
        tx: &mut PgTx,
        job: &Job,
        blocked: &mut HashMap<String, HashSet<AggregateId>>,
    ) -> Result<bool, Error> {
        loop {
            let read = Read::all().after(self.position).filter(job.filter()).limit(1000);
            let page = job.log.read_within(tx, &job.database, &read).await?;
            self.events += page.events.len() as u64;
            if self.events > MOST_EVENTS {
                return Ok(false);
            }
            for (projection, taken) in job.projections.iter().zip(&mut self.taken) {
                let name = projection.handler.name();
                let after = self.positions.get(name).copied().unwrap_or_default();
                let events = wanted(&page.events, &projection.handler, after);
                *taken += events.len() as u64;
                if events.is_empty() {
                    continue;
                }
                let blocked = blocked.entry(name.to_owned()).or_default();
                let mode = job.database.mode;
                let projection = &projection.handler;
                // one that fails here is tried as often as is due, but not under locks
                let settings = projection.settings().attempts(1);
                if !project_within(tx, mode, projection, &events, blocked, &settings).await? {
                    return Ok(false);
                }
            }
            self.position = page.position;
            if page.caught_up {
                return Ok(true);
            }
        }
    }
}

/// The aggregates of each projection whose events wait behind one that failed.
async fn blocked(
    tx: &mut PgTx,
    job: &Job,
    names: &[&'static str],
) -> Result<HashMap<String, HashSet<AggregateId>>, Error> {
    let mut blocked = HashMap::new();
    for name in names {
        let (owner, all) =
            (Owner { projection: name, rebuild: true }, Shard::whole(*name).slices());
        let ids = letters::blocked(tx, job.database.mode, owner, all).await?;
        blocked.insert((*name).to_owned(), ids);
    }
    Ok(blocked)
}

/// Whether a commit whose answer was lost took place. Waits for its end: our row is locked until then.
async fn is_over(job: &Job, position: Position) -> Result<bool, Error> {
    let deadline = deadline(job.patience());
    loop {
        let error = match ask(job, position).await {
            Ok(over) => return Ok(over),
            Err(error) => error,
        };
        if !error.is_transient() || Instant::now() > deadline {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask(job: &Job, position: Position) -> Result<bool, Error> {
    let mut tx = job.database.begin().await?;
    let ours = state::positions(&mut tx, &job.database, &job.shadow.schema, job.epoch).await?;
    let sql =
        "SELECT count(*) FROM aether_checkpoints WHERE projection = ANY ($1) AND position >= $2";
    let query = job.database.mode.query(sql).bind(job.names());
    let row = query.bind(position.get().cast_signed()).fetch_one(&mut *tx).await?;
    // gone, and not because somebody discarded it
    Ok(ours.is_empty() && row.try_get::<i64, _>(0)? >= job.projections.len() as i64)
}
