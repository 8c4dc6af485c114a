//! What is remembered of a player beside the states of the aggregates.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::values::{
    CompetenceId, InventaireId, ItemId, JoueurId, OrdreId, Pseudo, QueteId, ZoneId,
};
use crate::world::choix::Habitudes;

/// A player, by his place and by his id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Qui {
    pub(super) n: usize,
    pub(super) id: JoueurId,
}

impl Qui {
    /// His bag.
    pub(super) fn sac(self) -> InventaireId {
        InventaireId::du_joueur(self.id)
    }
}

/// A player.
#[derive(Debug)]
pub(super) struct Vie {
    pub(super) id: JoueurId,
    pub(super) pseudo: Pseudo,
    pub(super) habitudes: Habitudes,
    /// How long his pauses are, in percent of those of others.
    pub(super) pause: u32,
    /// Until when he wants to stay.
    pub(super) depart: DateTime<Utc>,
    /// Tells what was planned last from what was planned before.
    pub(super) jeton: u32,
    /// What he will still do in this session; none while he is away.
    pub(super) actes: Option<u32>,
    /// Whether he has left for good.
    pub(super) parti: bool,
    /// Skills, in the order in which they were learned.
    pub(super) competences: Vec<CompetenceId>,
    /// Quests in progress, or finished and not paid.
    pub(super) quetes: Vec<QueteId>,
    pub(super) terminees: BTreeSet<QueteId>,
    pub(super) zones: BTreeSet<ZoneId>,
    /// Orders that were placed, each with its item; some are closed.
    pub(super) ordres: Vec<(OrdreId, ItemId)>,
    /// Books in which parcels wait.
    pub(super) colis: BTreeSet<ItemId>,
}

impl Vie {
    pub(super) fn new(
        id: JoueurId,
        pseudo: Pseudo,
        (habitudes, pause): (Habitudes, u32),
        depart: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            pseudo,
            habitudes,
            pause,
            depart,
            jeton: 0,
            actes: None,
            parti: false,
            competences: Vec::new(),
            quetes: Vec::new(),
            terminees: BTreeSet::new(),
            zones: BTreeSet::new(),
            ordres: Vec::new(),
            colis: BTreeSet::new(),
        }
    }
}
