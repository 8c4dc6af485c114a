//! What a batch changes about the market: one change per row.

mod colis;
mod ordres;
mod prix;
mod transactions;

pub(super) use colis::Colis;
pub(super) use ordres::Ordres;
pub(super) use prix::Prix;
pub(super) use transactions::Transactions;
