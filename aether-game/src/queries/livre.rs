//! The ledger as the tables have it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use aether_postgres::Error;
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::livre::{Compte, Lieux, Livre};
use crate::values::{Flux, ItemId, RaisonItem, RaisonOr};

/// One thing, as the tables have it.
#[derive(Deserialize)]
struct Sommes {
    item_id: Option<ItemId>,
    detenu: i64,
    ordres: i64,
    du: i64,
    colis: i64,
    /// By reason, what was created or destroyed.
    flux: BTreeMap<String, i64>,
}

/// The ledger from the tables: compare it with [`Livre::du_journal`] by [`Livre::ecarts`], when the projections of players, bags, the market and the
/// ledger are at rest. One statement for gold and one for all items; each reads its tables once, as they are at that moment.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn livre(pool: &PgPool) -> Result<Livre, Error> {
    let or = ask::<Sommes>(include_str!("sql/livre_or.sql")).one(pool).await?;
    let items = ask::<Sommes>(include_str!("sql/livre_items.sql")).all(pool).await?;
    let or = or.map(|sommes| sommes.compte(RaisonOr::flux)).transpose()?.unwrap_or_default();
    let compte = |sommes: Sommes| {
        let Some(item) = sommes.item_id else { return Ok(None) };
        sommes.compte(RaisonItem::flux).map(|compte| Some((item, compte)))
    };
    let items = items.into_iter().filter_map(|sommes| compte(sommes).transpose());
    Ok(Livre { or, items: items.collect::<Result<_, Error>>()? })
}

impl Sommes {
    fn compte<R>(self, flux: impl Fn(R) -> Flux) -> Result<Compte<R>, Error>
    where
        R: FromStr<Err: Display> + Ord + Copy,
    {
        let lieux = Lieux {
            detenu: self.detenu.into(),
            ordres: self.ordres.into(),
            du: self.du.into(),
            colis: self.colis.into(),
        };
        let mut compte = Compte { lieux, ..Compte::default() };
        for (raison, somme) in self.flux {
            let raison: R = raison.parse().map_err(|error: R::Err| {
                sqlx::Error::Decode(format!("flux_livre, raison: {error}").into())
            })?;
            let sums = match flux(raison) {
                Flux::Puits => &mut compte.detruits,
                Flux::Source | Flux::Mouvement => &mut compte.crees,
            };
            sums.insert(raison, somme.into());
        }
        Ok(compte)
    }
}
