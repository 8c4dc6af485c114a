//! A bag: items that can be used, and items that are set aside.

use std::collections::BTreeMap;

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A bag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Sac {
    /// How many there are of each item.
    pub libres: BTreeMap<Uuid, u32>,
    /// How many of each are set aside.
    pub reserves: BTreeMap<Uuid, u32>,
    /// It takes no more items than this in all, if it is limited.
    pub places: Option<u32>,
}

/// What can be asked of a bag.
#[derive(Debug, Clone)]
pub enum SacCommand {
    /// An item from nowhere: how tests begin.
    Ajouter(Uuid),
    /// Limits it.
    Limiter(u32),
    /// Sets an item aside.
    Reserver(Uuid),
    /// Frees an item that was set aside.
    Rendre(Uuid),
    /// Hands over an item that was set aside.
    Remettre(Uuid),
    /// Hands over an item.
    Ceder(Uuid),
    /// Takes in an item.
    Recevoir(Uuid),
}

/// What happens to a bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum SacEvent {
    ObjetAjoute { objet: Uuid },
    PlacesFixees { places: u32 },
    ObjetReserve { objet: Uuid },
    ObjetRendu { objet: Uuid },
    ObjetRemis { objet: Uuid },
    ObjetCede { objet: Uuid },
    ObjetRecu { objet: Uuid },
}

/// Why a bag refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SacRefus {
    /// It is not in there.
    #[error("the item {0} is not in the bag")]
    Absent(Uuid),
    /// It takes no more.
    #[error("the bag takes no more than {0} items")]
    Plein(u32),
}

impl Aggregate for Sac {
    const TYPE: &'static str = "Sac";
    type Command = SacCommand;
    type Event = SacEvent;
    type Error = SacRefus;

    fn decide(&self, command: &SacCommand, _: &Facts) -> Result<Vec<SacEvent>, SacRefus> {
        let present = |objets: &BTreeMap<Uuid, u32>, objet: Uuid| {
            if objets.contains_key(&objet) { Ok(objet) } else { Err(SacRefus::Absent(objet)) }
        };
        Ok(vec![match *command {
            SacCommand::Ajouter(objet) => SacEvent::ObjetAjoute { objet },
            SacCommand::Limiter(places) => SacEvent::PlacesFixees { places },
            SacCommand::Reserver(objet) => {
                SacEvent::ObjetReserve { objet: present(&self.libres, objet)? }
            }
            SacCommand::Rendre(objet) => {
                SacEvent::ObjetRendu { objet: present(&self.reserves, objet)? }
            }
            SacCommand::Remettre(objet) => {
                SacEvent::ObjetRemis { objet: present(&self.reserves, objet)? }
            }
            SacCommand::Ceder(objet) => {
                SacEvent::ObjetCede { objet: present(&self.libres, objet)? }
            }
            SacCommand::Recevoir(objet) => match self.places {
                Some(places) if self.len() >= places => return Err(SacRefus::Plein(places)),
                _ => SacEvent::ObjetRecu { objet },
            },
        }])
    }

    fn apply(&mut self, event: &SacEvent) {
        match event {
            SacEvent::ObjetAjoute { objet } | SacEvent::ObjetRecu { objet } => {
                add(&mut self.libres, *objet);
            }
            SacEvent::PlacesFixees { places } => self.places = Some(*places),
            SacEvent::ObjetReserve { objet } => {
                remove(&mut self.libres, *objet);
                add(&mut self.reserves, *objet);
            }
            SacEvent::ObjetRendu { objet } => {
                remove(&mut self.reserves, *objet);
                add(&mut self.libres, *objet);
            }
            SacEvent::ObjetRemis { objet } => remove(&mut self.reserves, *objet),
            SacEvent::ObjetCede { objet } => remove(&mut self.libres, *objet),
        }
    }
}

impl Sac {
    /// How many items there are in all.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.libres.values().chain(self.reserves.values()).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn add(objets: &mut BTreeMap<Uuid, u32>, objet: Uuid) {
    *objets.entry(objet).or_default() += 1;
}

fn remove(objets: &mut BTreeMap<Uuid, u32>, objet: Uuid) {
    if let Some(count) = objets.get_mut(&objet) {
        *count -= 1;
        if *count == 0 {
            objets.remove(&objet);
        }
    }
}
