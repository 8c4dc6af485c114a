//! For tests: what a projection has made of events, compared as rows. Behind the feature `testing`.

use std::fmt::Debug;
use std::panic::Location;

use aether_testkit::difference;
use aether_testkit::projected::Projected;
use sqlx::FromRow;
use sqlx::postgres::PgRow;

use crate::PgReadModels;

/// Compares the rows of SQL read models; see [`Projected`].
///
/// ```no_run
/// # use aether_core::{Aggregate, Event, Facts, Projection, Shape, id};
/// # use aether_postgres::{PgReadModels, PgTx};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Default, Clone, Serialize, Deserialize, Shape)]
/// # struct Chest;
/// # #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
/// # enum ChestEvent { Deposited { gold: i64 } }
/// # impl Aggregate for Chest {
/// #     const TYPE: &'static str = "Chest";
/// #     type Command = ();
/// #     type Event = ChestEvent;
/// #     type Error = std::convert::Infallible;
/// #     fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> { Ok(vec![]) }
/// #     fn apply(&mut self, _: &ChestEvent) {}
/// # }
/// # id! { struct ChestId of Chest; }
/// # async fn test(models: PgReadModels, treasury: impl Projection<PgTx>) {
/// use aether_postgres::testing::ThenRows as _;
/// use aether_testkit::projected::Projected;
///
/// Projected::new(models, treasury)
///     .given(ChestId::generate(), [ChestEvent::Deposited { gold: 2 }, ChestEvent::Deposited { gold: 3 }])
///     .await
///     .then_rows("SELECT gold FROM chests ORDER BY gold", [(5_i64,)])
///     .await;
/// # }
/// ```
pub trait ThenRows: Sized {
    /// The query gives exactly these rows, in this order. A row is a tuple of its columns, or any type that derives
    /// [`FromRow`].
    ///
    /// # Panics
    ///
    /// If it gives other rows; the message shows both as a difference. If the query fails, or a column does not fit its
    /// type.
    #[track_caller]
    fn then_rows<T>(
        self,
        sql: &'static str,
        rows: impl IntoIterator<Item = T>,
    ) -> impl Future<Output = Self>
    where
        T: for<'r> FromRow<'r, PgRow> + Debug + PartialEq + Send + Unpin;
}

impl ThenRows for Projected<PgReadModels> {
    #[track_caller]
    fn then_rows<T>(
        self,
        sql: &'static str,
        rows: impl IntoIterator<Item = T>,
    ) -> impl Future<Output = Self>
    where
        T: for<'r> FromRow<'r, PgRow> + Debug + PartialEq + Send + Unpin,
    {
        let place = Location::caller();
        let expected: Vec<T> = rows.into_iter().collect();
        async move {
            let pool = &self.models().database.pool;
            match sqlx::query_as::<_, T>(sql).persistent(false).fetch_all(pool).await {
                Ok(found) if found == expected => self,
                Ok(found) => {
                    let difference = difference::between(&expected, &found);
                    panic!("{place}: other rows than expected\n{sql}\n{difference}")
                }
                Err(error) => panic!("{place}: the rows cannot be read: {error}\n{sql}"),
            }
        }
    }
}
