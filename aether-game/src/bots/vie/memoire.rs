//! What a bot remembers of its own acts: ids that a client knows since it was there.

use std::collections::BTreeSet;

use crate::values::{CompetenceId, ItemId, OffreId, OrdreId, QueteId, ZoneId};

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Memoire {
    /// Skills, in the order in which they were learned.
    pub(super) competences: Vec<CompetenceId>,
    /// Quests that were accepted, and whose end was not noticed yet.
    pub(super) quetes: Vec<QueteId>,
    pub(super) terminees: BTreeSet<QueteId>,
    pub(super) zones: BTreeSet<ZoneId>,
    /// Orders that were placed; some are closed.
    pub(super) ordres: Vec<(OrdreId, ItemId)>,
    /// Books in which something may wait.
    pub(super) livres: BTreeSet<ItemId>,
    /// Offers that were made; some are concluded.
    pub(super) offres: Vec<OffreId>,
}
