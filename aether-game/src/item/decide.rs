//! Which rule answers which command to an item of the catalogue.

use aether_core::{Aggregate, Facts};

use super::commands::ItemCommand;
use super::events::ItemEvent;
use super::fiche::Proprietes;
use super::refus::ItemRefus;
use super::state::Item;

mod coherence;

impl Aggregate for Item {
    const TYPE: &'static str = "Item";
    type Command = ItemCommand;
    type Event = ItemEvent;
    type Error = ItemRefus;

    fn decide(&self, command: &ItemCommand, _: &Facts) -> Result<Vec<ItemEvent>, ItemRefus> {
        if let ItemCommand::Creer(nouveau) = command {
            if self.definition.is_some() {
                return Err(ItemRefus::DejaCree);
            }
            coherence::verifie(&nouveau.proprietes)?;
            return Ok(vec![ItemEvent::ItemCree {
                presentation: nouveau.presentation.clone(),
                proprietes: nouveau.proprietes.clone(),
                intervention: nouveau.intervention.clone(),
            }]);
        }
        let actuel = self.en_catalogue()?;
        match command {
            ItemCommand::Creer(_) => Err(ItemRefus::DejaCree),
            ItemCommand::Modifier { presentation, .. } if *presentation == actuel.presentation => {
                Ok(vec![])
            }
            ItemCommand::Modifier { presentation, intervention } => {
                Ok(vec![ItemEvent::ItemModifie {
                    avant: actuel.presentation.clone(),
                    apres: presentation.clone(),
                    intervention: intervention.clone(),
                }])
            }
            ItemCommand::ModifierProprietes { proprietes, .. }
                if **proprietes == actuel.proprietes =>
            {
                Ok(vec![])
            }
            ItemCommand::ModifierProprietes { proprietes, intervention } => {
                meme_nature(&actuel.proprietes, proprietes)?;
                coherence::verifie(proprietes)?;
                Ok(vec![ItemEvent::ProprietesModifiees {
                    avant: actuel.proprietes.clone(),
                    apres: Proprietes::clone(proprietes),
                    intervention: intervention.clone(),
                }])
            }
            ItemCommand::Detruire { intervention } => {
                Ok(vec![ItemEvent::ItemDetruit { intervention: intervention.clone() }])
            }
        }
    }

    fn apply(&mut self, event: &ItemEvent) {
        self.applique(event);
    }

    /// With two kilobytes for its texts, powers and recipe.
    fn weigh(&self) -> usize {
        size_of::<Self>() + 2048
    }
}

/// Kind and place on the body never change.
fn meme_nature(avant: &Proprietes, apres: &Proprietes) -> Result<(), ItemRefus> {
    if avant.type_item == apres.type_item && avant.rangement.famille() == apres.rangement.famille()
    {
        return Ok(());
    }
    Err(ItemRefus::NatureImmuable { type_item: avant.type_item })
}
