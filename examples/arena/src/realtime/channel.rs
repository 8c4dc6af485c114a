//! Channels by the names that clients call them.

use std::fmt;
use std::str::FromStr;

use aether_game::values::{CombatId, ItemId, JoueurId, ZoneId};

/// What a client may listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Canal {
    /// `combat:{id}`: what happens in a combat.
    Combat(CombatId),
    /// `joueur:{id}`: what a player should know.
    Joueur(JoueurId),
    /// `zone:{id}`: what happens in a zone.
    Zone(ZoneId),
    /// `monde`: what everybody should know.
    Monde,
    /// `marche:{item}`: the book of an item.
    Marche(ItemId),
    /// `classement`: the board of levels.
    Classement,
}

impl fmt::Display for Canal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Combat(id) => write!(f, "combat:{id}"),
            Self::Joueur(id) => write!(f, "joueur:{id}"),
            Self::Zone(id) => write!(f, "zone:{id}"),
            Self::Monde => f.write_str("monde"),
            Self::Marche(id) => write!(f, "marche:{id}"),
            Self::Classement => f.write_str("classement"),
        }
    }
}

/// The error is what is wrong with the name, for developers.
impl FromStr for Canal {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        let (kind, id) = name.split_once(':').unwrap_or((name, ""));
        let read = match kind {
            "combat" => id.parse().ok().map(Self::Combat),
            "joueur" => id.parse().ok().map(Self::Joueur),
            "zone" => id.parse().ok().map(Self::Zone),
            "marche" => id.parse().ok().map(Self::Marche),
            "monde" => id.is_empty().then_some(Self::Monde),
            "classement" => id.is_empty().then_some(Self::Classement),
            _ => None,
        };
        read.ok_or(
            "a channel is combat:{id}, joueur:{id}, zone:{id}, marche:{item}, monde or classement",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_called_by_its_name() {
        let id = "0192f0c1-3c2b-7000-8000-000000000001";
        for name in ["monde", "classement", &format!("combat:{id}"), &format!("marche:{id}")] {
            assert_eq!(name.parse::<Canal>().unwrap().to_string(), *name);
        }
        for wrong in ["", "combat", "combat:", "combat:7", "monde:1", "chat:1", "Monde"] {
            assert!(wrong.parse::<Canal>().is_err(), "{wrong}");
        }
    }
}
