//! The log, read once: each stream's versions, and each combat against Redis.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aether_core::backend::EventStore as _;
use aether_core::log::{Read, StreamId};
use aether_core::{Aggregate as _, RecordedEvent};
use aether_game::combat::{Combat, CombatId, EtatCombat, ZoneId};
use aether_game::live::{COMBAT_LIFETIME, LiveCombat, active_combats};
use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate, Utc};

use super::Proof;

/// What the log itself says.
#[derive(Default)]
pub(super) struct Log {
    pub events: u64,
    pub combats: u64,
    pub ended: u64,
    /// Combats that began on each day, and trades.
    pub days: BTreeMap<NaiveDate, [i64; 2]>,
    /// How many keys of Redis were compared.
    pub keys: u64,
    versions: HashMap<StreamId, u32>,
    /// The events of combats whose end was not read yet.
    open: HashMap<CombatId, Vec<RecordedEvent>>,
    active: BTreeMap<ZoneId, BTreeSet<CombatId>>,
    zones: BTreeSet<ZoneId>,
}

impl Proof<'_> {
    /// Reads the log once; each combat is compared with Redis as soon as its end is read.
    pub(super) async fn read_log(&self) -> anyhow::Result<Log> {
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
            let folded = self.compare(id, &events, &mut log.keys).await?;
            log.active.entry(folded.zone_id).or_default().insert(id);
            log.zones.insert(folded.zone_id);
        }
        self.compare_zones(&mut log).await?;
        Ok(log)
    }

    async fn take(&self, log: &mut Log, event: RecordedEvent) -> anyhow::Result<()> {
        let version = log.versions.entry(event.stream()).or_default();
        *version += 1;
        let found = event.version.get();
        let expected = *version;
        ensure!(
            found == expected,
            "{} has version {found} where {expected} follows",
            event.stream(),
        );
        log.events += 1;
        log.count(&event);
        if event.stream().aggregate_type != Combat::TYPE {
            return Ok(());
        }
        let id = CombatId::from(event.aggregate_id);
        let ends = &*event.event_type == "CombatTermine";
        log.open.entry(id).or_default().push(event);
        if ends {
            let events = log.open.remove(&id).unwrap_or_default();
            let folded = self.compare(id, &events, &mut log.keys).await?;
            ensure!(folded.etat != EtatCombat::EnCours, "combat {id} has ended, its fold goes on");
            log.zones.insert(folded.zone_id);
        }
        Ok(())
    }

    async fn compare(
        &self,
        id: CombatId,
        events: &[RecordedEvent],
        keys: &mut u64,
    ) -> anyhow::Result<LiveCombat> {
        let folded =
            LiveCombat::fold(id, events)?.with_context(|| format!("combat {id} is empty"))?;
        let last = events.last().map(|event| event.recorded_at).unwrap_or_default();
        match LiveCombat::load(self.redis, self.keys, id).await? {
            Some(live) => {
                ensure!(live == folded, "Redis says {live:#?}\nthe events say {folded:#?}");
                // the state, the order of turns, the actions, and each participant
                *keys += 3 + live.participants.len() as u64;
            }
            // live state is not kept for ever
            None => ensure!(age(last) >= COMBAT_LIFETIME, "combat {id} is missing in Redis"),
        }
        Ok(folded)
    }

    async fn compare_zones(&self, log: &mut Log) -> anyhow::Result<()> {
        for zone in &log.zones {
            let live = active_combats(self.redis, self.keys, *zone).await?;
            let expected = log.active.get(zone).cloned().unwrap_or_default();
            let [shown, known] = [live.len(), expected.len()];
            ensure!(
                live == expected,
                "Redis lists {shown} active combats in {zone}, the log {known}"
            );
            log.keys += 1;
        }
        Ok(())
    }
}

fn age(time: DateTime<Utc>) -> std::time::Duration {
    (Utc::now() - time).to_std().unwrap_or_default()
}

impl Log {
    fn count(&mut self, event: &RecordedEvent) {
        let day = self.days.entry(event.recorded_at.date_naive()).or_default();
        match &*event.event_type {
            "CombatDemarre" => {
                self.combats += 1;
                day[0] += 1;
            }
            "CombatTermine" => self.ended += 1,
            "TransactionExecutee" => day[1] += 1,
            _ => {}
        }
    }
}
