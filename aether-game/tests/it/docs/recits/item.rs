//! Items of the catalogue: a potion, and others of which anything is asked.

use aether_game::item::*;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::inventaire::fixtures::{intervention, potion, proprietes};
use crate::item::fixtures::{definition, presentation};
use crate::item::proprietes::any_properties;
use crate::joueur::fixtures::at;

fn etat(item: &Item) -> &'static str {
    match (item.proprietes(), item.est_detruit()) {
        (None, _) => "[*]",
        (Some(_), false) => "EnCatalogue",
        (Some(_), true) => "Retire",
    }
}

fn changements() -> [ItemCommand; 3] {
    let heavier =
        Proprietes { niveau_requis: crate::joueur::fixtures::niveau(3), ..proprietes(&potion()) };
    [
        ItemCommand::Modifier {
            presentation: presentation("Potion de soin"),
            intervention: intervention(),
        },
        ItemCommand::ModifierProprietes {
            proprietes: Box::new(heavier),
            intervention: intervention(),
        },
        ItemCommand::Detruire { intervention: intervention() },
    ]
}

pub(crate) fn recit() -> Recit {
    let mut vie = Vie::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)));
    vie.fait(definition(&potion()), at(0));
    changements().into_iter().for_each(|command| vie.fait(command, at(1)));
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    for _ in 0..20 {
        vie.recommence();
        for _ in 0..10 {
            let proprietes = any_properties(hasard.tire(&any::<[u16; 4]>()));
            let change = changements()[hasard.tire(&(0..3_usize))].clone();
            let new = ItemCommand::Creer(Box::new(DefinitionItem {
                presentation: presentation("Objet"),
                proprietes: proprietes.clone(),
                intervention: intervention(),
            }));
            let others = ItemCommand::ModifierProprietes {
                proprietes: Box::new(proprietes),
                intervention: intervention(),
            };
            let all = [new, others, change];
            vie.essaie(&all[hasard.tire(&(0..3_usize))], at(1));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}
