//! Processes in PostgreSQL: states, sent commands and timers beside the checkpoints.

use std::sync::Arc;

use aether_core::backend::{ProcessOperations, Processes};
use aether_core::process::{
    Backlog, Delay, ProcessChange, StoredProcess, Stuck, Task, TimerChange, Work,
};
use aether_core::projection::Remedy;
use aether_core::{Json, Result};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::batch::JsonText;
use crate::error::read_error;
use crate::read_models::{PgReadModels, commit};
use crate::rows::json_text;
use crate::tx::PgTx;

/// Each call is one statement, however many processes it is about. Transactions that have changed a process
/// wait for the disk, unlike those of ordinary read models: a process cannot be filled again from the log.
#[async_trait]
impl Processes for PgReadModels {
    async fn open(&self, tx: &mut PgTx, manager: &str, ids: &[Uuid]) -> Result<Vec<StoredProcess>> {
        let rows = self
            .mode()
            .query(include_str!("sql/open_processes.sql"))
            .bind(manager)
            .bind(ids)
            .fetch_all(&mut **tx)
            .await
            .map_err(read_error)?;
        rows.iter().map(process).collect::<sqlx::Result<_>>().map_err(read_error)
    }

    async fn take(&self, tx: &mut PgTx, manager: &str, task: &Task) -> Result<bool> {
        let query = match &task.work {
            Work::Command(_) | Work::Skip(_) => {
                let sql = "DELETE FROM aether_outbox WHERE manager = $1 AND command_id = $2";
                self.mode().query(sql).bind(manager).bind(task.id)
            }
            Work::Timer(name) => self
                .mode()
                .query(include_str!("sql/take_timer.sql"))
                .bind(manager)
                .bind(task.process)
                .bind(name)
                .bind(task.id),
        };
        let taken = query.execute(&mut **tx).await.map_err(read_error)?;
        Ok(taken.rows_affected() > 0)
    }

    async fn save(
        &self,
        tx: &mut PgTx,
        manager: &str,
        changes: &[ProcessChange],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let columns = Columns::of(changes);
        self.mode()
            .query(include_str!("sql/save_processes.sql"))
            .bind(manager)
            .bind(now)
            .bind(&columns.processes)
            .bind(&columns.new)
            .bind(&columns.states)
            .bind(&columns.command_processes)
            .bind(&columns.command_ids)
            .bind(&columns.commands)
            .bind(&columns.command_metadata)
            .bind(&columns.timer_processes)
            .bind(&columns.timer_names)
            .bind(&columns.timer_ids)
            .bind(&columns.timer_due)
            .bind(&columns.timer_metadata)
            .execute(&mut **tx)
            .await
            .map_err(read_error)?;
        Ok(())
    }

    async fn conclude(&self, tx: PgTx) -> Result<()> {
        // after a lost answer what is due tells
        commit(tx).await
    }

    async fn due(
        &self,
        manager: &str,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
        busy: &[Uuid],
        limit: usize,
    ) -> Result<Vec<Task>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self
            .run(async |connection, mode| {
                mode.query(include_str!("sql/due_tasks.sql"))
                    .bind(manager.to_owned())
                    .bind(now)
                    .bind(latest)
                    .bind(busy.to_vec())
                    .bind(limit)
                    .fetch_all(connection)
                    .await
            })
            .await?;
        rows.iter().map(task).collect::<sqlx::Result<_>>().map_err(read_error)
    }

    async fn put_off(&self, manager: &str, task: &Task, delay: &Delay) -> Result<()> {
        let sql = match task.work {
            Work::Command(_) | Work::Skip(_) => include_str!("sql/put_command_off.sql"),
            Work::Timer(_) => include_str!("sql/put_timer_off.sql"),
        };
        self.run(async |connection, mode| {
            mode.query(sql)
                .bind(manager.to_owned())
                .bind(task.id)
                .bind(task.process)
                .bind(task.tries.cast_signed())
                .bind(delay.until)
                // what PostgreSQL cannot hold as text
                .bind(delay.error.replace('\0', "\u{fffd}"))
                .bind(i32::from(delay.failure))
                .bind(delay.stuck)
                .execute(connection)
                .await
        })
        .await?;
        Ok(())
    }

    fn operations(&self) -> Arc<dyn ProcessOperations> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl ProcessOperations for PgReadModels {
    async fn backlog(&self, manager: &str, now: DateTime<Utc>) -> Result<Backlog> {
        let row = self
            .run(async |connection, mode| {
                mode.query(include_str!("sql/process_backlog.sql"))
                    .bind(manager.to_owned())
                    .bind(now)
                    .fetch_one(connection)
                    .await
            })
            .await?;
        let count = |index| row.try_get::<i64, _>(index).map(i64::cast_unsigned);
        let backlog = || Ok(Backlog { commands: count(0)?, timers: count(1)?, stuck: count(2)? });
        backlog().map_err(read_error)
    }

    async fn stuck(&self, manager: &str) -> Result<Vec<Stuck>> {
        let rows = self
            .run(async |connection, mode| {
                mode.query(include_str!("sql/stuck_tasks.sql"))
                    .bind(manager.to_owned())
                    .fetch_all(connection)
                    .await
            })
            .await?;
        let stuck = rows.iter().map(|row| {
            let Task { id, process, work, failures, .. } = task(row)?;
            let error: Option<String> = row.try_get(8)?;
            Ok(Stuck { id, process, work, failures, error: error.unwrap_or_default() })
        });
        stuck.collect::<sqlx::Result<_>>().map_err(read_error)
    }

    async fn remedy(&self, manager: &str, id: Uuid, remedy: Remedy) -> Result<bool> {
        let row = self
            .run_durably(async |connection, mode| {
                mode.query("SELECT aether_remedy_task($1, $2, $3)")
                    .bind(manager.to_owned())
                    .bind(id)
                    .bind(remedy == Remedy::Skip)
                    .fetch_one(connection)
                    .await
            })
            .await?;
        row.try_get(0).map_err(read_error)
    }

    async fn forget_ended(
        &self,
        manager: &str,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let forgotten = self
            .run(async |connection, mode| {
                mode.query(include_str!("sql/forget_processes.sql"))
                    .bind(manager.to_owned())
                    .bind(before)
                    .bind(limit)
                    .execute(connection)
                    .await
            })
            .await?;
        Ok(forgotten.rows_affected())
    }
}

/// Changes of processes, column by column.
#[derive(Default)]
struct Columns<'a> {
    processes: Vec<Uuid>,
    new: Vec<bool>,
    states: Vec<Option<JsonText<'a>>>,
    command_processes: Vec<Uuid>,
    command_ids: Vec<Uuid>,
    commands: Vec<JsonText<'a>>,
    command_metadata: Vec<JsonText<'a>>,
    timer_processes: Vec<Uuid>,
    timer_names: Vec<&'a str>,
    timer_ids: Vec<Option<Uuid>>,
    timer_due: Vec<Option<DateTime<Utc>>>,
    timer_metadata: Vec<Option<JsonText<'a>>>,
}

impl<'a> Columns<'a> {
    fn of(changes: &'a [ProcessChange]) -> Self {
        let mut columns = Self::default();
        for change in changes {
            columns.processes.push(change.id);
            columns.new.push(change.new);
            columns.states.push(change.state.as_ref().map(text));
            for sent in &change.commands {
                columns.command_processes.push(change.id);
                columns.command_ids.push(sent.id.as_uuid());
                columns.commands.push(text(&sent.command));
                columns.command_metadata.push(text(&sent.metadata));
            }
            for timer in &change.timers {
                columns.push_timer(change.id, timer);
            }
        }
        columns
    }

    fn push_timer(&mut self, process: Uuid, timer: &'a TimerChange) {
        let set = timer.set.as_ref();
        self.timer_processes.push(process);
        self.timer_names.push(&timer.name);
        self.timer_ids.push(set.map(|set| set.id));
        self.timer_due.push(set.map(|set| set.due));
        self.timer_metadata.push(set.map(|set| text(&set.metadata)));
    }
}

fn text(json: &Json) -> JsonText<'_> {
    JsonText(json.as_str())
}

fn process(row: &PgRow) -> sqlx::Result<StoredProcess> {
    let ended: bool = row.try_get(2)?;
    let state = match ended {
        true => None,
        false => Some(Json::from_stored(json_text(row, 1)?)),
    };
    Ok(StoredProcess { id: row.try_get(0)?, state })
}

/// Columns: kind, id, process, name, command, metadata, tries, failures.
fn task(row: &PgRow) -> sqlx::Result<Task> {
    let work = match row.try_get::<&str, _>(0)? {
        "timer" => Work::Timer(row.try_get(3)?),
        "skip" => Work::Skip(Json::from_stored(json_text(row, 4)?)),
        _ => Work::Command(Json::from_stored(json_text(row, 4)?)),
    };
    Ok(Task {
        id: row.try_get(1)?,
        process: row.try_get(2)?,
        work,
        metadata: Json::from_stored(json_text(row, 5)?),
        tries: row.try_get::<i32, _>(6)?.cast_unsigned(),
        failures: row.try_get::<i32, _>(7)?.cast_unsigned(),
    })
}
