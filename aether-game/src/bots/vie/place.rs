//! The square where bots meet: who is there, what each can do, and the offers that are made to each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::values::{CompetenceId, ItemId, JoueurId, OffreId};
use crate::world::Hasard;

/// The square of a town: those who are there see each other, and hear of what is traded. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct Place(Arc<Mutex<Interieur>>);

#[derive(Debug, Default)]
struct Interieur {
    presents: BTreeMap<JoueurId, Present>,
    /// What was ever traded.
    criee: Vec<ItemId>,
}

#[derive(Debug, Default)]
struct Present {
    competences: Vec<CompetenceId>,
    offres: Vec<(JoueurId, OffreId)>,
}

/// Somebody on the square, and the skills that he shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compagnon {
    pub(super) id: JoueurId,
    pub(super) competences: Vec<CompetenceId>,
}

impl Place {
    /// How many are there.
    #[must_use]
    pub fn presents(&self) -> usize {
        self.interieur().presents.len()
    }

    pub(super) fn entre(&self, id: JoueurId) {
        self.interieur().presents.entry(id).or_default();
    }

    pub(super) fn sort(&self, id: JoueurId) {
        self.interieur().presents.remove(&id);
    }

    /// Shows a skill that was learned.
    pub(super) fn montre(&self, id: JoueurId, competence: CompetenceId) {
        if let Some(present) = self.interieur().presents.get_mut(&id) {
            present.competences.push(competence);
        }
    }

    /// Somebody else.
    pub(super) fn un_autre(&self, moi: JoueurId, hasard: &mut Hasard) -> Option<Compagnon> {
        let interieur = self.interieur();
        let autres: Vec<_> = interieur.presents.iter().filter(|(id, _)| **id != moi).collect();
        let (id, present) = *hasard.pick(&autres)?;
        Some(Compagnon { id: *id, competences: present.competences.clone() })
    }

    /// Says aloud that an item is traded.
    pub(super) fn crie(&self, item: ItemId) {
        let criee = &mut self.interieur().criee;
        if !criee.contains(&item) {
            criee.push(item);
        }
    }

    /// Something that is traded.
    pub(super) fn a_la_criee(&self, hasard: &mut Hasard) -> Option<ItemId> {
        hasard.pick(&self.interieur().criee).copied()
    }

    /// Tells somebody of an offer that was made to him.
    pub(super) fn annonce(&self, a: JoueurId, de: JoueurId, offre: OffreId) {
        if let Some(present) = self.interieur().presents.get_mut(&a) {
            present.offres.push((de, offre));
        }
    }

    /// The last offer that somebody was told of.
    pub(super) fn offre_pour(&self, moi: JoueurId) -> Option<(JoueurId, OffreId)> {
        self.interieur().presents.get_mut(&moi)?.offres.pop()
    }

    fn interieur(&self) -> MutexGuard<'_, Interieur> {
        // nothing in here is ever half done
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
