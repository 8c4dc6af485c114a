//! The account: what the log has, and what each projection made of it.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::models::{Amount, Fold, SPECS, Spec};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) events: usize,
    /// Effects in all projections together.
    pub(super) effects: usize,
    /// Effects that were written and rolled back.
    pub(super) taken_back: usize,
    pub(super) tallies: Vec<Tallied>,
    pub(super) findings: Vec<String>,
}

/// One projection's events as they should be, and its effects as they are.
#[derive(Debug)]
pub(super) struct Tallied {
    name: &'static str,
    /// By position: how often its effect was found.
    effects: HashMap<i64, u32>,
    folds: BTreeMap<Uuid, Fold>,
    last: HashMap<Uuid, i64>,
    pub(super) doubled: usize,
    pub(super) stray: usize,
    pub(super) out_of_order: usize,
    pub(super) wrong_folds: usize,
}

/// Holds the log and the read models against each other.
pub(super) async fn reconcile(pool: &PgPool, expected: u64) -> Result<Account> {
    let mut tallies: Vec<_> = SPECS.iter().map(Tallied::new).collect();
    let mut account = Account::default();
    let mut log = sqlx::query(
        "SELECT event_sequence, aggregate_id, aggregate_type, event_type, payload::text
         FROM evenements ORDER BY event_sequence",
    )
    .fetch(pool);
    while let Some(row) = log.try_next().await? {
        let (position, aggregate) = (row.try_get(0)?, row.try_get(1)?);
        let (aggregate_type, event_type): (&str, &str) = (row.try_get(2)?, row.try_get(3)?);
        let Amount { amount } = serde_json::from_str(row.try_get(4)?)?;
        account.events += 1;
        for (spec, tally) in SPECS.iter().zip(&mut tallies) {
            if spec.wants(aggregate_type, event_type) {
                tally.expect(position, aggregate, amount);
            }
        }
    }
    drop(log);
    if account.events as u64 != expected {
        let found = format!("{} events are in the log, {expected} were written", account.events);
        account.findings.push(found);
    }
    let mut effects =
        sqlx::query("SELECT projection, position, aggregate FROM effects ORDER BY written")
            .fetch(pool);
    while let Some(row) = effects.try_next().await? {
        let name: &str = row.try_get(0)?;
        account.effects += 1;
        if let Some(tally) = tallies.iter_mut().find(|tally| tally.name == name) {
            tally.see(row.try_get(1)?, row.try_get(2)?);
        }
    }
    drop(effects);
    for tally in &mut tallies {
        let rows =
            sqlx::query("SELECT aggregate, events, total, chain FROM folds WHERE projection = $1")
                .bind(tally.name)
                .fetch_all(pool)
                .await?;
        let fold = |row: &sqlx::postgres::PgRow| {
            let (events, total, chain) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            Ok((row.try_get(0)?, Fold { events, total, chain }))
        };
        tally.compare_folds(rows.iter().map(fold).collect::<sqlx::Result<_>>()?);
    }
    account.tallies = tallies;
    let written: i64 =
        sqlx::query_scalar("SELECT last_value FROM effects_written_seq").fetch_one(pool).await?;
    account.taken_back = (written.cast_unsigned() as usize).saturating_sub(account.effects);
    let letters: i64 =
        sqlx::query_scalar("SELECT count(*) FROM aether_dead_letters").fetch_one(pool).await?;
    if letters > 0 {
        account.findings.push(format!("{letters} events were parked as dead letters"));
    }
    Ok(account)
}

impl Account {
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let findings = self.findings.iter().map(|found| format!("finding: {found}"));
        self.tallies.iter().map(ToString::to_string).chain(findings)
    }

    fn sum(&self, of: impl Fn(&Tallied) -> usize) -> usize {
        self.tallies.iter().map(of).sum()
    }

    /// The last line.
    pub(super) fn verdict(&self) -> String {
        format!(
            "torture-nodes: events={} effects={} missed={} doubled={} stray={} out_of_order={} \
             wrong_folds={}",
            self.events,
            self.effects,
            self.sum(Tallied::missed),
            self.sum(|tally| tally.doubled),
            self.sum(|tally| tally.stray),
            self.sum(|tally| tally.out_of_order),
            self.sum(|tally| tally.wrong_folds),
        )
    }

    pub(super) fn is_clean(&self) -> bool {
        let expected = |tally: &Tallied| !tally.effects.is_empty();
        self.findings.is_empty()
            && self.tallies.iter().all(expected)
            && self.tallies.iter().all(Tallied::is_clean)
    }
}

impl Tallied {
    fn new(spec: &Spec) -> Self {
        Self {
            name: spec.name,
            effects: HashMap::new(),
            folds: BTreeMap::new(),
            last: HashMap::new(),
            doubled: 0,
            stray: 0,
            out_of_order: 0,
            wrong_folds: 0,
        }
    }

    fn expect(&mut self, position: i64, aggregate: Uuid, amount: i64) {
        self.effects.insert(position, 0);
        self.folds.entry(aggregate).or_default().add(position, amount);
    }

    /// An effect, in the order in which they were written.
    fn see(&mut self, position: i64, aggregate: Uuid) {
        match self.effects.get_mut(&position) {
            Some(seen) => {
                self.doubled += usize::from(*seen > 0);
                *seen += 1;
            }
            None => self.stray += 1,
        }
        let last = self.last.entry(aggregate).or_default();
        self.out_of_order += usize::from(position < *last);
        *last = position.max(*last);
    }

    fn compare_folds(&mut self, found: BTreeMap<Uuid, Fold>) {
        let differing = self.folds.iter().filter(|(id, fold)| found.get(id) != Some(fold)).count();
        let unknown = found.keys().filter(|id| !self.folds.contains_key(id)).count();
        self.wrong_folds = differing + unknown;
    }

    fn missed(&self) -> usize {
        self.effects.values().filter(|seen| **seen == 0).count()
    }

    fn is_clean(&self) -> bool {
        self.missed() + self.doubled + self.stray + self.out_of_order + self.wrong_folds == 0
    }
}

impl std::fmt::Display for Tallied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, effects, folds, doubled, stray, out_of_order, wrong_folds, .. } = self;
        write!(
            f,
            "# projection {name:<21} events={:<6} missed={} doubled={doubled} stray={stray} \
             out_of_order={out_of_order} folds={} wrong_folds={wrong_folds}",
            effects.len(),
            self.missed(),
            folds.len(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn tallied(expected: &[i64], seen: &[i64], folded: &[i64]) -> Tallied {
        let mut tally = Tallied::new(&SPECS[0]);
        expected.iter().for_each(|position| tally.expect(*position, ID, *position));
        seen.iter().for_each(|position| tally.see(*position, ID));
        let mut fold = Fold::default();
        folded.iter().for_each(|position| fold.add(*position, *position));
        tally.compare_folds(BTreeMap::from([(ID, fold)]));
        tally
    }

    #[test]
    fn whatever_a_projection_does_wrong_is_counted() {
        assert!(tallied(&[1, 2, 4], &[1, 2, 4], &[1, 2, 4]).is_clean());
        let missed = tallied(&[1, 2, 4], &[1, 4], &[1, 2, 4]);
        assert_eq!((missed.missed(), missed.is_clean()), (1, false));
        let doubled = tallied(&[1, 2], &[1, 2, 2], &[1, 2]);
        assert_eq!((doubled.doubled, doubled.out_of_order, doubled.is_clean()), (1, 0, false));
        let turned = tallied(&[1, 2], &[2, 1], &[1, 2]);
        assert_eq!((turned.out_of_order, turned.is_clean()), (1, false));
        let stray = tallied(&[1, 2], &[1, 2, 3], &[1, 2]);
        assert_eq!((stray.stray, stray.is_clean()), (1, false));
        // the same events in another order are another fold
        let turned = tallied(&[1, 2], &[1, 2], &[2, 1]);
        assert_eq!((turned.wrong_folds, turned.is_clean()), (1, false));
    }

    #[test]
    fn projections_without_events_prove_nothing() {
        assert!(
            !Account { tallies: vec![tallied(&[], &[], &[])], ..Account::default() }.is_clean()
        );
    }
}
