//! Levels that a player reached.

use aether_game::read_models::NiveauAtteint;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A level that was reached.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "NiveauAtteint")]
pub(crate) struct NiveauVu {
    niveau: u8,
    experience: u64,
    atteint_a: DateTime<Utc>,
}

impl NiveauVu {
    pub(crate) fn of(row: NiveauAtteint) -> Self {
        Self {
            niveau: row.niveau_atteint.get(),
            experience: row.experience_total.get(),
            atteint_a: row.atteint_a,
        }
    }
}
