//! The words of quests: closed lists, spelt in JSON and SQL as the studio spells them.

use std::fmt;

use aether_core::Shape;
use chrono::{DateTime, Datelike as _, Days, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::mots;

mots! {
    /// What kind of quest.
    TypeQuete {
        /// Part of the main story.
        Principale = "PRINCIPALE",
        /// Beside the main story.
        Secondaire = "SECONDAIRE",
        /// Offered anew each day.
        Quotidienne = "QUOTIDIENNE",
        /// Part of an event of the world.
        Evenement = "EVENEMENT",
    }

    /// How often a finished quest can be accepted again.
    FrequenceRepetition {
        /// Once a day; days begin at midnight UTC.
        Quotidien = "QUOTIDIEN",
        /// Once a week; weeks begin on Monday at midnight UTC.
        Hebdomadaire = "HEBDOMADAIRE",
    }

    /// How a player stands with a quest.
    EtatQuete {
        /// Accepted, not ended.
        EnCours = "EN_COURS",
        /// Finished.
        Complete = "COMPLETE",
        /// Failed.
        Echouee = "ECHOUEE",
        /// Given up by the player; spelt as the studio spells it.
        Abandonee = "ABANDONEE",
    }

    /// Why a quest failed.
    RaisonEchec {
        /// Its time was over.
        Expiration = "EXPIRATION",
        /// The player died where that was not allowed.
        Mort = "MORT",
        /// An objective cannot be reached any more.
        ObjectifPerdu = "OBJECTIF_PERDU",
    }

    /// When a text is shown.
    MomentDialogue {
        /// When the quest is offered.
        Proposition = "PROPOSITION",
        /// While it is in progress.
        Progression = "PROGRESSION",
        /// When it is finished.
        Conclusion = "CONCLUSION",
    }
}

/// What an objective asks for, spelt as the studio spells it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Shape,
)]
pub enum TypeObjectif {
    /// To kill creatures of a kind.
    Kill,
    /// To deliver pieces of an item. Only a delivery counts: what is picked up can be dropped and picked up again.
    Collect,
    /// To visit a zone.
    Explore,
    /// To talk with a character.
    Dialogue,
}

impl fmt::Display for TypeObjectif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FrequenceRepetition {
    /// From when on a quest that was finished at `fin` can be accepted again.
    #[must_use]
    pub fn a_partir_de(self, fin: DateTime<Utc>) -> DateTime<Utc> {
        let jours = match self {
            Self::Quotidien => 1,
            Self::Hebdomadaire => 7 - u64::from(fin.weekday().num_days_from_monday()),
        };
        let jour = fin.date_naive().checked_add_days(Days::new(jours));
        jour.map_or(DateTime::<Utc>::MAX_UTC, |jour| jour.and_time(NaiveTime::MIN).and_utc())
    }
}
