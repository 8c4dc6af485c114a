//! Actions of a combat, as everybody sees them: what they cost and rolled is not told.

use aether_core::uuid::Uuid;
use aether_game::read_models::ActionCombat;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// What a participant did in a turn.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ActionDeCombat")]
pub(crate) struct ActionVue {
    action_id: Uuid,
    numero_tour: u32,
    participant_id: Uuid,
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(example = "ATTAQUE")]
    kind: &'static str,
    competence_id: Option<Uuid>,
    item_id: Option<Uuid>,
    cibles: Vec<Uuid>,
    #[schema(example = "SUCCES")]
    resultat: &'static str,
    quand: DateTime<Utc>,
}

impl ActionVue {
    pub(crate) fn of(action: ActionCombat) -> Self {
        Self {
            action_id: action.action_id.as_uuid(),
            numero_tour: action.numero_tour,
            participant_id: action.participant_id.as_uuid(),
            kind: action.type_action.as_str(),
            competence_id: action.competence_id.map(|id| id.as_uuid()),
            item_id: action.item_id.map(|id| id.as_uuid()),
            cibles: action.cibles.iter().map(|id| id.as_uuid()).collect(),
            resultat: action.resultat.as_str(),
            quand: action.timestamp,
        }
    }
}
