//! Items of the catalogue.

use aether_game::item::{DefinitionItem, FicheItem, ItemCommand, Presentation, Rarete};
use aether_game::values::*;

use crate::inventaire::fixtures::{intervention, proprietes};

pub(crate) fn presentation(nom: &str) -> Presentation {
    Presentation {
        nom: Nom::new(nom).unwrap(),
        description: Description::new("Soigne\nun peu.").unwrap(),
        rarete: Rarete::Commun,
        valeur_or: Or::fixe::<8>(),
        icone_url: None,
    }
}

/// The command that puts an item with this sheet into the catalogue.
pub(crate) fn definition(fiche: &FicheItem) -> ItemCommand {
    ItemCommand::Creer(Box::new(DefinitionItem {
        presentation: presentation("Potion"),
        proprietes: proprietes(fiche),
        intervention: intervention(),
    }))
}
