//! `arena livre`: both sides of the ledger, and what they differ by.

use std::collections::BTreeMap;
use std::io::Write;

use aether_cli::DatabaseOptions;
use aether_core::backend::EventStore as _;
use aether_game::livre::{Compte, Ecart, Livre as Ledger};
use aether_game::queries;
use clap::Args;
use serde_json::{Value, json};

/// How to show it.
#[derive(Debug, Args)]
pub(crate) struct Livre {
    /// As JSON: each account of each item
    #[arg(long)]
    json: bool,
}

impl Livre {
    /// Compares the ledger of the log with itself, and then with that of the tables, which have to be at rest. Fails where they differ.
    pub(crate) async fn run(self, database: &DatabaseOptions) -> anyhow::Result<()> {
        let store = database.connect().await?;
        let journal = Ledger::du_journal(&store, store.end().await?).await?;
        let tables = queries::livre(store.pool()).await?;
        store.pool().close().await;
        let faults: Vec<Ecart> =
            journal.fautes().into_iter().chain(journal.ecarts(&tables)).collect();
        let mut out = std::io::stdout();
        match self.json {
            true => writeln!(out, "{:#}", as_json(&journal, &tables, &faults))?,
            false => write_lines(&mut out, &journal, &tables, &faults)?,
        }
        anyhow::ensure!(faults.is_empty(), "the ledger is not whole: {} differences", faults.len());
        Ok(())
    }
}

/// The sums of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    created: i128,
    destroyed: i128,
    held: i128,
    orders: i128,
    owed: i128,
    parcels: i128,
}

impl Sums {
    fn of<R>(account: &Compte<R>) -> Self {
        Self {
            created: account.total_cree(),
            destroyed: account.total_detruit(),
            held: account.lieux.detenu,
            orders: account.lieux.ordres,
            owed: account.lieux.du,
            parcels: account.lieux.colis,
        }
    }

    /// All items together.
    fn of_items(ledger: &Ledger) -> Self {
        ledger.items.values().map(Self::of).fold(Self::default(), |all, one| Self {
            created: all.created + one.created,
            destroyed: all.destroyed + one.destroyed,
            held: all.held + one.held,
            orders: all.orders + one.orders,
            owed: all.owed + one.owed,
            parcels: all.parcels + one.parcels,
        })
    }

    /// As [`Compte::difference`] has it.
    const fn difference(self) -> i128 {
        self.held + self.orders + self.owed + self.parcels - (self.created - self.destroyed)
    }

    fn json(self) -> Value {
        let number =
            |it: i128| i64::try_from(it).map_or_else(|_| json!(it.to_string()), Value::from);
        json!({
            "created": number(self.created),
            "destroyed": number(self.destroyed),
            "held": number(self.held),
            "in_orders": number(self.orders),
            "owed": number(self.owed),
            "in_parcels": number(self.parcels),
            "difference": number(self.difference()),
        })
    }
}

fn as_json(journal: &Ledger, tables: &Ledger, faults: &[Ecart]) -> Value {
    let side = |ledger: &Ledger| {
        let items: BTreeMap<String, Value> =
            ledger.items.iter().map(|(id, it)| (id.to_string(), Sums::of(it).json())).collect();
        json!({ "gold": Sums::of(&ledger.or).json(), "items": items })
    };
    let fault = |it: &Ecart| {
        json!({
            "item": it.item.map(|id| id.to_string()),
            "cause": it.cause,
            "expected": it.attendu.to_string(),
            "found": it.trouve.to_string(),
        })
    };
    let faults: Vec<Value> = faults.iter().map(fault).collect();
    json!({ "log": side(journal), "tables": side(tables), "differences": faults })
}

fn write_lines(
    out: &mut impl Write,
    journal: &Ledger,
    tables: &Ledger,
    faults: &[Ecart],
) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<15}{:>14} - {:>12} = {:>12} + {:>12} + {:>8} + {:>10}   {:>10}",
        "", "created", "destroyed", "held", "in orders", "owed", "in parcels", "difference"
    )?;
    for (name, ledger) in [("log", journal), ("tables", tables)] {
        write_sums(out, &format!("{name}, gold"), Sums::of(&ledger.or))?;
        write_sums(out, &format!("{name}, items"), Sums::of_items(ledger))?;
    }
    for Ecart { item, cause, attendu, trouve } in faults {
        let what = item.map_or_else(|| "gold".to_owned(), |id| format!("item {id}"));
        writeln!(out, "{what}: {cause}: {attendu} expected, {trouve} found")?;
    }
    Ok(())
}

fn write_sums(out: &mut impl Write, name: &str, sums: Sums) -> std::io::Result<()> {
    let Sums { created, destroyed, held, orders, owed, parcels } = sums;
    writeln!(
        out,
        "{name:<15}{created:>14} - {destroyed:>12} = {held:>12} + {orders:>12} + {owed:>8} + {parcels:>10}   {:>10}",
        sums.difference()
    )
}
