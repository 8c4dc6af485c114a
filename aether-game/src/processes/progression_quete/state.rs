//! What the process of a player's quests remembers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Tentative;
use crate::quete::{CibleId, Fait, FaitId, Objectif, TypeObjectif};
use crate::values::{Quantite, QueteId};

/// The quests that a player follows, and what he did before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carnet {
    pub(super) quetes: BTreeMap<QueteId, Suivie>,
    /// Zones seen, each with what said so first.
    #[serde(default)]
    zones: BTreeMap<CibleId, Souvenir>,
    /// Characters talked with, each with what said so first.
    #[serde(default)]
    dialogues: BTreeMap<CibleId, Souvenir>,
}

/// What said something first, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Souvenir {
    fait_id: FaitId,
    survenu_a: DateTime<Utc>,
}

/// An attempt in progress, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suivie {
    pub(super) tentative: u32,
    buts: Vec<(TypeObjectif, CibleId)>,
}

impl Carnet {
    /// The most zones, and the most characters, that are remembered. What is beyond that counts when it happens, and no later.
    pub const SOUVENIRS_MAX: usize = 1_000;

    pub(super) fn suit(&mut self, quete_id: QueteId, tentative: u32, objectifs: &[Objectif]) {
        let mut buts: Vec<_> = objectifs.iter().map(|it| (it.type_objectif, it.cible)).collect();
        buts.sort_unstable();
        buts.dedup();
        self.quetes.insert(quete_id, Suivie { tentative, buts });
    }

    /// The attempt is over; tells whether it was followed.
    pub(super) fn oublie(&mut self, tentative: Tentative) -> bool {
        let suivie = self.quetes.get(&tentative.quete_id);
        let suivie = suivie.is_some_and(|it| it.tentative == tentative.numero);
        if suivie {
            self.quetes.remove(&tentative.quete_id);
        }
        suivie
    }

    /// Remembers what quests that are accepted later may ask for.
    pub(super) fn retient(&mut self, fait: &Fait) {
        let souvenirs = match fait.type_objectif {
            TypeObjectif::Explore => &mut self.zones,
            TypeObjectif::Dialogue => &mut self.dialogues,
            TypeObjectif::Kill | TypeObjectif::Collect => return,
        };
        if souvenirs.len() < Self::SOUVENIRS_MAX {
            let Fait { fait_id, survenu_a, .. } = *fait;
            souvenirs.entry(fait.cible).or_insert(Souvenir { fait_id, survenu_a });
        }
    }

    /// The attempts that ask for something of the kind.
    pub(super) fn qui_veulent(
        &self,
        voulu: impl Fn(TypeObjectif, CibleId) -> bool,
    ) -> Vec<Tentative> {
        let veut = |suivie: &Suivie| suivie.buts.iter().any(|(genre, cible)| voulu(*genre, *cible));
        let quetes = self.quetes.iter().filter(|(_, suivie)| veut(suivie));
        let tentative = |(quete_id, suivie): (&QueteId, &Suivie)| Tentative {
            quete_id: *quete_id,
            numero: suivie.tentative,
        };
        quetes.map(tentative).collect()
    }

    /// What the player did before that a quest asks for.
    pub(super) fn souvenirs(&self, quete_id: QueteId) -> Vec<Fait> {
        let buts = self.quetes.get(&quete_id).into_iter().flat_map(|suivie| &suivie.buts);
        let souvenir = |(type_objectif, cible): &(TypeObjectif, CibleId)| {
            let souvenirs = match type_objectif {
                TypeObjectif::Explore => &self.zones,
                TypeObjectif::Dialogue => &self.dialogues,
                TypeObjectif::Kill | TypeObjectif::Collect => return None,
            };
            let Souvenir { fait_id, survenu_a } = *souvenirs.get(cible)?;
            Some(fait(*type_objectif, *cible, fait_id, survenu_a))
        };
        buts.filter_map(souvenir).collect()
    }
}

/// Something that happened once.
pub(super) fn fait(
    type_objectif: TypeObjectif,
    cible: CibleId,
    fait_id: FaitId,
    survenu_a: DateTime<Utc>,
) -> Fait {
    Fait { fait_id, type_objectif, cible, quantite: Quantite::MIN, survenu_a }
}
