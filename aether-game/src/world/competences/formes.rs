//! What skills there are: forms of spells, and moves of arms.

use crate::combat::TypeEffet;
use crate::competence::{CibleCompetence, Element, TypeCompetence};

/// A kind of skill. Strengths are in percent of what its rank gives.
pub(super) struct Forme {
    pub(super) nom: &'static str,
    pub(super) en_mots: &'static str,
    pub(super) type_competence: TypeCompetence,
    pub(super) cible: CibleCompetence,
    pub(super) portee: u8,
    pub(super) repos: u8,
    pub(super) degats: u32,
    pub(super) soin: u32,
    /// Which effect, how strong, and for how many turns.
    pub(super) effet: Option<(TypeEffet, u32, u8)>,
}

/// The schools, and what their spells are made of.
pub(super) const ECOLES: [(Element, &str); 6] = [
    (Element::Feu, "de feu"),
    (Element::Eau, "de givre"),
    (Element::Terre, "de roche"),
    (Element::Air, "d'orage"),
    (Element::Lumiere, "de lumière"),
    (Element::Ombre, "d'ombre"),
];

/// What is behind a move of arms, from the first grade to the last.
pub(super) const GRADES: [&str; 3] = ["", " du vétéran", " du maître d'armes"];

const ACTIVE: Forme = Forme {
    nom: "",
    en_mots: "",
    type_competence: TypeCompetence::Active,
    cible: CibleCompetence::Ennemi,
    portee: 12,
    repos: 2,
    degats: 0,
    soin: 0,
    effet: None,
};

const PASSIVE: Forme = Forme {
    type_competence: TypeCompetence::Passive,
    cible: CibleCompetence::Soi,
    portee: 0,
    ..ACTIVE
};

const ULTIME: Forme = Forme { type_competence: TypeCompetence::Ultimate, repos: 8, ..ACTIVE };

/// The spells of a school, from the first rank on.
pub(super) const FORMES: [Forme; 15] = [
    Forme { nom: "Trait", en_mots: "un jet rapide et sûr", repos: 1, degats: 100, ..ACTIVE },
    Forme {
        nom: "Source",
        en_mots: "rend des forces à un allié",
        cible: CibleCompetence::Allie,
        soin: 120,
        ..ACTIVE
    },
    Forme {
        nom: "Marque",
        en_mots: "affaiblit qui la porte",
        degats: 40,
        effet: Some((TypeEffet::Affaiblissement, 60, 3)),
        ..ACTIVE
    },
    Forme {
        nom: "Bouclier",
        en_mots: "protège un allié",
        cible: CibleCompetence::Allie,
        effet: Some((TypeEffet::Protection, 80, 3)),
        ..ACTIVE
    },
    Forme {
        nom: "Peau",
        en_mots: "endurcit qui la connaît",
        effet: Some((TypeEffet::Protection, 10, 1)),
        ..PASSIVE
    },
    Forme {
        nom: "Lame",
        en_mots: "tranche et fait saigner",
        portee: 3,
        degats: 110,
        effet: Some((TypeEffet::Saignement, 20, 3)),
        ..ACTIVE
    },
    Forme {
        nom: "Souffle",
        en_mots: "balaie ceux d'en face",
        cible: CibleCompetence::Zone,
        repos: 3,
        degats: 80,
        effet: Some((TypeEffet::Brulure, 20, 2)),
        ..ACTIVE
    },
    Forme {
        nom: "Murmure",
        en_mots: "soigne tour après tour",
        cible: CibleCompetence::Allie,
        repos: 3,
        effet: Some((TypeEffet::Regeneration, 40, 4)),
        ..ACTIVE
    },
    Forme {
        nom: "Purge",
        en_mots: "lève les maux",
        cible: CibleCompetence::Allie,
        repos: 3,
        ..ACTIVE
    },
    Forme {
        nom: "Étreinte",
        en_mots: "fige sa proie",
        repos: 5,
        degats: 50,
        effet: Some((TypeEffet::Etourdissement, 0, 1)),
        ..ACTIVE
    },
    Forme {
        nom: "Maîtrise",
        en_mots: "aiguise l'esprit",
        effet: Some((TypeEffet::Renforcement, 15, 1)),
        ..PASSIVE
    },
    Forme {
        nom: "Ardeur",
        en_mots: "décuple l'élan d'un allié",
        cible: CibleCompetence::Allie,
        repos: 4,
        effet: Some((TypeEffet::Renforcement, 80, 3)),
        ..ACTIVE
    },
    Forme {
        nom: "Pluie",
        en_mots: "tombe sur tous ceux d'en face",
        cible: CibleCompetence::Zone,
        repos: 4,
        degats: 120,
        effet: Some((TypeEffet::Poison, 20, 3)),
        ..ACTIVE
    },
    Forme { nom: "Jugement", en_mots: "frappe une seule fois", degats: 260, ..ULTIME },
    Forme {
        nom: "Colère",
        en_mots: "n'épargne personne",
        cible: CibleCompetence::Tous,
        degats: 180,
        ..ULTIME
    },
];

/// Moves of arms.
pub(super) const COUPS: [Forme; 10] = [
    Forme {
        nom: "Taille",
        en_mots: "un grand coup de côté",
        portee: 3,
        repos: 1,
        degats: 110,
        ..ACTIVE
    },
    Forme { nom: "Estoc", en_mots: "un coup droit", portee: 3, repos: 1, degats: 120, ..ACTIVE },
    Forme {
        nom: "Lame empoisonnée",
        en_mots: "le venin fait le reste",
        portee: 3,
        degats: 70,
        effet: Some((TypeEffet::Poison, 30, 4)),
        ..ACTIVE
    },
    Forme {
        nom: "Coup de bouclier",
        en_mots: "étourdit",
        portee: 2,
        repos: 4,
        degats: 50,
        effet: Some((TypeEffet::Etourdissement, 0, 1)),
        ..ACTIVE
    },
    Forme {
        nom: "Moulinet",
        en_mots: "tient tout le monde à distance",
        cible: CibleCompetence::Zone,
        portee: 3,
        repos: 3,
        degats: 75,
        ..ACTIVE
    },
    Forme {
        nom: "Tir visé",
        en_mots: "prend son temps",
        portee: 20,
        repos: 3,
        degats: 160,
        ..ACTIVE
    },
    Forme {
        nom: "Cri de guerre",
        en_mots: "donne du cœur",
        cible: CibleCompetence::Allie,
        repos: 4,
        effet: Some((TypeEffet::Renforcement, 60, 3)),
        ..ACTIVE
    },
    Forme {
        nom: "Second souffle",
        en_mots: "ramène à soi",
        cible: CibleCompetence::Soi,
        portee: 0,
        repos: 5,
        soin: 130,
        ..ACTIVE
    },
    Forme {
        nom: "Garde haute",
        en_mots: "une habitude de vieux soldat",
        effet: Some((TypeEffet::Protection, 10, 1)),
        ..PASSIVE
    },
    Forme { nom: "Exécution", en_mots: "achève", portee: 3, degats: 280, ..ULTIME },
];
