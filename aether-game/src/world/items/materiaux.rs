//! Materials, items of quests, and what has no use but its price.

use super::{Ebauche, PALIERS, Presente};
use crate::item::{Proprietes, Rangement, Rarete, TypeItem};
use crate::values::Quantite;
use crate::world::bornes;
use crate::world::hasard::Hasard;

/// Families of materials: what one is called, and of what, tier by tier.
pub(super) const FAMILLES: [(&str, [&str; PALIERS]); 8] = [
    ("Minerai", METAUX),
    ("Lingot", METAUX),
    (
        "Bûche",
        [
            "de pin",
            "de bouleau",
            "de frêne",
            "d'érable",
            "de chêne",
            "d'if",
            "d'ébène",
            "de bois-de-fer",
            "de bois d'argent",
            "d'arbre-monde",
        ],
    ),
    (
        "Brin",
        [
            "de menthe",
            "de sauge",
            "d'armoise",
            "de belladone",
            "de mandragore",
            "d'aconit",
            "de lys noir",
            "d'herbe-aux-spectres",
            "de fleur de lune",
            "de fleur d'étoile",
        ],
    ),
    ("Cuir", BETES),
    ("Croc", BETES),
    (
        "Étoffe",
        [
            "de lin",
            "de chanvre",
            "de laine",
            "de coton",
            "de velours",
            "de soie",
            "de brocart",
            "de soie d'araignée",
            "de crin de licorne",
            "de brume tissée",
        ],
    ),
    (
        "Gemme",
        [
            "de quartz",
            "d'agate",
            "de jaspe",
            "d'ambre",
            "de grenat",
            "de topaze",
            "de saphir",
            "d'émeraude",
            "de rubis",
            "de diamant noir",
        ],
    ),
];

pub(super) const METAUX: [&str; PALIERS] = [
    "de cuivre",
    "de bronze",
    "de fer",
    "d'acier",
    "d'argent",
    "de mithril",
    "d'obsidienne",
    "d'adamante",
    "d'orichalque",
    "de fer d'étoile",
];

const BETES: [&str; PALIERS] = [
    "de rat",
    "de sanglier",
    "de loup",
    "d'ours",
    "de basilic",
    "de vouivre",
    "de manticore",
    "de griffon",
    "de wyrm",
    "de dragon",
];

const RELIQUES: [&str; 5] =
    ["Lettre scellée", "Sceau brisé", "Fragment de carte", "Relique", "Journal"];
const PERDUS: [&str; 6] = [
    "du vieux roi",
    "de l'ermite",
    "des fondateurs",
    "du dernier gué",
    "des contrebandiers",
    "de la reine noyée",
];

const BIBELOTS: [&str; 10] = [
    "Dé pipé",
    "Statuette de jade",
    "Boîte à musique",
    "Coquillage peint",
    "Sablier fêlé",
    "Plume de phénix",
    "Masque de fête",
    "Bougie éternelle",
    "Pièce d'un autre âge",
    "Grelot muet",
];

pub(super) fn ebauches(hasard: &mut Hasard) -> Vec<Ebauche> {
    let familles = FAMILLES.iter().flat_map(|(famille, de)| de.map(|de| format!("{famille} {de}")));
    let mut ebauches: Vec<_> =
        familles.enumerate().map(|(n, nom)| materiau(hasard, nom, n % PALIERS)).collect();
    let reliques = RELIQUES.iter().flat_map(|relique| PERDUS.map(|de| format!("{relique} {de}")));
    ebauches.extend(reliques.enumerate().map(|(n, nom)| relique(nom, n / 3)));
    ebauches.extend(BIBELOTS.iter().enumerate().map(|(palier, nom)| bibelot(hasard, nom, palier)));
    ebauches
}

fn materiau(hasard: &mut Hasard, nom: String, palier: usize) -> Ebauche {
    let rarete = if palier < 6 { Rarete::Commun } else { Rarete::Rare };
    let valeur = 2 + palier as u32 * 3 + hasard.below(4);
    let description = format!("{nom}, tel que les artisans le demandent.");
    ebauche(nom, palier, (description, rarete, valeur), empile(TypeItem::Materiau, 3, 100, true))
}

fn relique(nom: String, palier: usize) -> Ebauche {
    let description = format!("{nom} : quelqu'un l'attend quelque part.");
    let proprietes = empile(TypeItem::Quete, 1, 20, false);
    ebauche(nom, palier, (description, Rarete::Rare, 0), proprietes)
}

fn bibelot(hasard: &mut Hasard, nom: &str, palier: usize) -> Ebauche {
    let valeur = 15 + palier as u32 * 20 + hasard.below(30);
    let description = format!("{nom}. Cela n'a d'autre usage que d'être vendu.");
    let presentation = (description, Rarete::Epique, valeur);
    ebauche(nom.to_owned(), palier, presentation, empile(TypeItem::Autre, 2, 10, true))
}

pub(super) fn ebauche(
    nom: String,
    palier: usize,
    (description, rarete, valeur): (String, Rarete, u32),
    proprietes: Proprietes,
) -> Ebauche {
    Ebauche { nom, palier, presentation: Presente { description, rarete, valeur }, proprietes }
}

/// What lies in stacks.
pub(super) fn empile(type_item: TypeItem, poids: u32, max: u32, libre: bool) -> Proprietes {
    let max: Quantite = bornes::quantite(max);
    Proprietes {
        type_item,
        niveau_requis: bornes::niveau(1),
        poids: bornes::poids(poids),
        rangement: Rangement::Pile { max },
        echangeable: libre,
        destructible: libre,
        usage: None,
        recette: Vec::new(),
    }
}
