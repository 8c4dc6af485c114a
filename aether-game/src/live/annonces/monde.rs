//! What everybody is told of the world.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::monde::{
    EvenementDeclenche, LigneClassement, Moment, MondeEvent, ResultatEvenement, TypeClassement,
};
use crate::values::{BossId, EvenementId, JoueurId, Nom, ZoneId};

/// A message for everybody: `{"type": "BossVaincu", "donnees": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum NouvelleDuMonde {
    /// The clock of the world moved.
    CycleJourNuitChange {
        /// Where it stands.
        moment: Moment,
    },
    /// Somebody was the first to set foot in a zone.
    ZoneDecouverte {
        /// The zone.
        zone_id: ZoneId,
        /// Its name.
        nom: Nom,
        /// Who.
        joueur_id: JoueurId,
    },
    /// A boss appeared.
    BossApparu {
        /// The boss.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone_id: ZoneId,
    },
    /// A boss was beaten.
    BossVaincu {
        /// The boss.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// Who beat it.
        vainqueurs: Vec<JoueurId>,
        /// From when on it can appear again.
        reapparait_a: DateTime<Utc>,
    },
    /// A world event began.
    EvenementMondialDeclenche(EvenementDeclenche),
    /// It was brought forward.
    EvenementMondialProgresse {
        /// The event.
        evenement_id: EvenementId,
        /// What is done.
        progres: u32,
        /// What has to be done.
        requis: u32,
    },
    /// It ended.
    EvenementMondialTermine {
        /// The event.
        evenement_id: EvenementId,
        /// How.
        resultat: ResultatEvenement,
        /// What was done.
        progres: u32,
        /// What had to be done.
        requis: u32,
    },
    /// A ranking was published.
    ClassementPublie {
        /// Which.
        classement: TypeClassement,
        /// Its lines, the first one first.
        lignes: Vec<LigneClassement>,
    },
}

/// What is told of an event. What operators do about resources and the economy is not: players see what comes of it.
pub(super) fn nouvelle(event: &MondeEvent) -> Option<NouvelleDuMonde> {
    Some(match event.clone() {
        MondeEvent::CycleJourNuitChange { apres, .. } => {
            NouvelleDuMonde::CycleJourNuitChange { moment: apres }
        }
        MondeEvent::ZoneDecouverte { zone_id, nom, joueur_id, .. } => {
            NouvelleDuMonde::ZoneDecouverte { zone_id, nom, joueur_id }
        }
        MondeEvent::BossApparu { boss_id, nom, zone_id, .. } => {
            NouvelleDuMonde::BossApparu { boss_id, nom, zone_id }
        }
        MondeEvent::BossVaincu { boss_id, nom, zone_id, vainqueurs, reapparait_a, .. } => {
            NouvelleDuMonde::BossVaincu { boss_id, nom, zone_id, vainqueurs, reapparait_a }
        }
        MondeEvent::EvenementMondialDeclenche(it) => NouvelleDuMonde::EvenementMondialDeclenche(it),
        MondeEvent::EvenementMondialProgresse { evenement_id, apres, requis, .. } => {
            NouvelleDuMonde::EvenementMondialProgresse { evenement_id, progres: apres, requis }
        }
        MondeEvent::EvenementMondialTermine { evenement_id, resultat, progres, requis, .. } => {
            NouvelleDuMonde::EvenementMondialTermine { evenement_id, resultat, progres, requis }
        }
        MondeEvent::ClassementPublie { classement, lignes, .. } => {
            NouvelleDuMonde::ClassementPublie { classement, lignes }
        }
        MondeEvent::RessourcesDeclarees { .. }
        | MondeEvent::RessourcesRecoltees { .. }
        | MondeEvent::RessourceRegeneree { .. }
        | MondeEvent::FacteurEconomiqueModifie { .. } => return None,
    })
}
