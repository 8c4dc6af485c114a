//! Names: composed of parts, each once.

use std::collections::HashSet;

use super::hasard::Hasard;
use crate::values::Nom;

mod personnes;

pub(crate) use personnes::joueur;
pub(super) use personnes::{boss, pnj};

/// Names that were given, so that none is given twice.
#[derive(Debug, Default)]
pub(super) struct Noms(HashSet<String>);

impl Noms {
    /// The first of some names that was not given yet, or else the last one with a number.
    pub(super) fn premier_libre(&mut self, candidats: impl Iterator<Item = String>) -> Nom {
        let mut dernier = String::new();
        for candidat in candidats {
            if self.0.insert(candidat.clone()) {
                return Nom::epure(&candidat);
            }
            dernier = candidat;
        }
        let mut numeros = (2..).map(|numero: u32| format!("{dernier} {numero}"));
        let libre = numeros.find(|nom| self.0.insert(nom.clone()));
        Nom::epure(&libre.unwrap_or(dernier))
    }

    /// A name of a first and a second part that were not given together.
    pub(super) fn compose(&mut self, hasard: &mut Hasard, [debuts, fins]: [&[&str]; 2]) -> Nom {
        let debut = hasard.below(1 << 16) as usize;
        let fin = hasard.below(1 << 16) as usize;
        let paires = (0..debuts.len() * fins.len()).map(|n| {
            let debut = debuts[(debut + n) % debuts.len()];
            let fin = fins[(fin + n + n / debuts.len()) % fins.len()];
            format!("{debut} {fin}")
        });
        self.premier_libre(paires)
    }
}

/// What places are called after.
pub(super) const LIEUX_DITS: [&str; 24] = [
    "des Murmures",
    "de Brume",
    "du Givre",
    "des Cendres",
    "de l'Aube",
    "du Corbeau",
    "des Épines",
    "de Valombre",
    "de Ferrac",
    "des Noyés",
    "du Vieux Roi",
    "de la Lune rousse",
    "des Pendus",
    "d'Orval",
    "du Silence",
    "des Lucioles",
    "de Haute-Pierre",
    "des Loups",
    "du Serpent",
    "de l'Orage",
    "des Ronces",
    "du Dernier Feu",
    "des Oubliés",
    "de Sel",
];

/// What places are.
pub(super) const LIEUX: [&str; 16] = [
    "Forêt",
    "Mines",
    "Marais",
    "Col",
    "Temple",
    "Ruines",
    "Lande",
    "Gorges",
    "Falaises",
    "Catacombes",
    "Plaine",
    "Citadelle",
    "Rivage",
    "Verger",
    "Glacier",
    "Tour",
];

/// Creatures that one fights.
pub(super) const CREATURES: [&str; 20] = [
    "Loup",
    "Gobelin",
    "Squelette",
    "Ogre",
    "Araignée",
    "Spectre",
    "Vouivre",
    "Bandit",
    "Troll",
    "Harpie",
    "Golem",
    "Goule",
    "Sanglier",
    "Basilic",
    "Chauve-souris",
    "Élémentaire",
    "Minotaure",
    "Gargouille",
    "Naga",
    "Feu follet",
];

/// What one calls a quest.
pub(super) const INTRIGUES: [&str; 30] = [
    "La Dette",
    "Le Secret",
    "La Chasse",
    "Le Serment",
    "Les Cendres",
    "L'Héritage",
    "La Vengeance",
    "Le Silence",
    "Les Larmes",
    "La Promesse",
    "Le Trésor",
    "La Malédiction",
    "Les Traces",
    "Le Pardon",
    "L'Offrande",
    "La Lettre",
    "Le Dernier Voyage",
    "Les Ombres",
    "La Colère",
    "Le Pacte",
    "L'Épreuve",
    "La Moisson",
    "Le Réveil",
    "La Chanson",
    "Les Chaînes",
    "Le Miroir",
    "La Nuit",
    "L'Énigme",
    "La Rançon",
    "Le Sang",
];

/// Of whom a quest tells.
pub(super) const HEROS: [&str; 20] = [
    "du forgeron",
    "de la veuve",
    "du passeur",
    "des jumeaux",
    "de l'ermite",
    "du vieux soldat",
    "de la sorcière",
    "du braconnier",
    "des mineurs",
    "de la reine",
    "du roi perdu",
    "de l'orpheline",
    "du moine",
    "des contrebandiers",
    "de la meunière",
    "du bourreau",
    "de l'astronome",
    "du loup blanc",
    "de la sirène",
    "des revenants",
];
