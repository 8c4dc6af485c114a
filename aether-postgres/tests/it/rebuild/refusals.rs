//! What a rebuild says no to, in words and as a type.

use aether_core::{AnyEvent, BoxError, Projection, Recorded};
use aether_postgres::{Error, PgTx, Rebuild};

use super::ledger::{Ledger, Setting};
use crate::census::run;

/// Runs a statement for each batch.
struct Statement {
    sql: &'static str,
    tables: &'static [&'static str],
}

impl Projection<PgTx> for Statement {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "phrase"
    }

    fn tables(&self) -> &'static [&'static str] {
        self.tables
    }

    async fn project(&self, _events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        sqlx::query(self.sql).execute(&mut **tx).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_projection_that_goes_past_its_shadow_tables_is_stopped() {
    let setting = Setting::open().await;
    setting.earn(20, 1).await;
    run(
        setting.url(),
        "CREATE TABLE other (a INT);
        CREATE FUNCTION note() RETURNS VOID LANGUAGE sql SET search_path = public
            AS 'INSERT INTO ledger VALUES (gen_random_uuid(), 1, NULL)'",
    )
    .await;
    for sql in [
        "INSERT INTO public.ledger VALUES (gen_random_uuid(), 1, NULL)",
        "SELECT note()",
        "SELECT count(*) FROM balance",
    ] {
        let tables = &["ledger"];
        let rebuild = Rebuild::new(&setting.store).projection(Statement { sql, tables });
        let told = rebuild.start().await.unwrap().finish().await.unwrap_err();
        let touched =
            matches!(&told, Error::LiveTableTouched { table } if table == "public.ledger");
        assert!(touched, "{sql}: {told:?}");
        assert!(Rebuild::discard(&setting.store.read_models(), "phrase").await.unwrap());
    }
    // another table is nobody's business
    let sql = "INSERT INTO public.other VALUES (1)";
    let rebuild = Rebuild::new(&setting.store).projection(Statement { sql, tables: &["ledger"] });
    rebuild.start().await.unwrap().finish().await.unwrap();
    let rows = crate::census::number(setting.url(), "SELECT count(*) FROM ledger").await;
    assert_eq!(rows, 0, "of each, nothing was kept");
    setting.close().await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_at_the_start_and_nothing_is_left_behind() {
    let setting = Setting::open().await;
    setting.earn(20, 1).await;
    let refused = async |rebuild: Rebuild| match rebuild.start().await {
        Err(Error::NotRebuildable { reason }) => reason,
        other => panic!("{other:?}"),
    };
    let statement =
        |tables| Rebuild::new(&setting.store).projection(Statement { sql: "SELECT 1", tables });
    assert_eq!(refused(Rebuild::new(&setting.store)).await, "no projection is named");
    assert_eq!(refused(statement(&[])).await, "no tables are named");
    assert_eq!(refused(statement(&["absente"])).await, "there is no table absente");
    let twice = statement(&["ledger"]).projection(Ledger::default());
    assert_eq!(refused(twice).await, "two projections own ledger");
    let twice = setting.rebuild(Ledger::default()).projection(Ledger::default());
    assert_eq!(refused(twice).await, "ledger is named twice");
    run(setting.url(), "CREATE MATERIALIZED VIEW photo AS SELECT * FROM accounts").await;
    let reason = refused(setting.rebuild(Ledger::default())).await;
    assert_eq!(reason, "the materialized view photo reads accounts");
    setting.assert_nothing_left().await;
    // put on them while it runs
    run(setting.url(), "DROP MATERIALIZED VIEW photo").await;
    let mut rebuild =
        setting.rebuild(Ledger { batch: 1, ..Ledger::default() }).start().await.unwrap();
    rebuild.progress().await.unwrap();
    run(setting.url(), "CREATE MATERIALIZED VIEW photo AS SELECT * FROM accounts").await;
    let told = rebuild.finish().await.unwrap_err();
    assert!(matches!(&told, Error::NotRebuildable { reason: why } if *why == reason), "{told:?}");
    // it is in place that they can be rebuilt
    setting.rebuild(Ledger::default()).in_place().await.unwrap();
    setting.assert_fold().await;
    setting.close().await;
}
