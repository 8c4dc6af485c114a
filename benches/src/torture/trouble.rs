//! What goes wrong on purpose while the writers write: lost connections, and crashes if asked for.

use std::time::Duration;

use anyhow::Result;
use parking_lot::Mutex;
use rand::Rng as _;
use sqlx::postgres::PgPool;
use tokio::time::Instant;

use super::child::WRITERS;
use super::{Ledger, Options};
use crate::server::Server;

/// Makes trouble until the writers' time is over, with a line on stderr every second. Returns what it
/// did.
pub(super) async fn stir(
    server: &mut Server,
    pool: &PgPool,
    options: &Options,
    ledger: &Mutex<Ledger>,
) -> Result<String> {
    let started = Instant::now();
    let until = started + Duration::from_secs(options.duration);
    let (mut killed, mut crashes) = (0_u64, 0_u64);
    let mut next_kill = started + Duration::from_secs(1);
    let mut next_line = started + Duration::from_secs(1);
    let mut next_crash = options.crash_every.map(|every| started + Duration::from_secs(every));
    while Instant::now() < until {
        tokio::time::sleep_until(next_kill.min(next_line).min(until)).await;
        let now = Instant::now();
        if now >= next_kill {
            next_kill = now + Duration::from_millis(200 + u64::from(rand::rng().next_u32() % 600));
            killed += kill_one(pool).await.unwrap_or(0);
        }
        if let Some(crash) = next_crash
            && now >= crash
            && now + Duration::from_secs(10) < until
        {
            server.crash().await?;
            crashes += 1;
            next_crash = options.crash_every.map(|every| now + Duration::from_secs(every));
        }
        if now >= next_line {
            next_line += Duration::from_secs(1);
            let seconds = now.duration_since(started).as_secs();
            eprintln!("torture: {seconds}s killed={killed} {}", ledger.lock().book.progress());
        }
    }
    Ok(format!("killed={killed} crashes={crashes}"))
}

/// Ends one of the writers' connections, whatever it is doing; rather one that is doing something.
async fn kill_one(pool: &PgPool) -> Result<u64> {
    let killed = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM (
             SELECT pid FROM pg_stat_activity
             WHERE application_name = $1 AND datname = current_database()
             ORDER BY random() + CASE WHEN state = 'idle' THEN 0.25 ELSE 0 END LIMIT 1
         ) AS chosen",
    )
    .bind(WRITERS)
    .fetch_all(pool)
    .await?;
    Ok(killed.len() as u64)
}
