//! What happened in a world, event by event, in order of time.
//!
//! Players are born, live in sessions, and leave; combats, trades, quests and world events take their course beside them. All of it is
//! an [agenda](agenda): what is due next happens next, at its time. So the log of a world looks as if it had been written as it went.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aether_core::Aggregate;
use aether_core::command::IdOf;
use chrono::{DateTime, TimeDelta, Utc};

use super::World;
use super::catalogue::Catalogue;
use super::hasard::Hasard;
use super::scribe::{Scribe, WorldEvent};
use crate::values::{BossId, CombatId, ItemId, JoueurId};

mod actes;
mod agenda;
mod cadence;
mod combats;
mod evenements;
mod fondation;
mod marche;
mod naissance;
mod recompenses;
mod session;
mod veille;
mod vie;

use agenda::{Agenda, Tache};
use cadence::Cadence;
use combats::Rencontre;
use evenements::EnCours;
use vie::{Qui, Vie};

/// The events of a [`World`], in order of time. Ends with the first unit that reaches the number of events that were asked for.
///
/// Memory grows with the players, and not with the events.
#[derive(Debug)]
pub struct History {
    catalogue: Arc<Catalogue>,
    scribe: Scribe,
    hasard: Hasard,
    agenda: Agenda,
    cadence: Cadence,
    vies: Vec<Vie>,
    /// Those who are there.
    en_ligne: Vec<Qui>,
    /// Where each player is in `vies`.
    places: HashMap<JoueurId, usize>,
    rencontres: HashMap<CombatId, Rencontre>,
    /// Bosses that are being fought.
    boss_engages: BTreeSet<BossId>,
    /// World events that are on.
    evenements: Vec<EnCours>,
    /// The items that were ever traded, in order of id.
    carnets: Vec<ItemId>,
    /// How many events are asked for.
    events: u64,
}

impl History {
    pub(super) fn new(world: &World, players: u32, events: u64) -> Self {
        let mut hasard = Hasard::new(world.seed);
        let mut history = Self {
            catalogue: world.catalogue.clone(),
            scribe: Scribe::new(hasard.apart(), world.start),
            agenda: Agenda::new(world.start),
            cadence: Cadence::new(world, players, events),
            hasard,
            vies: Vec::new(),
            en_ligne: Vec::new(),
            places: HashMap::new(),
            rencontres: HashMap::new(),
            boss_engages: BTreeSet::new(),
            evenements: Vec::new(),
            carnets: Vec::new(),
            events,
        };
        history.fonde();
        history
    }

    /// The state of an aggregate at this point of the history, which folding its events gives as well; that before its first event,
    /// if there was none. What has ended is held no longer: a combat, a quest that was paid, a piece that is gone.
    #[must_use]
    pub fn state<A: Aggregate>(&self, id: impl IdOf<A>) -> Arc<A> {
        self.scribe.state(id)
    }

    /// The players, in the order in which they came.
    pub fn players(&self) -> impl ExactSizeIterator<Item = JoueurId> {
        self.vies.iter().map(|vie| vie.id)
    }

    /// How many units a rule has refused so far. Nothing of them is in the history.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.scribe.refusals()
    }

    /// The time that the history has come to.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.agenda.maintenant()
    }

    fn accomplit(&mut self, tache: Tache) {
        match tache {
            Tache::Naitre { numero } => self.arrive(numero),
            Tache::Hesiter { numero, joueur, renonce } => self.hesite(numero, joueur, renonce),
            Tache::Vivre { vie, jeton } => self.vit(vie, jeton),
            Tache::Jouer { combat } => self.joue(combat),
            Tache::Regler { item } => self.regle(item),
            Tache::Expirer { item, ordre } => self.expire(item, ordre),
            Tache::Echeance { qui, quete, tentative } => self.echoit(qui, quete, tentative),
            Tache::Conclure { de, a, offre } => self.conclut(de, a, offre),
            Tache::Clore { evenement } => self.clot_l_evenement(evenement),
            Tache::Veiller => self.veille(),
        }
    }

    /// Something is to happen after a while.
    fn apres(&mut self, secondes: u32, tache: Tache) {
        self.agenda.inscrit(TimeDelta::seconds(secondes.into()), tache);
    }
}

impl Iterator for History {
    type Item = WorldEvent;

    fn next(&mut self) -> Option<WorldEvent> {
        loop {
            if let Some(event) = self.scribe.take() {
                return Some(event);
            }
            if self.scribe.events() >= self.events {
                return None;
            }
            let tache = self.agenda.suivante()?;
            self.scribe.turn_to(self.agenda.maintenant());
            self.accomplit(tache);
        }
    }
}
