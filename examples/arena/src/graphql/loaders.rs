//! What many fields of one operation ask for one by one is read by one statement. Nothing is kept: the next operation, and the next event of a
//! subscription, read anew.

use std::collections::HashMap;
use std::hash::Hash;

use aether_game::queries::{self, Tenue};
use aether_game::read_models::{Item, Joueur};
use aether_game::values::{ItemId, JoueurId};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};

use super::caller::Caller;
use crate::problem::{Code, Problem};

const LOADS: &str = "arena_graphql_loads_total";

/// The loaders of an operation.
pub(super) struct Loaders {
    pub(super) profils: DataLoader<Profils>,
    pub(super) tenues: DataLoader<Tenues>,
    pub(super) items: DataLoader<Items>,
}

impl Loaders {
    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            profils: DataLoader::new(Profils(caller.clone()), tokio::spawn),
            tenues: DataLoader::new(Tenues(caller.clone()), tokio::spawn),
            items: DataLoader::new(Items(caller.clone()), tokio::spawn),
        }
    }

    /// Those of the operation that a field belongs to.
    pub(super) fn here<'a>(context: &Context<'a>) -> Result<&'a Self, Problem> {
        context.data().map_err(|_| Problem::new(Code::INTERNAL))
    }
}

/// Players, as the table has them.
pub(super) struct Profils(Caller);

impl Loader<JoueurId> for Profils {
    type Value = Joueur;
    type Error = Problem;

    async fn load(&self, keys: &[JoueurId]) -> Result<HashMap<JoueurId, Joueur>, Problem> {
        let Self(Caller { app, after, .. }) = self;
        after.shown_by(app, &["joueurs"]).await?;
        count("profils");
        let rows = queries::profils(app.store().pool(), keys.to_vec()).await?;
        Ok(by(rows, |row| row.joueur_id))
    }
}

/// What players wear.
pub(super) struct Tenues(Caller);

impl Loader<JoueurId> for Tenues {
    type Value = Tenue;
    type Error = Problem;

    async fn load(&self, keys: &[JoueurId]) -> Result<HashMap<JoueurId, Tenue>, Problem> {
        let Self(Caller { app, after, .. }) = self;
        after.shown_by(app, &["equipement", "items"]).await?;
        count("tenues");
        let rows = queries::tenues(app.store().pool(), keys.to_vec()).await?;
        Ok(by(rows, |row| row.set.joueur_id))
    }
}

/// Items of the catalogue.
pub(super) struct Items(Caller);

impl Loader<ItemId> for Items {
    type Value = Item;
    type Error = Problem;

    async fn load(&self, keys: &[ItemId]) -> Result<HashMap<ItemId, Item>, Problem> {
        let Self(Caller { app, .. }) = self;
        count("items");
        let rows = queries::items_par_id(app.store().pool(), keys.to_vec()).await?;
        Ok(by(rows, |row| row.item_id))
    }
}

/// One statement.
fn count(loader: &'static str) {
    metrics::counter!(LOADS, "loader" => loader).increment(1);
}

fn by<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
