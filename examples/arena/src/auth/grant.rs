//! `arena role`: lets the holder of an account do more, or less.

use aether_core::Engine;
use aether_postgres::PgStore;
use anyhow::Context as _;

use super::known;
use crate::compte::{CompteCommand, Role};

/// Changes a role. It is an event with actor and reason; sessions keep the role that they began with, so those of the account end.
pub(crate) async fn grant(
    store: &PgStore,
    name: &str,
    role: Role,
    raison: String,
) -> anyhow::Result<known::Known> {
    let engine = Engine::new(store.clone());
    let known = known::find(&engine, name).await?;
    let known = known.with_context(|| format!("there is no account {name:?}; check the name"))?;
    let acteur = "arena role".to_owned();
    let command = CompteCommand::ChangerRole { role, raison, acteur };
    engine.execute(known.id, command).await?;
    engine.close().await;
    Ok(known)
}
