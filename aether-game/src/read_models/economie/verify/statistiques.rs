//! What the job of prices has to have made of the trades that it saw.

use std::collections::BTreeMap;

use aether_postgres::Error;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use crate::jobs::PrixHoraires;
use crate::read_models::economie::rows::{CoursHoraire, PrixMarche, TransactionEconomie};
use crate::values::{CarnetId, ItemId, Prix, TransactionId};

/// The row of an item after a trade, if the job never ran.
pub(super) fn before_the_job(prix_id: CarnetId, last: &TransactionEconomie) -> PrixMarche {
    PrixMarche {
        prix_id,
        item_id: last.item_id,
        prix_moyen_24h: None,
        prix_min_24h: None,
        prix_max_24h: None,
        volume_24h: 0,
        nombre_transactions_24h: 0,
        historique_prix: Vec::new(),
        derniere_transaction: last.executee_a,
        last_event_sequence: last.event_sequence,
        dernier_prix: last.prix_unitaire,
        statistiques_a: None,
        statistiques_sequence: None,
    }
}

/// Fills in what the job makes, as of when the table says that it ran.
pub(super) async fn as_of_the_job(
    pool: &PgPool,
    prix: &mut BTreeMap<ItemId, PrixMarche>,
    transactions: &BTreeMap<TransactionId, TransactionEconomie>,
) -> Result<(), Error> {
    let sql = "SELECT item_id, statistiques_a, statistiques_sequence FROM prix_marche
        WHERE statistiques_a IS NOT NULL AND statistiques_sequence IS NOT NULL";
    let mut trades: BTreeMap<ItemId, Vec<&TransactionEconomie>> = BTreeMap::new();
    for trade in transactions.values() {
        trades.entry(trade.item_id).or_default().push(trade);
    }
    for run in sqlx::query(sql).fetch_all(pool).await? {
        let item = ItemId::new(run.try_get::<Uuid, _>(0)?);
        let (Some(row), Some(trades)) = (prix.get_mut(&item), trades.get(&item)) else { continue };
        let sequence: i64 = run.try_get(2)?;
        let seen = trades.iter().copied().filter(|it| it.event_sequence <= sequence);
        fill(row, run.try_get(1)?, sequence, &seen.collect::<Vec<_>>());
    }
    Ok(())
}

fn fill(row: &mut PrixMarche, a: DateTime<Utc>, sequence: i64, seen: &[&TransactionEconomie]) {
    row.statistiques_a = Some(a);
    row.statistiques_sequence = Some(sequence);
    let yesterday = a - TimeDelta::hours(24);
    let day = seen.iter().copied();
    let day = Sums::of(day.filter(|it| it.executee_a > yesterday && it.executee_a <= a));
    row.prix_moyen_24h = day.mean();
    row.prix_min_24h = day.least;
    row.prix_max_24h = day.most;
    row.volume_24h = day.pieces.min(i32::MAX.unsigned_abs().into()) as u32;
    row.nombre_transactions_24h = day.trades as u32;
    row.historique_prix = hours(a, seen);
}

fn hours(a: DateTime<Utc>, seen: &[&TransactionEconomie]) -> Vec<CoursHoraire> {
    let end = hour(a);
    let begin = end - TimeDelta::hours(PrixHoraires::HEURES.into());
    let mut hours: BTreeMap<_, Sums> = BTreeMap::new();
    for trade in seen.iter().filter(|it| it.executee_a >= begin && it.executee_a < end) {
        hours.entry(hour(trade.executee_a)).or_default().add(trade);
    }
    let cours = |(heure, sums): (_, Sums)| {
        Some(CoursHoraire {
            heure,
            prix_moyen: sums.mean()?,
            prix_min: sums.least?,
            prix_max: sums.most?,
            volume: sums.pieces,
            transactions: sums.trades,
        })
    };
    hours.into_iter().filter_map(cours).collect()
}

fn hour(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::hours(1)).unwrap_or(time)
}

#[derive(Default)]
struct Sums {
    gold: u64,
    pieces: u64,
    trades: u64,
    least: Option<Prix>,
    most: Option<Prix>,
}

impl Sums {
    fn of<'a>(trades: impl Iterator<Item = &'a TransactionEconomie>) -> Self {
        let mut sums = Self::default();
        trades.for_each(|it| sums.add(it));
        sums
    }

    fn add(&mut self, trade: &TransactionEconomie) {
        let prix = trade.prix_unitaire;
        self.gold += u64::from(trade.montant_total.get());
        self.pieces += u64::from(trade.quantite.get());
        self.trades += 1;
        self.least = Some(self.least.map_or(prix, |least| least.min(prix)));
        self.most = self.most.max(Some(prix));
    }

    /// The mean price of a piece, half a coin rounded up.
    fn mean(&self) -> Option<Prix> {
        let mean = (2 * self.gold + self.pieces).checked_div(2 * self.pieces)?;
        Prix::new(mean).ok()
    }
}
