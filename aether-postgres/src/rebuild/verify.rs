//! Compares read models with what a projection makes of the same events, in one transaction that leaves nothing.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aether_core::log::Read;
use aether_core::projection::{Handler, Shard, Undecodable, Undecoded, Verified};
use aether_core::{Error as CoreError, Position, RecordedEvent};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};

use crate::database::{Mode, Terms};
use crate::error::{Error, refused_a_write};
use crate::tx::PgTx;

use super::job::{Job, wanted};
use super::shadow::{Rebuilt, quoted};
use super::state;

/// Rebuilds the read models into temporary tables, up to where each shard of the live ones has come, and compares the
/// rows. `None`: no node has run one of them yet.
///
/// One transaction in REPEATABLE READ sees live rows and checkpoints of one moment. Temporary tables come first on its
/// search path, and it is READ ONLY from then on: PostgreSQL refuses a write to anything else. It is rolled back. Events
/// that are parked as dead letters are in neither.
///
/// # Errors
///
/// Those of the log and the database.
pub(super) async fn verify(job: &Job, listed: usize) -> Result<Option<Verified>, Error> {
    let terms = Terms::CALL.idle(Duration::from_secs(60)).repeatable();
    let mut tx = job.database.begin_with(terms.then("SET LOCAL aether.step = 'open'")).await?;
    let lives = lives(&mut tx, job).await?;
    if lives.is_empty() {
        return Ok(None);
    }
    let tables = shadow(&mut tx, job.database.mode, &lives).await?;
    let events = match fill(&mut tx, job, &lives).await? {
        Filled::Events(events) => events,
        Filled::Failed(reason) => {
            let verified = Verified::new("events that could not be applied again");
            return Ok(Some(verified.differences(1, [reason])));
        }
    };
    let verified = compare(&mut tx, job.database.mode, &tables, events, listed).await?;
    tx.rollback().await?;
    Ok(Some(verified))
}

/// A projection that nodes have run.
struct Live<'a> {
    projection: &'a Rebuilt,
    shards: Vec<(Shard, Position)>,
    /// The positions of events that are parked.
    parked: HashSet<Position>,
}

impl Live<'_> {
    /// What of a page is in the live read model.
    fn seen(&self, events: &[RecordedEvent]) -> Vec<RecordedEvent> {
        let mut events = wanted(events, &self.projection.handler, Position::START);
        events.retain(|event| {
            let mut shards = self.shards.iter();
            let shard = shards.find(|(shard, _)| shard.contains(event.aggregate_id));
            shard.is_some_and(|(_, reached)| event.position <= *reached)
                && !self.parked.contains(&event.position)
        });
        events
    }

    fn reached(&self) -> Position {
        self.shards.iter().map(|(_, reached)| *reached).max().unwrap_or_default()
    }
}

async fn lives<'a>(tx: &mut PgTx, job: &'a Job) -> Result<Vec<Live<'a>>, Error> {
    let mode = job.database.mode;
    let sql = "SELECT p.projection, p.shards, coalesce(c.position, 0)
        FROM aether_projections AS p
        CROSS JOIN generate_series(0, p.shards - 1) AS s(shard)
        LEFT JOIN aether_checkpoints AS c ON c.projection = p.projection AND c.shard = s.shard
        WHERE p.projection = ANY ($1) ORDER BY p.projection, s.shard";
    let mut reached: HashMap<String, Vec<Position>> = HashMap::new();
    for row in mode.query(sql).bind(job.names()).fetch_all(&mut **tx).await? {
        reached.entry(row.try_get(0)?).or_default().push(state::position(&row, 2)?);
    }
    let sql = "SELECT projection, position FROM aether_dead_letters
        WHERE projection = ANY ($1) AND NOT rebuild";
    let mut parked: HashMap<String, HashSet<Position>> = HashMap::new();
    for row in mode.query(sql).bind(job.names()).fetch_all(&mut **tx).await? {
        parked.entry(row.try_get(0)?).or_default().insert(state::position(&row, 1)?);
    }
    let live = |projection: &'a Rebuilt| {
        let name = projection.handler.name();
        let reached = reached.get(name)?;
        let shards = Shard::all(name, u16::try_from(reached.len()).unwrap_or(u16::MAX));
        Some(Live {
            projection,
            shards: shards.zip(reached.iter().copied()).collect(),
            parked: parked.remove(name).unwrap_or_default(),
        })
    };
    Ok(job.projections.iter().filter_map(live).collect())
}

/// A live table, and what of it can be compared.
struct Table {
    name: String,
    /// With its schema; `None`: it is not there.
    live: Option<String>,
    left_out: Vec<String>,
    /// Columns that draw from a sequence.
    counting: Vec<String>,
    keys: Vec<String>,
}

impl Table {
    fn read(row: &PgRow) -> sqlx::Result<Self> {
        let left_out: Vec<String> = row.try_get(2)?;
        let mut keys: Vec<String> = row.try_get(4)?;
        keys.retain(|key| !left_out.contains(key));
        let name = row.try_get(0)?;
        let live = Some(row.try_get(1)?);
        Ok(Self { name, live, left_out, counting: row.try_get(3)?, keys })
    }
}

/// Makes the temporary tables. From here on the transaction can write to nothing else.
async fn shadow(tx: &mut PgTx, mode: Mode, lives: &[Live<'_>]) -> Result<Vec<Table>, Error> {
    let names: Vec<&str> = lives.iter().flat_map(|it| it.projection.tables).copied().collect();
    let query = mode.query(include_str!("../sql/verify_tables.sql")).bind(&names);
    let found = query.fetch_all(&mut **tx).await?;
    let mut tables = found.iter().map(Table::read).collect::<sqlx::Result<Vec<_>>>()?;
    let mut sql = String::new();
    for Table { name, live, counting, .. } in &tables {
        let (Some(live), shadow) = (live, quoted(name)) else { continue };
        sql += &format!(
            "CREATE TEMPORARY TABLE {shadow} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES \
             INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP;"
        );
        for column in counting {
            let sequence = quoted(&format!("{name}_{column}"));
            let literal = format!("pg_temp.{sequence}").replace('\'', "''");
            sql += &format!(
                "CREATE TEMPORARY SEQUENCE {sequence}; ALTER TABLE pg_temp.{shadow} \
                 ALTER COLUMN {} SET DEFAULT nextval('{literal}');",
                quoted(column)
            );
        }
    }
    sql += "SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true); \
            SET TRANSACTION READ ONLY";
    tx.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    let gone = names.into_iter().filter(|name| tables.iter().all(|it| it.name != *name));
    let gone: Vec<_> = gone.map(str::to_owned).collect();
    tables.extend(gone.into_iter().map(|name| Table {
        name,
        live: None,
        left_out: Vec::new(),
        counting: Vec::new(),
        keys: Vec::new(),
    }));
    Ok(tables)
}

/// What became of the events.
enum Filled {
    /// So many are in the shadow.
    Events(u64),
    /// A projection did not take them again.
    Failed(String),
}

async fn fill(tx: &mut PgTx, job: &Job, lives: &[Live<'_>]) -> Result<Filled, Error> {
    let end = lives.iter().map(Live::reached).max().unwrap_or_default();
    if end == Position::START {
        return Ok(Filled::Events(0));
    }
    let mut read = Read::all().until(end).filter(job.filter()).limit(job.batch_size());
    let mut count = 0;
    loop {
        let page = job.log.store.read(read.clone()).await?;
        count += page.events.len() as u64;
        for live in lives {
            let events = live.seen(&page.events);
            if let Some(reason) = apply(tx, job, &live.projection.handler, events).await? {
                return Ok(Filled::Failed(reason));
            }
        }
        if page.caught_up || page.position >= end {
            return Ok(Filled::Events(count));
        }
        read = read.after(page.position);
    }
}

/// Why the projection does not take the events, if it does not.
async fn apply(
    tx: &mut PgTx,
    job: &Job,
    projection: &Handler<PgTx>,
    mut events: Vec<RecordedEvent>,
) -> Result<Option<String>, Error> {
    let name = projection.name();
    let settings = projection.settings();
    let decoded = loop {
        match projection.decode(&events) {
            Ok(decoded) => break decoded,
            Err(Undecoded { place, .. }) if settings.undecodable == Undecodable::Skip => {
                events.remove(place);
            }
            Err(Undecoded { error, .. }) => return Ok(Some(format!("{name}: {error}"))),
        }
    };
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
    if let Err(source) = decoded.project(tx, settings.time_limit).await {
        if refused_a_write(&*source) {
            return Ok(Some(format!(
                "{name} writes to a table that `Projection::tables` does not name, or that another projection fills: \
                 verify the two in one pass"
            )));
        }
        let error = Error::of_handler(source);
        if error.is_transient() {
            return Err(error.into());
        }
        let (first, last) = (first.position, last.position);
        return Ok(Some(format!(
            "{name}: events {first} to {last} cannot be applied again: {error}"
        )));
    }
    let sql = "SELECT coalesce(current_setting('aether.step', true) = 'open', false)";
    if !job.database.mode.query(sql).fetch_one(&mut **tx).await?.try_get::<bool, _>(0)? {
        return Err(CoreError::TransactionEnded { projection: name.to_owned() }.into());
    }
    Ok(None)
}

async fn compare(
    tx: &mut PgTx,
    mode: Mode,
    tables: &[Table],
    events: u64,
    listed: usize,
) -> Result<Verified, Error> {
    let (mut rows, mut total) = (0, 0);
    let mut told = Vec::new();
    let mut left_out = Vec::new();
    for table in tables {
        let Some(live) = &table.live else {
            total += 1;
            told.push(format!("the table {} is not there", table.name));
            continue;
        };
        let sql = include_str!("../sql/verify_rows.sql")
            .replace("{shadow}", &format!("pg_temp.{}", quoted(&table.name)))
            .replace("{live}", live);
        let query = mode.assembled(sql).bind(&table.left_out).bind(&table.keys);
        let limit = i64::try_from(listed.saturating_sub(told.len())).unwrap_or(i64::MAX);
        let row = query.bind(limit).fetch_one(&mut **tx).await?;
        rows += row.try_get::<i64, _>(0)?.cast_unsigned();
        total += row.try_get::<i64, _>(1)?.cast_unsigned();
        let differences: Vec<String> = row.try_get(2)?;
        told.extend(differences.into_iter().map(|it| format!("{}: {it}", table.name)));
        left_out.extend(table.left_out.iter().map(|column| format!("{}.{column}", table.name)));
    }
    let plural = |number: u64, what: &str| match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    };
    let mut checked = format!("{} from {}", plural(rows, "row"), plural(events, "event"));
    if !left_out.is_empty() {
        checked += &format!(", without {}", left_out.join(", "));
    }
    Ok(Verified::new(checked).differences(total, told))
}
