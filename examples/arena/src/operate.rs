//! The operator's commands: `arena status`, `arena verify` … on a database of the studio.

use aether_cli::{Command, DatabaseOptions, Error, Host, Verified};
use aether_game::combat::Combat;
use aether_game::live::LiveCombatProjection;
use aether_game::read_models::{self, CombatProjection, ParticipantProjection, verify_combats};
use aether_postgres::{Archiving, PartitionsAhead, SnapshotPruning};
use aether_redis::{KeySpace, RedisClient, RedisReadModels, RedisSettings};

/// Carries a command out on the database that the options name.
pub(crate) async fn operate(
    command: Command,
    database: &DatabaseOptions,
    redis_url: Option<&str>,
) -> Result<(), Error> {
    let store = database.connect().await?;
    let mut host = Host::new(store.clone())
        .aggregate::<Combat>()
        .projection(CombatProjection)
        .projection(ParticipantProjection)
        .job(PartitionsAhead::new(&store))
        .job(Archiving::new(&store))
        .job(SnapshotPruning::new(&store))
        .migration("read models of combats", |store| async move {
            read_models::migrate(store.pool()).await
        })
        .verifier("combats", |store| async move {
            let report = verify_combats(store.pool(), &store).await?;
            let checked = format!("{} combats from {} events", report.combats, report.events);
            let total = report.difference_count as u64;
            Ok::<_, aether_core::BoxError>(
                Verified::new(checked).differences(total, report.differences),
            )
        });
    if let Some(url) = redis_url {
        let client = match RedisClient::connect(url).await {
            // it is told where it is asked for, and hides nothing else
            Err(error) if error.is_transient() => {
                RedisClient::connect(url).with(RedisSettings::new().lazy(true)).await
            }
            connected => connected,
        };
        let client = client.map_err(aether_core::Error::from)?;
        let models = RedisReadModels::new(client, KeySpace::new());
        host = host.projection_in(models.clone(), LiveCombatProjection).refill(
            LiveCombatProjection::NAME,
            move |_| {
                let models = models.clone();
                async move {
                    models.refill(LiveCombatProjection::NAME, LiveCombatProjection::KINDS).await
                }
            },
        );
    }
    let done = aether_cli::run(command, &host).await;
    store.pool().close().await;
    done
}
