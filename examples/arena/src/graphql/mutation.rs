//! What can be changed: each field is a command, counted, named and carried out as REST does.

mod combats;
mod marche;
mod quetes;
mod sac;

use async_graphql::{MergedObject, SimpleObject};
use axum::http::HeaderMap;

use super::found::{Found, found};
use crate::position;

/// What can be changed. With a `cle` (`Idempotency-Key`) a mutation may be sent again after any cut, at whichever door: it is carried out
/// once.
#[derive(Default, MergedObject)]
pub(super) struct Mutation(
    combats::ActesDeCombat,
    marche::ActesDeMarche,
    sac::ActesDeSac,
    quetes::ActesDeQuete,
);

/// Something that was done.
#[derive(SimpleObject)]
struct Accompli {
    /// Where it stands in the log: what `Aether-After` takes.
    position: Option<String>,
}

impl Accompli {
    fn of(headers: &HeaderMap) -> Self {
        Self { position: position::told(headers) }
    }
}
