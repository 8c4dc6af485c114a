//! What a board must look like, counted the naive way.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use aether_core::time::Random;
use aether_realtime::leaderboard::{Action, Board, Change, Standing, Ties};
use uuid::Uuid;

/// All changes to a board, in the order of their sequences.
#[derive(Debug, Clone, Default)]
pub struct Model {
    changes: BTreeMap<(Uuid, u64), Change>,
}

impl Model {
    /// A board that nobody has written to.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes changes in: those that it has already are left out.
    pub fn write(&mut self, changes: &[Change]) {
        for change in changes {
            let key = (change.member(), change.sequence().get());
            self.changes.entry(key).or_insert_with(|| change.clone());
        }
    }

    /// The whole ranking.
    #[must_use]
    pub fn standings(&self, board: &Board) -> Vec<Standing> {
        let mut members: BTreeMap<Uuid, (Option<i64>, u64, String)> = BTreeMap::new();
        for change in self.changes.values() {
            let (score, reached, name) = members.entry(change.member()).or_default();
            if let Some(told) = change.name() {
                told.clone_into(name);
            }
            match change.action() {
                Action::Set(new) => *score = Some(new),
                Action::Add(points) => *score = Some(score.unwrap_or(0) + points),
                Action::Remove => *score = None,
                Action::Keep => continue,
            }
            *reached = change.sequence().get();
        }
        let ranked = members.into_iter().filter_map(|(member, (score, reached, name))| {
            let reached = if board.ties == Ties::EarlierFirst { reached } else { 0 };
            Some((Reverse(score?), reached, Reverse(member), name))
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort();
        (1..)
            .zip(ranked)
            .map(|(rank, (score, _, member, name))| Standing {
                rank,
                member: member.0,
                name,
                score: score.0,
            })
            .collect()
    }

    /// A history of `count` changes to few members, with many ties: one per sequence from 1 on.
    #[must_use]
    pub fn any_history(random: &dyn Random, count: u64) -> Vec<Change> {
        (1..=count).map(|sequence| Self::any_change(random, sequence)).collect()
    }

    fn any_change(random: &dyn Random, sequence: u64) -> Change {
        let dice = random.next();
        let member = Uuid::from_u128(1 + dice % 8);
        let number = i64::try_from(dice >> 8 & 0xf).unwrap_or(0);
        let change = match dice >> 16 & 0xf {
            0..=3 => Change::set(member, number, sequence),
            4..=12 => Change::add(member, number - 8, sequence),
            13 => Change::remove(member, sequence),
            _ => Change::rename(member, format!("name {sequence}"), sequence),
        };
        match dice >> 24 & 3 {
            0 => change.named(format!("as {sequence}")),
            _ => change,
        }
    }
}
