//! What is worn: 28 kinds of pieces, ten tiers each.

use super::materiaux::{METAUX, ebauche};
use super::{Ebauche, PALIERS};
use crate::item::{Famille, NaturePiece, Proprietes, Rangement, Rarete, TypeItem};
use crate::joueur::Stats;
use crate::values::Nom;
use crate::world::bornes;
use crate::world::hasard::Hasard;
use crate::world::noms::LIEUX_DITS;

/// A kind of piece: its name, where it is worn, and its weight, attack and defence, in tenths of what its level gives.
struct Sorte(&'static str, Famille, [u32; 3]);

const ARMES: [Sorte; 11] = [
    Sorte("Épée", Famille::ArmePrincipale, [8, 12, 1]),
    Sorte("Hache", Famille::ArmePrincipale, [10, 14, 0]),
    Sorte("Masse", Famille::ArmePrincipale, [12, 13, 2]),
    Sorte("Lance", Famille::ArmePrincipale, [9, 12, 2]),
    Sorte("Arc", Famille::ArmePrincipale, [5, 12, 0]),
    Sorte("Arbalète", Famille::ArmePrincipale, [8, 14, 0]),
    Sorte("Bâton", Famille::ArmePrincipale, [6, 9, 3]),
    Sorte("Sceptre", Famille::ArmePrincipale, [4, 10, 2]),
    Sorte("Rapière", Famille::ArmePrincipale, [4, 11, 3]),
    Sorte("Dague", Famille::ArmeSecondaire, [2, 6, 1]),
    Sorte("Main-gauche", Famille::ArmeSecondaire, [3, 4, 4]),
];

const ARMURES: [Sorte; 17] = [
    Sorte("Casque", Famille::Tete, [6, 0, 5]),
    Sorte("Capuche", Famille::Tete, [2, 1, 3]),
    Sorte("Cuirasse", Famille::Torse, [15, 0, 10]),
    Sorte("Robe", Famille::Torse, [4, 2, 5]),
    Sorte("Jambières", Famille::Jambes, [8, 0, 6]),
    Sorte("Chausses", Famille::Jambes, [3, 1, 4]),
    Sorte("Bottes", Famille::Pieds, [4, 0, 4]),
    Sorte("Sandales", Famille::Pieds, [1, 1, 2]),
    Sorte("Gantelets", Famille::Mains, [4, 1, 4]),
    Sorte("Gants", Famille::Mains, [1, 2, 2]),
    Sorte("Bouclier", Famille::ArmeSecondaire, [10, 0, 9]),
    Sorte("Cape", Famille::Dos, [3, 0, 3]),
    Sorte("Manteau", Famille::Dos, [5, 0, 4]),
    Sorte("Amulette", Famille::Cou, [1, 2, 1]),
    Sorte("Anneau", Famille::Doigt, [1, 2, 1]),
    Sorte("Chevalière", Famille::Doigt, [1, 1, 2]),
    Sorte("Talisman", Famille::Accessoire, [1, 2, 2]),
];

const ENSEMBLES: [&str; PALIERS] = [
    "Vagabond",
    "Milicien",
    "Garde du gué",
    "Chevalier",
    "Traqueur",
    "Mage rouge",
    "Croisé",
    "Maître d'ombre",
    "Héraut",
    "Roi-dragon",
];

pub(super) fn ebauches(hasard: &mut Hasard) -> Vec<Ebauche> {
    let armes = ARMES.iter().map(|sorte| (TypeItem::Arme, sorte));
    let armures = ARMURES.iter().map(|sorte| (TypeItem::Armure, sorte));
    let sortes = armes.chain(armures);
    let toutes = sortes.flat_map(|sorte| (0..PALIERS).map(move |palier| (sorte, palier)));
    toutes.map(|((type_item, sorte), palier)| piece(hasard, type_item, sorte, palier)).collect()
}

fn piece(hasard: &mut Hasard, type_item: TypeItem, sorte: &Sorte, palier: usize) -> Ebauche {
    let Sorte(genre, famille, [poids, attaque, defense]) = *sorte;
    let niveau = 1 + palier as u32 * 10;
    let (rarete, valeur_de) = rarete(hasard);
    let nom = nom(hasard, genre, palier, rarete);
    let force = (niveau + 4) * valeur_de / 100;
    let description = format!("{nom}, {}.", provenance(hasard));
    let valeur = (10 + niveau * niveau / 6 + niveau * 4) * (attaque + defense + 2) / 10;
    let nature = NaturePiece {
        famille,
        attaque: bornes::stat(force * attaque / 10),
        defense: bornes::stat(force * defense / 10),
        stats: stats(hasard, force),
        durabilite_max: bornes::quantite(14 + palier as u32 * 4),
        cout_reparation: bornes::or(u64::from(1 + niveau / 8)),
        ensemble: (rarete > Rarete::Rare).then(|| Nom::epure(ENSEMBLES[palier])),
    };
    let proprietes = Proprietes {
        type_item,
        niveau_requis: bornes::niveau(niveau),
        poids: bornes::poids(poids),
        rangement: Rangement::Piece(nature),
        echangeable: true,
        destructible: true,
        usage: None,
        recette: Vec::new(),
    };
    let valeur = valeur * valeur_de / 100;
    ebauche(nom, palier, (description, rarete, valeur), proprietes)
}

/// How rare a piece is, and what that is worth in percent.
fn rarete(hasard: &mut Hasard) -> (Rarete, u32) {
    match hasard.below(100) {
        0..60 => (Rarete::Commun, 100),
        60..85 => (Rarete::Rare, 125),
        85..95 => (Rarete::Epique, 160),
        95..99 => (Rarete::Legendaire, 220),
        _ => (Rarete::Mythique, 300),
    }
}

fn nom(hasard: &mut Hasard, genre: &str, palier: usize, rarete: Rarete) -> String {
    let simple = format!("{genre} {}", METAUX[palier]);
    match hasard.pick(&LIEUX_DITS).filter(|_| rarete > Rarete::Commun) {
        Some(lieu) => format!("{simple} {lieu}"),
        None => simple,
    }
}

fn provenance(hasard: &mut Hasard) -> &'static str {
    const DE: [&str; 6] = [
        "ouvrage d'un atelier de province",
        "trouvaille d'un champ de bataille",
        "forgée un soir d'orage",
        "à l'épreuve des hivers",
        "dont le poinçon est effacé",
        "comme on n'en fait plus",
    ];
    hasard.pick(&DE).copied().unwrap_or("sans histoire")
}

/// One or two stats that it raises.
fn stats(hasard: &mut Hasard, force: u32) -> Stats {
    let mut stats = Stats::default();
    for _ in 0..hasard.between(1, 2) {
        match hasard.below(6) {
            0 => stats.hp = bornes::stat(2 + force),
            1 => stats.mp = bornes::stat(2 + force / 2),
            2 => stats.stamina = bornes::stat(1 + force / 2),
            3 => stats.force = bornes::stat(1 + force / 8),
            4 => stats.dexterite = bornes::stat(1 + force / 8),
            _ => stats.intelligence = bornes::stat(1 + force / 8),
        }
    }
    stats
}
