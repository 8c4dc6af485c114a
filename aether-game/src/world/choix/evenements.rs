//! Which event of the world to begin, and what it promises.

use std::num::NonZeroU32;

use crate::monde::{DeclencherEvenement, ItemAccorde, RecompenseEvenement, TypeEvenement};
use crate::values::{EvenementId, Nom};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;

const NOMS: [(&str, TypeEvenement); 8] = [
    ("L'Invasion des morts-marchants", TypeEvenement::Invasion),
    ("La Nuit des loups", TypeEvenement::Invasion),
    ("La Grande Chasse", TypeEvenement::Chasse),
    ("Le Réveil du wyrm", TypeEvenement::Chasse),
    ("La Disette", TypeEvenement::Collecte),
    ("L'Appel des bâtisseurs", TypeEvenement::Collecte),
    ("La Fête des moissons", TypeEvenement::Festival),
    ("Le Carnaval des masques", TypeEvenement::Festival),
];

/// An event that lasts so many seconds at most, and asks for so many contributions: everywhere, or now and then in one zone.
pub fn evenement(
    catalogue: &Catalogue,
    (evenement, duree_s, requis): (EvenementId, u32, NonZeroU32),
    hasard: &mut Hasard,
) -> Option<DeclencherEvenement> {
    let (nom, type_evenement) = *hasard.pick(&NOMS)?;
    let zone = hasard.pick(catalogue.zones()).map(|it| it.id);
    let zone = zone.filter(|_| hasard.chance(20));
    let recompense = recompense(catalogue, hasard);
    let nom = Nom::epure(nom);
    Some(DeclencherEvenement { evenement, nom, type_evenement, zone, requis, duree_s, recompense })
}

fn recompense(catalogue: &Catalogue, hasard: &mut Hasard) -> RecompenseEvenement {
    let items = catalogue.items().iter().filter(|it| it.proprietes.usage.is_some());
    let items: Vec<_> = items.map(|it| it.id).collect();
    let item = hasard.pick(&items);
    let item = item.map(|id| ItemAccorde { item_id: *id, quantite: bornes::quantite(2) });
    RecompenseEvenement {
        experience: bornes::experience(hasard.between(150, 600).into()),
        or: bornes::or(hasard.between(40, 200).into()),
        items: item.into_iter().collect(),
    }
}

/// How many contributions a short event asks for.
pub const fn requis(hasard: &mut Hasard) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(hasard.between(5, 40))
}
