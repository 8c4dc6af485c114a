//! Why an account refuses a command.

use aether_game::refus::{Ligne, Refus};

/// A rule of accounts that a command would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompteRefus {
    /// It has begun already.
    Existe,
    /// It has not begun.
    Inconnu,
    /// No reason was given.
    SansRaison,
}

const LIGNES: &[Ligne] = &[
    Ligne {
        code: "COMPTE_EXISTE",
        agregat: "Compte",
        anglais: "the account exists already; log in",
        francais: "le compte existe déjà ; connectez-vous",
    },
    Ligne {
        code: "COMPTE_INCONNU",
        agregat: "Compte",
        anglais: "there is no such account; check the name",
        francais: "ce compte n'existe pas ; vérifiez le nom",
    },
    Ligne {
        code: "RAISON_MANQUANTE",
        agregat: "Compte",
        anglais: "an act of an operator needs a reason; give one",
        francais: "un acte d'opérateur demande une raison ; donnez-en une",
    },
];

impl CompteRefus {
    const fn ligne(self) -> &'static Ligne {
        match self {
            Self::Existe => &LIGNES[0],
            Self::Inconnu => &LIGNES[1],
            Self::SansRaison => &LIGNES[2],
        }
    }
}

impl std::fmt::Display for CompteRefus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.ligne().anglais)
    }
}

impl std::error::Error for CompteRefus {}

impl Refus for CompteRefus {
    fn lignes() -> &'static [Ligne] {
        LIGNES
    }

    fn code(&self) -> &'static str {
        self.ligne().code
    }

    fn francais(&self) -> String {
        self.ligne().francais.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_codes_are_those_of_no_other_aggregate() {
        let others = aether_game::refus::table();
        for ligne in CompteRefus::lignes() {
            assert!(others.iter().all(|other| other.code != ligne.code), "{ligne:?}");
        }
    }
}
