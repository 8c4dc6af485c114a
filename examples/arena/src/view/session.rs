//! Sessions, as their holder sees them.

use aether_core::uuid::Uuid;
use aether_redis::{Session, SessionId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::who::handle;

/// A session, without its token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionVue {
    /// The session.
    session_id: Uuid,
    /// Whether it is the one that asks.
    courante: bool,
    /// When it began.
    creee_a: DateTime<Utc>,
    /// When it was used last.
    derniere_activite: DateTime<Utc>,
    /// Where from it began.
    adresse: Option<String>,
}

impl SessionVue {
    pub(crate) fn of(session: &Session, asking: &SessionId) -> Self {
        Self {
            session_id: handle(&session.id),
            courante: session.id == *asking,
            creee_a: session.created_at.into(),
            derniere_activite: session.last_activity.into(),
            adresse: session.ip_address.map(|address| address.to_string()),
        }
    }
}
