//! Names of persons and monsters.

use super::super::hasard::Hasard;
use super::Noms;
use crate::values::{Nom, NomUtilisateur, Pseudo};

const PRENOMS: [&str; 40] = [
    "Brune",
    "Aldric",
    "Maëlle",
    "Corentin",
    "Ysolde",
    "Gauvain",
    "Liora",
    "Tancrède",
    "Oriane",
    "Perrin",
    "Sybille",
    "Renaud",
    "Aude",
    "Bertrand",
    "Clotilde",
    "Denys",
    "Éloïse",
    "Foulques",
    "Guenièvre",
    "Hugues",
    "Isabeau",
    "Josselin",
    "Katell",
    "Lancelin",
    "Mahaut",
    "Nolwenn",
    "Odon",
    "Pernelle",
    "Quentin",
    "Rosamonde",
    "Savary",
    "Thibaut",
    "Ursule",
    "Viviane",
    "Wandrille",
    "Xavière",
    "Yvain",
    "Zélie",
    "Amaury",
    "Blanche",
];

const SURNOMS: [&str; 24] = [
    "d'Orval",
    "des Cendres",
    "Tisse-Lune",
    "du Gué",
    "Corbeau",
    "Main-de-Fer",
    "Vent-Debout",
    "de Ferrac",
    "Sans-Terre",
    "du Val",
    "Bras-Court",
    "des Marais",
    "Passe-Muraille",
    "du Moulin",
    "Cœur-de-Chêne",
    "Brise-Roc",
    "de Hautecombe",
    "Pied-Léger",
    "du Pont",
    "Langue-d'Or",
    "de Brume",
    "Trois-Doigts",
    "du Bois",
    "Nuit-Claire",
];

const DEBUTS: [&str; 12] =
    ["Vor", "Mal", "Gor", "Az", "Kaz", "Ner", "Thal", "Ur", "Bal", "Xer", "Dra", "Ish"];
const FINS: [&str; 10] =
    ["gath", "mor", "zul", "veth", "drak", "nyx", "goth", "riel", "kor", "thas"];
const FLEAUX: [&str; 16] = [
    "l'Insatiable",
    "Mange-Lune",
    "Fléau des Brumes",
    "Briseur d'os",
    "Cœur de givre",
    "Roi des rats",
    "Gardien du Gué",
    "l'Enchaîné",
    "Souffle-Cendre",
    "l'Innommable",
    "Dévoreur d'âmes",
    "Œil du gouffre",
    "Mille-Crocs",
    "l'Antique",
    "Ombre du Nord",
    "Pleure-Sang",
];

/// The name of a character.
pub(in super::super) fn pnj(noms: &mut Noms, hasard: &mut Hasard) -> Nom {
    noms.compose(hasard, [&PRENOMS, &SURNOMS])
}

/// The name of a boss.
pub(in super::super) fn boss(noms: &mut Noms, hasard: &mut Hasard) -> Nom {
    let propres: Vec<String> =
        DEBUTS.iter().flat_map(|debut| FINS.map(|fin| format!("{debut}{fin}"))).collect();
    let propres: Vec<&str> = propres.iter().map(String::as_str).collect();
    noms.compose(hasard, [&propres, &FLEAUX])
}

/// The names of the player with this number, for signing in and to show. Other numbers have other names for signing in.
pub(crate) fn joueur(numero: u32) -> Option<(NomUtilisateur, Pseudo)> {
    let prenoms = PRENOMS.len() as u32;
    let surnoms = SURNOMS.len() as u32;
    let reste = numero / prenoms;
    let prenom = PRENOMS[(numero % prenoms) as usize];
    let surnom = SURNOMS[(numero.wrapping_mul(7).wrapping_add(reste) % surnoms) as usize];
    let username = NomUtilisateur::new(&format!("{prenom}.{}", suite(reste))).ok()?;
    Some((username, Pseudo::new(&format!("{prenom} {surnom}")).ok()?))
}

/// A number as four syllables, always as many, so that two names are one only if their numbers are. Their letters resemble no others.
fn suite(numero: u32) -> String {
    const CONSONNES: &[u8; 12] = b"bdfghkmnrstv";
    const VOYELLES: &[u8; 3] = b"aeu";
    // has no divisor in common with the number of syllables, so that each number has another suite, and neighbours differ
    const PAS: usize = 748_361;
    let mut reste = numero as usize * PAS;
    let mut suite = String::new();
    for _ in 0..4 {
        suite.push(char::from(CONSONNES[reste % CONSONNES.len()]));
        reste /= CONSONNES.len();
        suite.push(char::from(VOYELLES[reste % VOYELLES.len()]));
        reste /= VOYELLES.len();
    }
    suite
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::joueur;

    #[test]
    fn no_two_players_have_one_name_to_sign_in_with() {
        let cles: HashSet<_> = (0..20_000).filter_map(joueur).map(|(nom, _)| nom.cle()).collect();
        assert_eq!(cles.len(), 20_000);
    }
}
