//! What is used up: potions, bombs, and the scrolls that enchant.

use super::materiaux::{ebauche, empile};
use super::{Ebauche, PALIERS};
use crate::combat::{Ciblage, Pouvoir, TypeDegats, TypeEffet};
use crate::item::{Rarete, TypeItem, Usage};
use crate::world::bornes;
use crate::world::hasard::Hasard;

const QUALITES: [&str; PALIERS] = [
    "de novice",
    "d'apprenti",
    "de compagnon",
    "d'adepte",
    "d'expert",
    "de maître",
    "de champion",
    "de héros",
    "d'archimage",
    "de légende",
];

/// A kind of potion: its name, whom it is used on, how far it reaches, and what it does with a strength.
type Recette = (&'static str, Ciblage, u32, fn(u32) -> Vec<Pouvoir>);

const RECETTES: [Recette; 9] = [
    ("Potion de soin", Ciblage::Allie, 3, |n| vec![soin(20 + 4 * n)]),
    ("Infusion de mousse", Ciblage::Soi, 0, |n| vec![effet(TypeEffet::Regeneration, 3 + n, 4)]),
    ("Élixir de fureur", Ciblage::Allie, 3, |n| {
        vec![effet(TypeEffet::Renforcement, 10 + n / 2, 3)]
    }),
    ("Baume de pierre", Ciblage::Allie, 3, |n| vec![effet(TypeEffet::Protection, 10 + n / 2, 3)]),
    ("Antidote", Ciblage::Allie, 3, |n| vec![Pouvoir::Dissipation, soin(1 + n)]),
    ("Bombe incendiaire", Ciblage::Zone, 8, |n| {
        vec![degats(TypeDegats::Feu, 8 + 2 * n), effet(TypeEffet::Brulure, 2 + n / 4, 2)]
    }),
    ("Fiole de venin", Ciblage::Ennemi, 6, |n| vec![effet(TypeEffet::Poison, 3 + n / 2, 4)]),
    ("Flasque de givre", Ciblage::Ennemi, 8, |n| {
        vec![degats(TypeDegats::Eau, 6 + 2 * n), effet(TypeEffet::Affaiblissement, 15, 2)]
    }),
    ("Ration", Ciblage::Soi, 0, |n| {
        vec![soin(10 + n), effet(TypeEffet::Regeneration, 1 + n / 4, 3)]
    }),
];

const fn soin(puissance: u32) -> Pouvoir {
    Pouvoir::Soin { puissance }
}

const fn degats(type_degats: TypeDegats, puissance: u32) -> Pouvoir {
    Pouvoir::Degats { type_degats, puissance }
}

const fn effet(type_effet: TypeEffet, puissance: u32, duree_tours: u8) -> Pouvoir {
    Pouvoir::Effet { type_effet, puissance, duree_tours, chance: 100 }
}

pub(super) fn ebauches(hasard: &mut Hasard) -> Vec<Ebauche> {
    let mut ebauches = Vec::new();
    for recette in &RECETTES {
        ebauches.extend((0..PALIERS).map(|palier| potion(hasard, recette, palier)));
    }
    ebauches.extend((0..PALIERS).map(parchemin));
    ebauches
}

fn potion(hasard: &mut Hasard, recette: &Recette, palier: usize) -> Ebauche {
    let (sorte, ciblage, portee, pouvoirs) = *recette;
    let niveau = 1 + palier as u32 * 10;
    let rarete = if palier < 5 { Rarete::Commun } else { Rarete::Rare };
    let nom = format!("{sorte} {}", QUALITES[palier]);
    let description = format!("{nom}. À n'ouvrir qu'en cas de besoin.");
    let mut proprietes = empile(TypeItem::Consommable, 1, 50, true);
    // what beginners drink has no bounds
    proprietes.niveau_requis = bornes::niveau(niveau.saturating_sub(5));
    proprietes.usage = Some(Usage { ciblage, portee, pouvoirs: pouvoirs(niveau) });
    let valeur = 8 + niveau + hasard.below(6);
    ebauche(nom, palier, (description, rarete, valeur), proprietes)
}

/// A scroll that puts an enchantment on a piece: the higher its tier, the stronger.
fn parchemin(palier: usize) -> Ebauche {
    let sorte = if palier.is_multiple_of(2) { "tranchant" } else { "rempart" };
    let nom = format!("Parchemin de {sorte} {}", QUALITES[palier]);
    let description = format!("{nom}, à lire au-dessus d'une pièce que personne ne porte.");
    let presentation = (description, Rarete::Epique, 40 + palier as u32 * 60);
    ebauche(nom, palier, presentation, empile(TypeItem::Autre, 1, 20, true))
}
