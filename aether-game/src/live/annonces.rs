//! What clients are told: four kinds of channels with typed messages.
//!
//! | channel | messages | who listens |
//! |---|---|---|
//! | `combat:{id}:updates` | [`EvenementVu`], as a guest sees it | anybody |
//! | `player:{id}:notifications` | [`Notification`] | that player only |
//! | `world:events` | [`NouvelleDuMonde`] | anybody |
//! | `zone:{id}:chat` | [`Parole`], see [`Salon`] | anybody |
//!
//! The first three tell of events. One definition makes the message that is published and the one that a client finds in the log when
//! it catches up ([`Feeds::resume`](aether_realtime::bus::Feeds::resume)): nothing is missed, doubled or out of order. What is said in a
//! zone is in no log: a client that is not there does not hear it.
//!
//! No message has the seed of a combat, its raw numbers, the secrets of a side, an operator's reasons, or somebody else's purse. The own side's
//! details of a combat are in [`LiveCombat::vu_par`](super::LiveCombat::vu_par).

mod monde;
mod notification;
mod publication;
mod salon;

pub use monde::NouvelleDuMonde;
pub use notification::Notification;
pub(super) use publication::Publication;
pub use salon::{Ecoute, Parole, Salon};

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Recorded, RecordedEvent};
use aether_realtime::bus::{Announcer, Bus, Channel, Channels};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::channels;
use crate::combat::{Combat, CombatEvent, EvenementVu, Spectateur};
use crate::inventaire::Inventaire;
use crate::joueur::Joueur;
use crate::monde::{Monde, MondeEvent};
use crate::values::{CombatId, InventaireId, JoueurId, MondeId};

/// The channels that tell of events. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Annonces {
    combats: Channels<EvenementVu>,
    joueurs: Channels<Notification>,
    monde: Channels<NouvelleDuMonde>,
}

impl Default for Annonces {
    fn default() -> Self {
        Self::new()
    }
}

impl Annonces {
    /// The definitions, the same in every process.
    #[must_use]
    pub fn new() -> Self {
        Self {
            combats: definition::<CombatEvent, _>("combat-updates", &[Combat::TYPE], |event| {
                let channel = channels::combat(event.aggregate_id.into());
                Some((channel, event.event.vu_par(&Spectateur::invite())))
            }),
            joueurs: definition::<notification::Faits, _>(
                "player-notifications",
                &[Joueur::TYPE, Inventaire::TYPE],
                |event| {
                    let (joueur, notification) = notification::de(event)?;
                    Some((channels::joueur(joueur), notification))
                },
            ),
            monde: definition::<MondeEvent, _>("world-events", &[Monde::TYPE], |event| {
                Some((channels::MONDE.to_owned(), monde::nouvelle(&event.event)?))
            }),
        }
    }

    /// What happens in a combat.
    #[must_use]
    pub fn combat(&self, combat: CombatId) -> Channel<EvenementVu> {
        self.combats.channel(channels::combat(combat), Filter::all().aggregates([combat]))
    }

    /// What a player should know. For the eyes of that player only: the server that lets clients listen sees to it.
    #[must_use]
    pub fn joueur(&self, joueur: JoueurId) -> Channel<Notification> {
        let sac = InventaireId::du_joueur(joueur);
        let own = Filter::all().aggregates([joueur.as_uuid(), sac.as_uuid()]);
        self.joueurs.channel(channels::joueur(joueur), own)
    }

    /// What everybody should know.
    #[must_use]
    pub fn monde(&self) -> Channel<NouvelleDuMonde> {
        self.monde.channel(channels::MONDE, Filter::all().aggregates([MondeId::UNIQUE]))
    }

    /// Publishes all of it, in one pass over the log.
    pub fn announcer(&self, bus: impl Bus) -> Announcer {
        let announcer = Announcer::new("annonces", bus).channels(&self.combats);
        announcer.channels(&self.joueurs).channels(&self.monde)
    }
}

/// Messages of the events of a set.
fn definition<S: EventSet, M: Serialize + DeserializeOwned + 'static>(
    name: &'static str,
    aggregates: &[&'static str],
    route: impl Fn(&Recorded<S>) -> Option<(String, M)> + Send + Sync + 'static,
) -> Channels<M> {
    let filter = Filter::events::<S>().aggregate_types(aggregates.iter().copied());
    Channels::new(name, filter, move |event: &RecordedEvent| {
        let event = Recorded::<S>::read(event.clone())?;
        Ok::<_, BoxError>(event.and_then(|event| route(&event)))
    })
}
