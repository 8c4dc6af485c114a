//! The words of combats: closed lists, spelt in JSON and SQL as the studio spells them.

mod effets;

pub use effets::{FinEffet, SourceEffet, TypeDegats, TypeEffet};

use crate::values::mots;

mots! {
    /// Where a combat is in its life.
    EtatCombat {
        /// Not started.
        Preparation = "PREPARATION",
        /// Turns are played.
        EnCours = "EN_COURS",
        /// Over, with or without a winner.
        Termine = "TERMINE",
        /// Over because a side fled.
        Abandonne = "ABANDONNE",
    }

    /// The kind of a combat. In an arena nobody dies: who falls is out of the fight, no more.
    TypeCombat {
        /// Players against monsters.
        Pve = "PVE",
        /// Players against players.
        Pvp = "PVP",
        /// Players against a boss.
        Boss = "BOSS",
        /// A match in the arena.
        Arene = "ARENE",
    }

    /// Who fights behind a participant.
    TypeEntite {
        /// A player.
        Joueur = "JOUEUR",
        /// A character or monster.
        Pnj = "PNJ",
        /// A boss.
        Boss = "BOSS",
    }

    /// A side. A combat has two.
    Camp {
        /// The side whose victory is called VICTOIRE: usually the players.
        Allies = "ALLIES",
        /// The other side.
        Adversaires = "ADVERSAIRES",
    }

    /// Whether a participant stands.
    EtatParticipant {
        /// Stands and fights.
        Actif = "ACTIF",
        /// Fell in an arena: out of the fight, alive.
        Ko = "KO",
        /// Fled.
        Fuite = "FUITE",
        /// Dead.
        Mort = "MORT",
    }

    /// What a participant does with its turn.
    TypeAction {
        /// A blow with the weapon.
        Attaque = "ATTAQUE",
        /// A skill.
        Competence = "COMPETENCE",
        /// An item is used up.
        Objet = "OBJET",
        /// A few steps.
        Deplacement = "DEPLACEMENT",
        /// Raises the guard until the next own turn.
        Defense = "DEFENSE",
        /// Tries to flee.
        Fuite = "FUITE",
    }

    /// How an action went.
    ResultatAction {
        /// As intended.
        Succes = "SUCCES",
        /// It failed.
        Echec = "ECHEC",
        /// Every target dodged.
        Esquive = "ESQUIVE",
        /// At least one blow was critical.
        Critique = "CRITIQUE",
        /// Armour, guard and resistance took all damage.
        Bloque = "BLOQUE",
    }

    /// Why a turn ended.
    FinTour {
        /// The participant acted.
        Action = "ACTION",
        /// It passed.
        Passe = "PASSE",
        /// It let the time run out.
        Expire = "EXPIRE",
        /// It was stunned.
        Etourdi = "ETOURDI",
        /// It fell at the start of its turn.
        HorsCombat = "HORS_COMBAT",
    }

    /// How a combat ended, seen from [`Camp::Allies`].
    ResultatCombat {
        /// The other side has nobody standing.
        Victoire = "VICTOIRE",
        /// The own side has nobody standing.
        Defaite = "DEFAITE",
        /// A side is gone because its last ones standing fled.
        Fuite = "FUITE",
        /// The limit of time or turns was reached; nobody wins.
        TempsEcoule = "TEMPS_ECOULE",
    }

    /// When a side is beaten.
    ConditionVictoire {
        /// Nobody of it stands.
        Elimination = "ELIMINATION",
        /// None of its bosses stands (or nobody, if it came without a boss).
        BossVaincu = "BOSS_VAINCU",
    }

    /// Whom a skill or an item can be used on.
    Ciblage {
        /// Only oneself.
        Soi = "SOI",
        /// One of one's own side, oneself included.
        Allie = "ALLIE",
        /// One of the other side.
        Ennemi = "ENNEMI",
        /// Up to [`Combat::CIBLES_MAX`](crate::combat::Combat::CIBLES_MAX) of the other side.
        Zone = "ZONE",
    }
}

impl Camp {
    /// The other side.
    #[must_use]
    pub const fn autre(self) -> Self {
        match self {
            Self::Allies => Self::Adversaires,
            Self::Adversaires => Self::Allies,
        }
    }
}

impl ResultatCombat {
    /// The state a combat with this result is left in.
    #[must_use]
    pub const fn etat_final(self) -> EtatCombat {
        match self {
            Self::Fuite => EtatCombat::Abandonne,
            Self::Victoire | Self::Defaite | Self::TempsEcoule => EtatCombat::Termine,
        }
    }
}
