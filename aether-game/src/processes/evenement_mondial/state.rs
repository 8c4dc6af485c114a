//! What the processes of world events remember.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::EtapeEvenement;
use crate::monde::{Monde, TypeEvenement};
use crate::values::{BossId, CombatId, EvenementId, JoueurId, Nom, ZoneId};

/// What a process remembers. Each uses a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuiviMonde {
    /// That counts: the events that are on.
    pub(super) en_cours: BTreeMap<EvenementId, EnCours>,
    /// That counts: what was done since the last batch.
    pub(super) attente: Lot,
    /// That counts: whether a batch is on its way.
    pub(super) envoye: bool,
    /// Of an event: which.
    pub(super) evenement: Option<EvenementId>,
    /// Of a boss: which, and how it appears.
    pub(super) boss: Option<Apparition>,
}

/// An event that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnCours {
    pub(super) type_evenement: TypeEvenement,
    pub(super) zone_id: Option<ZoneId>,
}

/// How a boss appears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apparition {
    pub(super) boss_id: BossId,
    pub(super) nom: Nom,
    pub(super) zone_id: ZoneId,
    pub(super) repos_s: u32,
}

/// What players did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    contributions: BTreeMap<EvenementId, BTreeMap<JoueurId, NonZeroU32>>,
    combats: Vec<(JoueurId, CombatId)>,
}

impl SuiviMonde {
    /// Notes what a player did in a zone, for each event of the kind that is on there.
    pub(super) fn note(
        &mut self,
        genre: TypeEvenement,
        zone: ZoneId,
        joueur: JoueurId,
        nombre: u32,
    ) {
        let Some(nombre) = NonZeroU32::new(nombre) else { return };
        for (evenement, en_cours) in &self.en_cours {
            let ici = en_cours.zone_id.is_none_or(|la| la == zone);
            if en_cours.type_evenement == genre && ici {
                self.attente.ajoute(*evenement, joueur, nombre);
            }
        }
    }

    /// Notes a combat that a player has left, if it may count.
    pub(super) fn note_combat(&mut self, joueur: JoueurId, combat: CombatId) {
        if self.invasions().next().is_some() {
            self.attente.combats.push((joueur, combat));
        }
    }

    pub(super) fn invasions(&self) -> impl Iterator<Item = (EvenementId, Option<ZoneId>)> {
        let invasions = self.en_cours.iter();
        let invasions = invasions.filter(|(_, it)| it.type_evenement == TypeEvenement::Invasion);
        invasions.map(|(id, it)| (*id, it.zone_id))
    }

    /// An event is over; nothing counts for it any more.
    pub(super) fn oublie(&mut self, evenement: EvenementId) {
        self.en_cours.remove(&evenement);
        self.attente.contributions.remove(&evenement);
    }

    /// The next batch, if there is one.
    pub(super) fn lot(&mut self) -> Option<EtapeEvenement> {
        let (contributions, combats) = self.attente.prend(Monde::LOT_MAX)?;
        let invasions = self.invasions().collect();
        Some(EtapeEvenement::Compter { contributions, combats, invasions })
    }
}

/// Who did how much for which event, and who has left which combat.
type Entrees = (Vec<(EvenementId, JoueurId, NonZeroU32)>, Vec<(JoueurId, CombatId)>);

impl Lot {
    fn ajoute(&mut self, evenement: EvenementId, joueur: JoueurId, nombre: NonZeroU32) {
        let par_joueur = self.contributions.entry(evenement).or_default();
        let avant = par_joueur.get(&joueur).map_or(0, |avant| avant.get());
        par_joueur.insert(joueur, nombre.saturating_add(avant));
    }

    /// Takes up to so many entries out; none if there are none.
    fn prend(&mut self, maximum: usize) -> Option<Entrees> {
        let mut contributions = Vec::new();
        while contributions.len() < maximum
            && let Some(mut par_joueur) = self.contributions.first_entry()
        {
            let evenement = *par_joueur.key();
            match par_joueur.get_mut().pop_first() {
                Some((joueur, nombre)) => contributions.push((evenement, joueur, nombre)),
                None => drop(par_joueur.remove()),
            }
        }
        let place = maximum - contributions.len();
        let combats: Vec<_> = self.combats.drain(..place.min(self.combats.len())).collect();
        (!contributions.is_empty() || !combats.is_empty()).then_some((contributions, combats))
    }
}
