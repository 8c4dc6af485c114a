//! Boards, counters, and what is cached of players, against the tables, which were compared with the log before.

use std::sync::Arc;

use aether_core::uuid::Uuid;
use aether_game::inventaire::Inventaire;
use aether_game::live::classements::{ARENA, LEVEL, level_score};
use aether_game::live::compteurs::Compteurs;
use aether_game::live::profil::{Fiche, Profils};
use aether_game::live::sac::{LiveSac, Sacs};
use aether_game::queries;
use aether_game::values::JoueurId;
use aether_realtime::leaderboard::{Board, Leaderboards as _};
use aether_redis::RedisLeaderboards;
use anyhow::{Context as _, ensure};
use chrono::Utc;

use super::Proof;
use super::combats::Log;

/// How many lines of a board are compared, and how many players.
const LINES: u32 = 1000;

impl Proof<'_> {
    /// How many keys were compared.
    pub(super) async fn live_keys(&self, log: &Log) -> anyhow::Result<u64> {
        let pool = self.store.pool();
        let ranks = queries::classement(pool, None, LINES).await?;
        let levels =
            ranks.iter().map(|it| (it.joueur_id.as_uuid(), level_score(it.niveau, it.experience)));
        self.same_board(&LEVEL, levels.collect()).await?;
        let arena = queries::classement_arene(pool, None, LINES).await?;
        let arena = arena.iter().map(|it| (it.joueur_id.as_uuid(), it.cote.into()));
        self.same_board(&ARENA, arena.collect()).await?;
        self.same_numbers(log).await?;
        let players: Vec<JoueurId> = ranks.iter().map(|it| it.joueur_id).collect();
        Ok(4 + self.same_players(&players).await?)
    }

    async fn same_board(&self, board: &Board, expected: Vec<(Uuid, i64)>) -> anyhow::Result<()> {
        let boards = RedisLeaderboards::new(self.redis.clone(), self.keys.clone());
        let top = boards.open(board).top(LINES).await?;
        let found: Vec<(Uuid, i64)> = top.into_iter().map(|it| (it.member, it.score)).collect();
        let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        ensure!(
            found == expected,
            "the board {board:?} has {} lines and the table {}; the first that differ are at {first:?}",
            found.len(),
            expected.len()
        );
        Ok(())
    }

    async fn same_numbers(&self, log: &Log) -> anyhow::Result<()> {
        let [combats, trades] = log.days.get(&Utc::now().date_naive()).copied().unwrap_or_default();
        let counted = Compteurs::new(self.redis.clone(), self.keys.clone());
        let found = [counted.combats().await?, counted.transactions().await?];
        ensure!(
            found == [combats, trades],
            "Redis counts {found:?} combats and trades of today, the log {combats} and {trades}"
        );
        Ok(())
    }

    /// What is cached of players: asked for twice, so that the second answer comes from the cache.
    async fn same_players(&self, players: &[JoueurId]) -> anyhow::Result<u64> {
        let pool = self.store.pool();
        let profiles = Profils::new(self.redis.clone(), self.keys.clone(), pool.clone());
        let bags = Sacs::new(self.redis.clone(), self.keys.clone(), pool.clone());
        let mut keys = 0;
        for id in players {
            profiles.fiche(*id).await?;
            let cached = profiles.fiche(*id).await?.map(Arc::unwrap_or_clone);
            let row = queries::profil(pool, *id).await?.context("a player without a profile")?;
            ensure!(cached == Some(Fiche::from(&row)), "the profile of {id} differs: {cached:?}");
            bags.du_joueur(*id).await?;
            let cached = bags.du_joueur(*id).await?.map(Arc::unwrap_or_clone);
            let row = queries::sac(pool, *id, None, Inventaire::CAPACITE_MAX.into())
                .await?
                .map(LiveSac::from);
            ensure!(cached == row, "the bag of {id} differs: {cached:?}, the table says {row:?}");
            // profile and stats, the bag and each slot
            keys += 4 + cached.map_or(0, |bag| u64::from(bag.slots_utilises));
        }
        Ok(keys)
    }
}
