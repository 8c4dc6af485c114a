//! The proof at the end: both read models against a fold of the events read from the log.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aether_core::RecordedEvent;
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_game::combat::{CombatId, EtatCombat, ZoneId};
use aether_game::live::{COMBAT_LIFETIME, LiveCombat, active_combats};
use aether_game::read_models::{verify_combats, verify_participants};
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisClient};
use anyhow::{Context as _, bail, ensure};
use chrono::Utc;

use crate::demo::measure::Second;

/// Everything that is compared.
pub(crate) struct Proof<'a> {
    pub store: &'a PgStore,
    pub redis: &'a RedisClient,
    pub keys: &'a KeySpace,
}

/// What the log itself says.
#[derive(Default)]
struct Log {
    /// The events of combats whose end was not read yet.
    open: HashMap<CombatId, Vec<RecordedEvent>>,
    active: BTreeMap<ZoneId, BTreeSet<CombatId>>,
    zones: BTreeSet<ZoneId>,
    events: u64,
    combats: u64,
    ended: u64,
}

impl Proof<'_> {
    /// Checks that each combat's versions go 1, 2, 3 …, that as many events, combats and ends are in
    /// the log as were counted, and that PostgreSQL and Redis say what the events say.
    pub(crate) async fn check(&self, counted: &Second) -> anyhow::Result<()> {
        let log = self.read_log().await?;
        let same = |what, counted: u64, stored: u64| {
            ensure!(counted == stored, "{counted} {what} were counted, the log has {stored}");
            Ok(())
        };
        same("events", counted.events, log.events)?;
        same("combats", counted.combats_started, log.combats)?;
        same("ended combats", counted.combats_ended, log.ended)?;
        let combats = verify_combats(self.store).await?;
        for report in [&combats, &verify_participants(self.store).await?] {
            if let Some(first) = report.differences.first() {
                bail!("the PostgreSQL read models differ: {report}; first {first}");
            }
        }
        same("events in PostgreSQL", log.events, combats.events)?;
        for zone in &log.zones {
            let live = active_combats(self.redis, self.keys, *zone).await?;
            let expected = log.active.get(zone).cloned().unwrap_or_default();
            let (live_count, count) = (live.len(), expected.len());
            ensure!(
                live == expected,
                "Redis lists {live_count} active combats in {zone}, the log {count}"
            );
        }
        Ok(())
    }

    /// Reads the log once; each combat is compared with Redis as soon as its end is read.
    async fn read_log(&self) -> anyhow::Result<Log> {
        let mut log = Log::default();
        let mut read = Read::all().limit(5000);
        loop {
            let page = self.store.read(read.clone()).await?;
            for event in page.events {
                self.take(&mut log, event).await?;
            }
            if page.caught_up {
                break;
            }
            read = read.after(page.position);
        }
        for (id, events) in std::mem::take(&mut log.open) {
            let folded = self.compare(id, &events).await?;
            log.active.entry(folded.zone_id).or_default().insert(id);
            log.zones.insert(folded.zone_id);
        }
        Ok(log)
    }

    async fn take(&self, log: &mut Log, event: RecordedEvent) -> anyhow::Result<()> {
        let id = CombatId::from(event.aggregate_id);
        let ends = &*event.event_type == "CombatTermine";
        let events = log.open.entry(id).or_default();
        let (version, expected) = (event.version.get(), events.len() + 1);
        ensure!(
            version as usize == expected,
            "{} has version {version} where {expected} follows",
            event.stream(),
        );
        log.events += 1;
        log.combats += u64::from(version == 1);
        events.push(event);
        if ends {
            let events = log.open.remove(&id).unwrap_or_default();
            let folded = self.compare(id, &events).await?;
            ensure!(folded.etat != EtatCombat::EnCours, "combat {id} has ended, its fold goes on");
            log.zones.insert(folded.zone_id);
            log.ended += 1;
        }
        Ok(())
    }

    async fn compare(&self, id: CombatId, events: &[RecordedEvent]) -> anyhow::Result<LiveCombat> {
        let folded =
            LiveCombat::fold(id, events)?.with_context(|| format!("combat {id} is empty"))?;
        let last = events.last().map(|event| event.recorded_at).unwrap_or_default();
        let age = (Utc::now() - last).to_std().unwrap_or_default();
        match LiveCombat::load(self.redis, self.keys, id).await? {
            Some(live) => {
                ensure!(live == folded, "Redis says {live:#?}\nthe events say {folded:#?}");
            }
            // live state is not kept for ever
            None => ensure!(age >= COMBAT_LIFETIME, "combat {id} is missing in Redis"),
        }
        Ok(folded)
    }
}
