//! Skills that a player has learned: the player's own.

use aether_core::uuid::Uuid;
use aether_game::queries::CompetenceConnue;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// An own skill.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CompetenceApprise)]
#[graphql(name = "Competence")]
pub(crate) struct CompetenceVue {
    competence_id: Uuid,
    nom: String,
    description: String,
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(example = "ACTIVE")]
    kind: &'static str,
    niveau: u8,
    experience: u64,
    /// Where it lies in the bar, from 1.
    position_barre: Option<u8>,
    /// Until when it rests.
    repos_jusqu_a: Option<DateTime<Utc>>,
}

impl CompetenceVue {
    pub(crate) fn of(CompetenceConnue { competence, apprise }: CompetenceConnue) -> Self {
        Self {
            competence_id: competence.competence_id.as_uuid(),
            nom: competence.nom.to_string(),
            description: competence.description.to_string(),
            kind: competence.type_competence.as_str(),
            niveau: apprise.niveau_competence.get(),
            experience: apprise.experience_competence.get(),
            position_barre: apprise.position_barre.map(|it| it.get()),
            repos_jusqu_a: apprise.cooldown_fin_a,
        }
    }
}
