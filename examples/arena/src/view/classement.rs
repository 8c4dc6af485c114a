//! The ranking of players.

use aether_core::uuid::Uuid;
use aether_game::queries::Rang;
use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

/// A player in the ranking.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Rang", complex)]
pub(crate) struct RangVu {
    pub(crate) joueur_id: Uuid,
    pseudo: String,
    #[schema(example = "MAGE")]
    classe: &'static str,
    niveau: u8,
    experience: u64,
}

impl RangVu {
    pub(crate) fn of(rang: Rang) -> Self {
        Self {
            joueur_id: rang.joueur_id.as_uuid(),
            pseudo: rang.pseudo,
            classe: rang.classe.as_str(),
            niveau: rang.niveau.get(),
            experience: rang.experience.get(),
        }
    }
}
