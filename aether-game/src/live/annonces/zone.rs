//! What everybody is told of a zone.

use aether_core::{EventSet, Recorded};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::combat::{Combat, CombatEvent, TypeCombat};
use crate::monde::{Monde, MondeEvent};
use crate::values::{BossId, CombatId, JoueurId, Nom, ZoneId};

/// A message for those who watch a zone: `{"type": "CombatCommence", "donnees": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum NouvelleDeZone {
    /// A combat began.
    CombatCommence {
        /// Which.
        combat_id: CombatId,
        /// Its kind.
        type_combat: TypeCombat,
        /// When.
        debute_a: DateTime<Utc>,
    },
    /// Somebody was the first to set foot in it.
    ZoneDecouverte {
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
    },
    /// A boss was beaten.
    BossVaincu {
        /// The boss.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Who beat it.
        vainqueurs: Vec<JoueurId>,
        /// From when on it can appear again.
        reapparait_a: DateTime<Utc>,
    },
}

/// The events that name a zone, as they are stored.
pub(super) const TYPES: [&str; 4] = ["CombatDemarre", "ZoneDecouverte", "BossApparu", "BossVaincu"];

/// The events that zones are told of.
#[derive(Debug, Clone, EventSet)]
pub(super) enum Faits {
    #[event(of = Combat)]
    Combat(CombatEvent),
    #[event(of = Monde)]
    Monde(MondeEvent),
}

/// Which zone an event concerns, and what is told of it.
pub(super) fn nouvelle(recorded: &Recorded<Faits>) -> Option<(ZoneId, NouvelleDeZone)> {
    match recorded.event.clone() {
        Faits::Combat(CombatEvent::CombatDemarre { zone_id, type_combat, debute_a, .. }) => {
            let combat_id = recorded.aggregate_id.into();
            Some((zone_id, NouvelleDeZone::CombatCommence { combat_id, type_combat, debute_a }))
        }
        Faits::Combat(_) => None,
        Faits::Monde(event) => monde(event),
    }
}

fn monde(event: MondeEvent) -> Option<(ZoneId, NouvelleDeZone)> {
    match event {
        MondeEvent::ZoneDecouverte { zone_id, nom, joueur_id, .. } => {
            Some((zone_id, NouvelleDeZone::ZoneDecouverte { nom, joueur_id }))
        }
        MondeEvent::BossApparu { boss_id, nom, zone_id, .. } => {
            Some((zone_id, NouvelleDeZone::BossApparu { boss_id, nom }))
        }
        MondeEvent::BossVaincu { boss_id, nom, zone_id, vainqueurs, reapparait_a, .. } => {
            Some((zone_id, NouvelleDeZone::BossVaincu { boss_id, nom, vainqueurs, reapparait_a }))
        }
        _ => None,
    }
}
