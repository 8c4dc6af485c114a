//! What clients are told: channels with typed messages.
//!
//! | channel | messages | who listens |
//! |---|---|---|
//! | `combat:{id}:updates` | [`EvenementVu`], as a guest sees it | anybody |
//! | `player:{id}:notifications` | [`Notification`] | that player only |
//! | `world:events` | [`NouvelleDuMonde`] | anybody |
//! | `market:{item}:updates` | [`NouvelleDuMarche`] | anybody |
//! | `zone:{id}:updates` | [`NouvelleDeZone`] | anybody |
//! | `leaderboard:level:updates` | [`NouvelleDuClassement`] | anybody |
//! | `zone:{id}:chat` | [`Parole`], see [`Salon`] | anybody |
//!
//! All but the last tell of events. One definition makes the message that is published and the one that a client finds in the log when
//! it catches up ([`Feeds::resume`](aether_realtime::bus::Feeds::resume)): nothing is missed, doubled or out of order. What is said in a
//! zone is in no log: a client that is not there does not hear it.
//!
//! No message has the seed of a combat, its raw numbers, the secrets of a side, an operator's reasons, or somebody else's purse. The own side's
//! details of a combat are in [`LiveCombat::vu_par`](super::LiveCombat::vu_par).

mod classement;
mod marche;
mod monde;
mod notification;
mod publication;
mod salon;
mod zone;

pub use classement::NouvelleDuClassement;
pub use marche::NouvelleDuMarche;
pub use monde::NouvelleDuMonde;
pub use notification::Notification;
pub(super) use publication::Publication;
pub use salon::{Ecoute, Parole, Salon};
pub use zone::NouvelleDeZone;

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Recorded, RecordedEvent};
use aether_realtime::bus::{Announcer, Bus, Channel, Channels};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::channels;
use crate::combat::{Combat, CombatEvent, EvenementVu, Spectateur};
use crate::economie::{Economie, EconomieEvent};
use crate::inventaire::Inventaire;
use crate::joueur::{Joueur, JoueurEvent};
use crate::monde::{Monde, MondeEvent};
use crate::values::{CarnetId, CombatId, InventaireId, ItemId, JoueurId, MondeId, ZoneId};

/// The channels that tell of events. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Annonces {
    combats: Channels<EvenementVu>,
    joueurs: Channels<Notification>,
    monde: Channels<NouvelleDuMonde>,
    marches: Channels<NouvelleDuMarche>,
    zones: Channels<NouvelleDeZone>,
    niveaux: Channels<NouvelleDuClassement>,
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
            marches: definition::<EconomieEvent, _>("market-updates", &[Economie::TYPE], |event| {
                let (item, nouvelle) = marche::nouvelle(&event.event)?;
                Some((channels::marche(item), nouvelle))
            }),
            zones: parmi::<zone::Faits, _>(
                "zone-updates",
                Filter::all().aggregate_types([Combat::TYPE, Monde::TYPE]).event_types(zone::TYPES),
                |event| {
                    let (zone, nouvelle) = zone::nouvelle(event)?;
                    Some((channels::nouvelles_de_zone(zone), nouvelle))
                },
            ),
            niveaux: parmi::<JoueurEvent, _>(
                "level-board",
                Filter::all().aggregate_types([Joueur::TYPE]).event_types(classement::TYPES),
                |event| Some((channels::NIVEAUX.to_owned(), classement::nouvelle(event)?)),
            ),
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

    /// What happens in the market of an item.
    #[must_use]
    pub fn marche(&self, item: ItemId) -> Channel<NouvelleDuMarche> {
        let carnet = Filter::all().aggregates([CarnetId::de_l_item(item)]);
        self.marches.channel(channels::marche(item), carnet)
    }

    /// What happens in a zone.
    #[must_use]
    pub fn zone(&self, zone: ZoneId) -> Channel<NouvelleDeZone> {
        self.zones.channel(channels::nouvelles_de_zone(zone), Filter::all())
    }

    /// What moves the board of levels.
    #[must_use]
    pub fn niveaux(&self) -> Channel<NouvelleDuClassement> {
        self.niveaux.channel(channels::NIVEAUX, Filter::all())
    }

    /// Publishes all of it, in one pass over the log.
    pub fn announcer(&self, bus: impl Bus) -> Announcer {
        let announcer = Announcer::new("annonces", bus).channels(&self.combats);
        let announcer = announcer.channels(&self.joueurs).channels(&self.monde);
        announcer.channels(&self.marches).channels(&self.zones).channels(&self.niveaux)
    }
}

/// Messages of the events of a set.
fn definition<S: EventSet, M: Serialize + DeserializeOwned + 'static>(
    name: &'static str,
    aggregates: &[&'static str],
    route: impl Fn(&Recorded<S>) -> Option<(String, M)> + Send + Sync + 'static,
) -> Channels<M> {
    let filter = Filter::events::<S>().aggregate_types(aggregates.iter().copied());
    parmi(name, filter, route)
}

/// Messages of those events of a set that pass a filter.
fn parmi<S: EventSet, M: Serialize + DeserializeOwned + 'static>(
    name: &'static str,
    filter: Filter,
    route: impl Fn(&Recorded<S>) -> Option<(String, M)> + Send + Sync + 'static,
) -> Channels<M> {
    Channels::new(name, filter, move |event: &RecordedEvent| {
        let event = Recorded::<S>::read(event.clone())?;
        Ok::<_, BoxError>(event.and_then(|event| route(&event)))
    })
}
