//! What the process of a combat remembers, and what follows from what it hears.

use aether_core::process::Reaction;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Deroulement, EtapeCombat, Present};
use crate::combat::TypeEntite;
use crate::processes::SURSIS;
use crate::values::{BossId, CombatId, JoueurId};

const TOUR: &str = "tour";
const LIMITE: &str = "limite";

/// What the process of a combat remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiviCombat {
    joueurs: Vec<JoueurId>,
    boss: Vec<BossId>,
    numero_tour: u32,
    /// How many steps the world has yet to take since the combat is over.
    attendus: usize,
    /// The appearance of a boss had ended before.
    devance: bool,
}

type Suite<'a> = &'a mut Reaction<EtapeCombat>;

impl SuiviCombat {
    pub(super) fn entend(&mut self, event: &Deroulement, then: Suite<'_>) {
        match event {
            Deroulement::CombatDemarre { participants, conditions, debute_a } => {
                self.commence(participants);
                if let Some(ms) = conditions.limite_temps {
                    then.at(LIMITE, plus_ms(*debute_a, ms));
                }
            }
            Deroulement::TourDebute { numero_tour, duree_maximale, debute_a } => {
                self.numero_tour = *numero_tour;
                then.at(TOUR, plus_ms(*debute_a, *duree_maximale));
            }
            Deroulement::CombatTermine {} => self.termine(then),
        }
    }

    fn commence(&mut self, participants: &[Present]) {
        let ids = |voulu: TypeEntite| {
            let voulus = participants.iter().filter(move |it| it.type_entite == voulu);
            voulus.map(|it| it.entite_id)
        };
        self.joueurs = ids(TypeEntite::Joueur).map(|it| it.joueur()).collect();
        self.boss = ids(TypeEntite::Boss).map(|it| BossId::new(it.as_uuid())).collect();
        self.boss.sort_unstable();
        self.boss.dedup();
    }

    /// The world comes first: whether a boss fell to this combat decides what its players take home.
    fn termine(&mut self, then: Suite<'_>) {
        then.cancel(TOUR);
        then.cancel(LIMITE);
        let combat_id = CombatId::new(then.process());
        self.attendus = self.boss.len();
        for boss_id in self.boss.iter().copied() {
            then.send(EtapeCombat::VaincreBoss { combat_id, boss_id });
        }
        if self.attendus == 0 {
            self.quitte(then);
        }
    }

    fn quitte(&self, then: Suite<'_>) {
        let (combat_id, recompense) = (CombatId::new(then.process()), !self.devance);
        for joueur_id in self.joueurs.iter().copied() {
            then.send(EtapeCombat::Quitter { combat_id, joueur_id, recompense });
        }
        then.end();
    }

    pub(super) fn sonne(&self, timer: &str, then: Suite<'_>) {
        let (combat_id, numero_tour) = (CombatId::new(then.process()), self.numero_tour);
        match timer {
            TOUR => then.send(EtapeCombat::ExpirerTour { combat_id, numero_tour }),
            _ => then.send(EtapeCombat::VerifierLimite { combat_id }),
        }
    }

    /// A step was taken, or a rule forbade it.
    pub(super) fn fait(&mut self, etape: EtapeCombat, accepte: bool, then: Suite<'_>) {
        match etape {
            // it was too early by the clock that decided, as long as that turn lasts
            EtapeCombat::ExpirerTour { numero_tour, .. } => {
                if !accepte && numero_tour == self.numero_tour {
                    then.after(TOUR, SURSIS);
                }
            }
            // the end of the combat takes the timer back
            EtapeCombat::VerifierLimite { .. } => then.after(LIMITE, SURSIS),
            EtapeCombat::VaincreBoss { .. } => {
                self.devance |= !accepte;
                self.attendus = self.attendus.saturating_sub(1);
                if self.attendus == 0 {
                    self.quitte(then);
                }
            }
            EtapeCombat::Quitter { .. } => {}
        }
    }
}

fn plus_ms(time: DateTime<Utc>, ms: u32) -> DateTime<Utc> {
    let delta = TimeDelta::milliseconds(ms.into());
    time.checked_add_signed(delta).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
