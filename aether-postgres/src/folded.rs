//! Read models of one JSON document per aggregate, folded from its events.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use aether_core::event::JsonError;
use aether_core::{AggregateId, BoxError, Error, EventSet, Json, Projection, Recorded, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::batch::JsonText;
use crate::database::Mode;
use crate::error::Error as PgError;
use crate::migrate::begin_migrating;
use crate::read_models::PgReadModels;
use crate::rebuild::quoted;
use crate::tx::PgTx;

/// What readers want to know of an aggregate: one document, folded from its events. [`Folded`] keeps it.
///
/// ```
/// use aether_core::{Event, Recorded};
/// use aether_postgres::Document;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Event)]
/// enum ChestEvent { Deposited { gold: u64 } }
///
/// #[derive(Default, Serialize, Deserialize)]
/// struct ChestView { gold: u64 }
///
/// impl Document for ChestView {
///     const TABLE: &'static str = "chest_views";
///     type Events = ChestEvent;
///     fn apply(&mut self, event: &Recorded<ChestEvent>) {
///         let ChestEvent::Deposited { gold } = event.event;
///         self.gold += gold;
///     }
/// }
/// ```
pub trait Document: Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The table that holds the documents, in lower case and without a schema. It is the name of the projection, too.
    const TABLE: &'static str;

    /// The events it is folded from.
    type Events: EventSet;

    /// Takes an event in. The first one of an aggregate comes to the default document. Pure: a rebuild must come to the
    /// same.
    fn apply(&mut self, event: &Recorded<Self::Events>);

    /// Whether there is nothing to keep any more: the row is deleted, and a later event begins with the default document
    /// again. By default never.
    fn is_gone(&self) -> bool {
        false
    }
}

/// The read model of a [`Document`] per aggregate: a projection that needs no SQL.
///
/// Its table has a row `(id, document, position)` for each aggregate, `document` being JSONB and `position` that of the
/// last event in it. Query it as any table, with indexes of your own on what you look for. It is as exact as
/// every SQL read model, and [rebuilt](crate::Rebuild) as every other one, which a changed `apply` calls for.
///
/// ```no_run
/// # use aether_core::{AggregateId, BoxError, Engine, Event, Node, Recorded};
/// # use aether_postgres::{Document, Folded, PgStore, sqlx};
/// # #[derive(serde::Serialize, serde::Deserialize, Event)] enum ChestEvent { Deposited { gold: u64 } }
/// # #[derive(Default, serde::Serialize, serde::Deserialize)] struct ChestView { gold: u64 }
/// # impl Document for ChestView {
/// #     const TABLE: &'static str = "chest_views";
/// #     type Events = ChestEvent;
/// #     fn apply(&mut self, _: &Recorded<ChestEvent>) {}
/// # }
/// # async fn example(store: PgStore, engine: Engine, chest: AggregateId) -> Result<(), BoxError> {
/// let models = store.read_models();
/// Folded::<ChestView>::migrate(&models).await?; // makes the table, unless it is there
/// let node = Node::builder(&engine).projection(models.clone(), Folded::<ChestView>::new()).start()?;
///
/// let chest = Folded::<ChestView>::find(&models, chest).await?;
/// let rich = "SELECT id FROM chest_views WHERE (document->>'gold')::bigint > 1000";
/// let rich = sqlx::query(rich).fetch_all(store.pool()).await?;
/// # Ok(()) }
/// ```
///
/// A batch costs one read and one write, however many aggregates it is about. Between two events a document is what comes
/// back from its JSON, so that it never depends on how events were batched: what `Serialize` leaves out is lost, and what
/// JSON cannot give back is an error of the event.
pub struct Folded<V> {
    mode: Mode,
    document: PhantomData<fn() -> V>,
}

impl<V: Document> Folded<V> {
    /// The read model of a document.
    #[must_use]
    pub const fn new() -> Self {
        Self { mode: Mode::Prepared, document: PhantomData }
    }

    /// Prepares no statements: as [`PgReadModels::unprepared`].
    #[must_use]
    pub const fn unprepared(self) -> Self {
        Self { mode: Mode::Unprepared, ..self }
    }

    /// Makes the table in the database of `models`, unless it is there. Needs the right to create tables then, and a direct
    /// connection.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](PgError::Database).
    pub async fn migrate(models: &PgReadModels) -> Result<(), PgError> {
        let mut tx = begin_migrating(&models.database.pool, V::TABLE).await?;
        let look = "SELECT to_regclass($1) IS NOT NULL";
        let row = sqlx::query(look).bind(quoted(V::TABLE)).fetch_one(&mut *tx).await?;
        if !row.try_get::<bool, _>(0)? {
            let make = statement::<V>(include_str!("sql/make_documents.sql"));
            models.mode().assembled(make).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The document of an aggregate, if it has one. One round trip.
    ///
    /// # Errors
    ///
    /// [`ModelMismatch`](Error::ModelMismatch) if it is not one of this program, transient ones (retry).
    pub async fn find(models: &PgReadModels, id: impl Into<AggregateId>) -> Result<Option<V>> {
        let id = id.into().as_uuid();
        let read = statement::<V>(include_str!("sql/read_documents.sql"));
        let row = models
            .run(async |connection, mode| {
                mode.assembled(read).bind([id]).fetch_optional(connection).await
            })
            .await?;
        row.map(|row| document(&row)).transpose().map_err(PgError::of_handler)
    }
}

impl<V: Document> Default for Folded<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Clone for Folded<V> {
    fn clone(&self) -> Self {
        Self { mode: self.mode, document: PhantomData }
    }
}

impl<V: Document> fmt::Debug for Folded<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folded").field("table", &V::TABLE).finish_non_exhaustive()
    }
}

impl<V: Document> Projection<PgTx> for Folded<V> {
    type Events = V::Events;

    fn name(&self) -> &'static str {
        V::TABLE
    }

    fn tables(&self) -> &'static [&'static str] {
        const { &[V::TABLE] }
    }

    async fn project(&self, events: &[Recorded<V::Events>], tx: &mut PgTx) -> Result<(), BoxError> {
        let mut rows = self.read(events, tx).await?;
        for event in events {
            rows.entry(event.aggregate_id.as_uuid()).or_default().apply(event)?;
        }
        self.write(rows, tx).await
    }
}

impl<V: Document> Folded<V> {
    /// The documents of the aggregates that events are about.
    async fn read(
        &self,
        events: &[Recorded<V::Events>],
        tx: &mut PgTx,
    ) -> Result<HashMap<Uuid, Row<V>>, BoxError> {
        let mut ids: Vec<Uuid> = events.iter().map(|event| event.aggregate_id.as_uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        let read = statement::<V>(include_str!("sql/read_documents.sql"));
        let found = self.mode.assembled(read).bind(ids).fetch_all(&mut **tx).await?;
        let mut rows = HashMap::with_capacity(found.len());
        for row in found {
            rows.insert(row.try_get(0)?, Row { document: Some(document(&row)?), ..Row::default() });
        }
        Ok(rows)
    }

    async fn write(&self, rows: HashMap<Uuid, Row<V>>, tx: &mut PgTx) -> Result<(), BoxError> {
        let mut kept = Vec::with_capacity(rows.len());
        let mut gone = Vec::new();
        for (id, row) in rows {
            match row.text {
                Some(text) => kept.push((id, text, row.position)),
                None => gone.push(id),
            }
        }
        // rows are locked in one order
        kept.sort_unstable_by_key(|(id, ..)| *id);
        let ids: Vec<Uuid> = kept.iter().map(|(id, ..)| *id).collect();
        let texts: Vec<JsonText<'_>> =
            kept.iter().map(|(_, text, _)| JsonText(text.as_str())).collect();
        let positions: Vec<i64> = kept.iter().map(|(.., position)| *position).collect();
        let write = statement::<V>(include_str!("sql/write_documents.sql"));
        let query = self.mode.assembled(write).bind(ids).bind(&texts).bind(positions);
        query.bind(gone).execute(&mut **tx).await?;
        Ok(())
    }
}

/// A row while a batch is folded into it.
struct Row<V> {
    /// `None`: there is none.
    document: Option<V>,
    /// The document's JSON, as it is to be stored.
    text: Option<Json>,
    position: i64,
}

impl<V> Default for Row<V> {
    fn default() -> Self {
        Self { document: None, text: None, position: 0 }
    }
}

impl<V: Document> Row<V> {
    fn apply(&mut self, event: &Recorded<V::Events>) -> Result<(), JsonError> {
        let mut document = self.document.take().unwrap_or_default();
        document.apply(event);
        self.position = event.position.get().cast_signed();
        self.text = None;
        if !document.is_gone() {
            // as the next batch would find it
            let text = Json::parse(Json::encode(&document)?.as_str())?;
            self.document = Some(text.decode().map_err(JsonError::Unreadable)?);
            self.text = Some(text);
        }
        Ok(())
    }
}

/// A statement about the table of a document.
fn statement<V: Document>(sql: &str) -> String {
    sql.replace("{table}", &quoted(V::TABLE))
}

/// The document of a row: of another shape if the program has changed since.
fn document<V: Document>(row: &PgRow) -> Result<V, BoxError> {
    let (id, text): (Uuid, String) = (row.try_get(0)?, row.try_get(1)?);
    let decoded = Json::from_stored(&text).decode();
    decoded.map_err(|error| {
        let table = V::TABLE;
        let why = format!("document {id} in {table} has another shape ({error}); rebuild {table}");
        Error::ModelMismatch { source: why.into() }.into()
    })
}
