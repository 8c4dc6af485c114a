//! Rewards: whatever does not fit into a bag or a purse waits in a parcel.

use std::collections::BTreeMap;

use super::History;
use super::actes::Fait;
use super::vie::Qui;
use crate::item::FicheItem;
use crate::recompense::{EnAttente, Recompense};
use crate::values::{InventaireId, ItemId};

impl History {
    /// How a reward is tried in turn: at once; with what does not fit in parcels; all in parcels.
    pub(super) fn facons<'a>(
        &'a self,
        recompense: &'a Recompense,
    ) -> impl Iterator<Item = EnAttente> + 'a {
        let deborde = || {
            let sac = self.scribe.state(InventaireId::du_joueur(recompense.joueur_id));
            recompense.qui_deborde(&self.scribe.state(recompense.joueur_id), &sac)
        };
        let ensuite = std::iter::once_with(deborde);
        let enfin = std::iter::once_with(|| recompense.tout_attend());
        std::iter::once(EnAttente::default()).chain(ensuite).chain(enfin)
    }

    /// Parcels wait for a player. Nothing if the reward was refused altogether.
    pub(super) fn note_les_colis(&mut self, qui: Qui, facon: Option<EnAttente>) -> Fait {
        let EnAttente { or, items } = facon?;
        let tous = items.into_iter().chain(or.then_some(ItemId::AUCUN));
        self.vie(qui, |vie| vie.colis.extend(tous))
    }

    /// The sheets of items that can still be had, each once, with how many.
    pub(super) fn fiches(
        &self,
        items: impl IntoIterator<Item = (ItemId, u32)>,
    ) -> Vec<(FicheItem, u32)> {
        let mut nombres: BTreeMap<ItemId, u32> = BTreeMap::new();
        for (item, nombre) in items {
            *nombres.entry(item).or_default() += nombre;
        }
        let fiches = nombres.into_iter();
        fiches.filter_map(|(item, nombre)| Some((self.fiche(item)?, nombre))).collect()
    }
}
