//! The account: what writers were told, what the table has, what readers saw.

use std::collections::HashSet;

use aether_core::AggregateId;
use anyhow::Result;
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::ledger::{Entry, Ledger, Seen};
use super::protocol::checksum;
use super::reader::{Duty, duty};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Account {
    appended: usize,
    seen: usize,
    missed: usize,
    duplicated: usize,
    out_of_order: usize,
    /// Acknowledged, and not in the table as it was said.
    lost: usize,
    /// The same event more than once in the table.
    stored_twice: usize,
    /// Said not to be stored, and stored; or nobody's.
    ghosts: usize,
    /// Appends of which only a part is there.
    torn: usize,
    /// Streams whose versions have gaps, or whose head says something else.
    broken_streams: usize,
    details: Vec<String>,
}

/// What is expected of one reader.
struct Reading {
    duty: Duty,
    seen: Seen,
    expected: Vec<u64>,
    checksum: u64,
}

/// Holds the accounts against each other.
pub(super) async fn reconcile(mut ledger: Ledger, pool: &PgPool) -> Result<Account> {
    let mut account = Account::default();
    account.details.extend(ledger.findings.drain(..).map(|found| format!("finding: {found}")));
    let mut readings: Vec<Reading> = std::mem::take(&mut ledger.readers)
        .into_iter()
        .map(|(number, seen)| Reading {
            duty: duty(number),
            seen,
            expected: Vec::new(),
            checksum: 0,
        })
        .collect();
    let stored = account.compare_table(&mut ledger, &mut readings, pool).await?;
    account.settle_unknown(&ledger, &stored);
    account.appended = stored.len();
    for reading in readings {
        account.compare_reader(reading);
    }
    account.compare_streams(pool).await?;
    Ok(account)
}

impl Account {
    /// Goes through the table once, in order of position. Returns the ids of all its events.
    async fn compare_table(
        &mut self,
        ledger: &mut Ledger,
        readings: &mut [Reading],
        pool: &PgPool,
    ) -> Result<HashSet<Uuid>> {
        ledger.acknowledged.sort_unstable_by_key(|entry| entry.position);
        let mut told = ledger.acknowledged.iter().peekable();
        let unknown: HashSet<Uuid> = ledger.unknown.iter().flatten().copied().collect();
        let mut stored = HashSet::with_capacity(ledger.acknowledged.len());
        let mut rows = sqlx::query(
            "SELECT event_sequence, event_id, aggregate_id, aggregate_version, event_type,
                    aggregate_type
             FROM evenements ORDER BY event_sequence",
        )
        .fetch(pool);
        while let Some(row) = rows.try_next().await? {
            let position = row.try_get::<i64, _>(0)?.cast_unsigned();
            let (event, stream): (Uuid, Uuid) = (row.try_get(1)?, row.try_get(2)?);
            let version = row.try_get::<i32, _>(3)?.cast_unsigned();
            let (event_type, aggregate_type): (&str, &str) = (row.try_get(4)?, row.try_get(5)?);
            if !stored.insert(event) {
                self.stored_twice += 1;
                self.detail(format!("event {event} is stored twice, again at {position}"));
            }
            while let Some(entry) = told.next_if(|entry| entry.position < position) {
                self.lose(entry);
            }
            match told.next_if(|entry| entry.position == position) {
                Some(entry) => {
                    let same = entry.event == event
                        && entry.version == version
                        && ledger.streams[entry.stream as usize] == stream;
                    if !same {
                        self.lose(entry);
                    }
                }
                None if unknown.contains(&event) => {}
                None => {
                    self.ghosts += 1;
                    self.detail(format!("event {event} at {position} was never acknowledged"));
                }
            }
            for reading in &mut *readings {
                if reading.duty.wants.matches(event_type, aggregate_type, AggregateId::new(stream))
                {
                    reading.expected.push(position);
                    reading.checksum = reading.checksum.wrapping_add(checksum(position, event));
                }
            }
        }
        for entry in told {
            self.lose(entry);
        }
        for event in ledger.not_stored.iter().filter(|event| stored.contains(event)) {
            self.ghosts += 1;
            self.detail(format!("event {event} was refused or rolled back, and is stored"));
        }
        Ok(stored)
    }

    fn lose(&mut self, entry: &Entry) {
        self.lost += 1;
        self.detail(format!("acknowledged and not in the table: {entry:?}"));
    }

    /// Appends whose outcome was not known: all or nothing.
    fn settle_unknown(&mut self, ledger: &Ledger, stored: &HashSet<Uuid>) {
        let mut settled = 0;
        for events in &ledger.unknown {
            let there = events.iter().filter(|event| stored.contains(event)).count();
            settled += usize::from(there > 0);
            if there != 0 && there != events.len() {
                self.torn += 1;
                self.detail(format!("{there} of the events {events:?} are stored"));
            }
        }
        self.details.push(format!(
            "# acknowledged={} unknown_appends={} of_them_stored={settled} not_stored={}",
            ledger.acknowledged.len(),
            ledger.unknown.len(),
            ledger.not_stored.len()
        ));
    }

    fn compare_reader(&mut self, reading: Reading) {
        let Reading { duty, seen, expected, checksum } = reading;
        let name = duty.name;
        let out_of_order = seen.positions.windows(2).filter(|pair| pair[1] < pair[0]).count();
        let distinct: HashSet<u64> = seen.positions.iter().copied().collect();
        let duplicated = seen.positions.len() - distinct.len();
        let missed = expected.iter().filter(|position| !distinct.contains(position)).count();
        let phantoms = distinct.len() + missed - expected.len().min(distinct.len() + missed);
        self.details.push(format!(
            "# reader {:>3} {name:<32} seen={} missed={missed} duplicated={duplicated} \
             out_of_order={out_of_order}",
            duty.number,
            distinct.len()
        ));
        if phantoms > 0 {
            self.ghosts += phantoms;
            self.detail(format!("reader {name} saw {phantoms} events that are not in the table"));
        }
        match seen.checksum {
            None => self.detail(format!("finding: reader {name} did not come to the end")),
            Some(seen) if missed + duplicated == 0 && seen != checksum => {
                self.detail(format!(
                    "finding: reader {name} saw other events at the same positions"
                ));
            }
            Some(_) => {}
        }
        self.seen += distinct.len();
        self.missed += missed;
        self.duplicated += duplicated;
        self.out_of_order += out_of_order;
    }

    /// Versions are 1, 2, 3 … in order of position, and each head says the last of them.
    async fn compare_streams(&mut self, pool: &PgPool) -> Result<()> {
        let broken: Vec<Uuid> = sqlx::query_scalar(
            "WITH numbered AS (
                 SELECT aggregate_id, aggregate_version,
                        row_number() OVER (PARTITION BY aggregate_id ORDER BY event_sequence) AS place
                 FROM evenements
             ), counted AS (
                 SELECT aggregate_id, count(*) AS events,
                        bool_and(aggregate_version = place) AS contiguous
                 FROM numbered GROUP BY aggregate_id
             )
             SELECT coalesce(c.aggregate_id, s.aggregate_id)
             FROM counted AS c FULL JOIN aether_streams AS s ON s.aggregate_id = c.aggregate_id
             WHERE c.contiguous IS NOT TRUE OR s.version IS DISTINCT FROM c.events::int",
        )
        .fetch_all(pool)
        .await?;
        self.broken_streams = broken.len();
        for stream in broken {
            self.detail(format!("stream {stream}: versions have gaps, or the head is wrong"));
        }
        Ok(())
    }

    /// Keeps the first few of what may be millions.
    fn detail(&mut self, line: String) {
        const MOST: usize = 60;
        if self.details.len() < MOST || line.starts_with('#') || line.starts_with("finding") {
            self.details.push(line);
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let others = format!(
            "lost={} stored_twice={} ghosts={} torn={} broken_streams={}",
            self.lost, self.stored_twice, self.ghosts, self.torn, self.broken_streams
        );
        self.details.iter().cloned().chain([others])
    }

    /// The last line.
    pub(super) fn verdict(&self) -> String {
        format!(
            "torture: appended={} seen={} missed={} duplicated={} out_of_order={}",
            self.appended, self.seen, self.missed, self.duplicated, self.out_of_order
        )
    }

    pub(super) fn is_clean(&self) -> bool {
        let counts = [
            self.missed,
            self.duplicated,
            self.out_of_order,
            self.lost,
            self.stored_twice,
            self.ghosts,
            self.torn,
            self.broken_streams,
        ];
        self.appended > 0
            && counts.iter().all(|count| *count == 0)
            && !self.details.iter().any(|line| line.starts_with("finding"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(seen: &[u64], expected: &[u64]) -> Account {
        let mut account = Account { appended: expected.len(), ..Account::default() };
        let seen = Seen { positions: seen.to_vec(), checksum: Some(0) };
        let expected = expected.to_vec();
        account.compare_reader(Reading { duty: duty(0), seen, expected, checksum: 0 });
        account
    }

    #[test]
    fn what_a_reader_did_wrong_is_counted() {
        assert!(account(&[1, 2, 4], &[1, 2, 4]).is_clean());
        let wrong = account(&[1, 4, 2, 4], &[1, 2, 3, 4]);
        assert_eq!(
            wrong.verdict(),
            "torture: appended=4 seen=3 missed=1 duplicated=1 out_of_order=1"
        );
        assert!(!wrong.is_clean());
        assert_eq!(account(&[1, 2], &[1]).ghosts, 1);
    }
}
