//! Rebuilds as the port asks for them.

use std::sync::Arc;

use aether_core::Result;
use aether_core::backend::{
    EventStore, Maintenance, Manner, RebuildError, RebuildRequest, Rebuilt,
};
use aether_core::projection::{Handler, Verified};
use async_trait::async_trait;

use crate::ports::read_models::{RedisReadModels, RedisTx};

/// What can be done with the read model of a projection in Redis.
pub(super) struct RedisMaintenance {
    models: RedisReadModels,
    projection: Handler<RedisTx>,
}

impl RedisMaintenance {
    pub(super) const fn new(models: RedisReadModels, projection: Handler<RedisTx>) -> Self {
        Self { models, projection }
    }
}

#[async_trait]
impl Maintenance for RedisMaintenance {
    fn manner(&self) -> Manner {
        Manner::Emptied
    }

    /// Each is emptied by itself.
    fn joins(&self, _other: &dyn Maintenance) -> bool {
        false
    }

    /// [Refills](RedisReadModels::refill) the kinds of entities that the projection says it writes.
    async fn rebuild(&self, _request: RebuildRequest<'_>) -> Result<Rebuilt, RebuildError> {
        let name = self.projection.name();
        let kinds = self.projection.tables();
        if kinds.is_empty() {
            let reason = format!(
                "{name} does not say which kinds of entities it writes, so nothing can be emptied; have \
                 `Projection::tables` name them"
            );
            return Err(RebuildError::Refused { reason });
        }
        let refilled = self.models.refill(name, kinds).await;
        let deleted = refilled.map_err(aether_core::Error::from)?;
        Ok(Rebuilt::Emptied { deleted })
    }

    /// An interrupted one leaves nothing beside the read model.
    async fn discard(&self) -> Result<bool> {
        Ok(false)
    }

    /// Entities expire: what is missing may have been right.
    async fn verify(
        &self,
        _with: &[Arc<dyn Maintenance>],
        _log: Arc<dyn EventStore>,
        _listed: usize,
    ) -> Result<Option<Verified>> {
        Ok(None)
    }
}
