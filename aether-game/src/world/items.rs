//! The 500 items: what can be worn, used up, gathered, handed in or sold.

use super::hasard::Hasard;
use super::noms::Noms;
use crate::item::{DefinitionItem, FicheItem, Ingredient, Presentation, Proprietes, TypeItem};
use crate::values::{Intervention, ItemId, Motif, Nom};

mod consommables;
mod equipements;
mod materiaux;

/// An item as the catalogue of a [`World`](super::World) has it.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldItem {
    /// Its id.
    pub id: ItemId,
    /// How it is shown.
    pub presentation: Presentation,
    /// What it is and can do.
    pub proprietes: Proprietes,
}

impl WorldItem {
    /// The sheet that goes with it into a bag.
    #[must_use]
    pub fn fiche(&self) -> FicheItem {
        self.proprietes.fiche(self.id)
    }

    /// What puts it into the catalogue.
    #[must_use]
    pub fn definition(&self) -> DefinitionItem {
        DefinitionItem {
            presentation: self.presentation.clone(),
            proprietes: self.proprietes.clone(),
            intervention: fondateur("catalogue de départ"),
        }
    }
}

/// An act of those who make the world.
pub(crate) fn fondateur(motif: &str) -> Intervention {
    Intervention { acteur: Nom::epure("Les Fondateurs"), motif: Motif::epure(motif) }
}

/// How many tiers there are: things of a tier are for ten levels.
const PALIERS: usize = 10;

/// All items, materials first: what is made of others comes after them.
pub(super) fn items(
    noms: &mut Noms,
    hasard: &mut Hasard,
    id: impl Fn(usize) -> ItemId,
) -> Vec<WorldItem> {
    let mut items = Vec::with_capacity(500);
    let mut ajoute = |items: &mut Vec<WorldItem>, ebauche: Ebauche| {
        let id = id(items.len());
        let nom = noms.premier_libre([ebauche.nom].into_iter());
        items.push(ebauche.presentation.avec_nom(id, nom, ebauche.proprietes));
    };
    for ebauche in materiaux::ebauches(hasard) {
        ajoute(&mut items, ebauche);
    }
    let mut autres = consommables::ebauches(hasard);
    autres.extend(equipements::ebauches(hasard));
    for mut ebauche in autres {
        ebauche.proprietes.recette = recette(&items, hasard, &ebauche);
        ajoute(&mut items, ebauche);
    }
    items
}

/// An item without an id, whose name may still be taken.
struct Ebauche {
    nom: String,
    palier: usize,
    presentation: Presente,
    proprietes: Proprietes,
}

/// How an item is shown, but for its name.
struct Presente {
    description: String,
    rarete: crate::item::Rarete,
    valeur: u32,
}

impl Presente {
    fn avec_nom(self, id: ItemId, nom: Nom, proprietes: Proprietes) -> WorldItem {
        let Self { description, rarete, valeur } = self;
        let presentation = Presentation {
            nom,
            description: crate::values::Description::epure(&description),
            rarete,
            valeur_or: super::bornes::or(valeur.into()),
            icone_url: Some(Nom::epure(&format!("/icones/{}.webp", id.as_uuid().simple()))),
        };
        WorldItem { id, presentation, proprietes }
    }
}

/// Two or three materials of the same tier; potions take one.
fn recette(items: &[WorldItem], hasard: &mut Hasard, pour: &Ebauche) -> Vec<Ingredient> {
    let nombre = match pour.proprietes.type_item {
        TypeItem::Consommable => 1,
        TypeItem::Arme | TypeItem::Armure => hasard.between(2, 3) as usize,
        _ => return Vec::new(),
    };
    let familles = materiaux::FAMILLES.len();
    let premiere = hasard.below(familles as u32) as usize;
    let places = (0..nombre).map(|n| (premiere + n) % familles * PALIERS + pour.palier);
    let ingredient = |item: &WorldItem, hasard: &mut Hasard| Ingredient {
        item_id: item.id,
        quantite: super::bornes::quantite(hasard.between(1, 4)),
    };
    places.filter_map(|place| Some(ingredient(items.get(place)?, hasard))).collect()
}
