//! The process of world events: it counts what players do for them, ends them in time, rewards everybody who took part, and lets bosses
//! that have rested come back.
//!
//! | process | id | does |
//! |---|---|---|
//! | that counts | that of the world | gathers what players do, and brings the events forward in batches |
//! | of an event | that of the event | ends it when its time is over |
//! | that rewards | follows from the event and a number | rewards its part of the participants, one step each |
//! | of a boss | follows from the boss | lets it appear again |
//!
//! What counts depends on the kind of the event, and happens in its zone, if it has one:
//!
//! | kind | what counts |
//! |---|---|
//! | `INVASION` | each foe that died, for each player of the other side who did not flee |
//! | `CHASSE` | each boss that was beaten, for each of those who beat it |
//! | `COLLECTE` | each piece that was gathered |
//! | `FESTIVAL` | each talk with a character |
//!
//! A batch is sent when the one before it is counted. So the world gets few commands, however much is going on. What players did in time and is
//! counted too late, since all nodes were down, does not count.

use std::num::NonZeroU32;

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::uuid::Uuid;
use aether_core::{BoxError, ProcessManager, Recorded};
use serde::{Deserialize, Serialize};

use super::etape::mener;
use crate::monde::{MondeCommand, RecompenseEvenement};
use crate::values::{BossId, CombatId, EvenementId, JoueurId, MondeId, Nom, ZoneId};

mod events;
mod execute;
mod react;
mod state;

pub use events::{Agitation, Annonce, Fin, Parole};
pub use state::{Apparition, EnCours, Lot, SuiviMonde};

/// Leads world events.
#[derive(Debug, Clone, Copy, Default)]
pub struct EvenementMondial;

impl EvenementMondial {
    /// How many processes reward the participants of an event, side by side.
    pub const FILES: u8 = 16;
}

/// What is to be done for the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EtapeEvenement {
    /// Bring events forward.
    Compter {
        /// Who did how much for which.
        contributions: Vec<(EvenementId, JoueurId, NonZeroU32)>,
        /// Who has left which combat.
        combats: Vec<(JoueurId, CombatId)>,
        /// The events for which the foes of these combats count, and where.
        invasions: Vec<(EvenementId, Option<ZoneId>)>,
    },
    /// End an event whose time is over.
    Expirer {
        /// Which.
        evenement_id: EvenementId,
    },
    /// Reward a participant.
    Recompenser {
        /// What for.
        evenement_id: EvenementId,
        /// Whom.
        joueur_id: JoueurId,
        /// With what.
        recompense: RecompenseEvenement,
    },
    /// Let a boss appear again.
    FaireApparaitre {
        /// Which.
        boss_id: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// How many seconds it rests when it is beaten.
        repos_s: u32,
    },
}

impl ProcessManager for EvenementMondial {
    type State = SuiviMonde;
    type Command = EtapeEvenement;
    type Events = Agitation;

    fn name(&self) -> &'static str {
        "evenement_mondial"
    }

    fn route(&self, event: &Recorded<Agitation>) -> Route {
        let compte = MondeId::UNIQUE.as_uuid();
        match &event.event {
            Agitation::Monde(Annonce::EvenementMondialDeclenche { evenement_id, .. }) => {
                Route::each([compte, evenement_id.as_uuid()])
            }
            Agitation::Monde(Annonce::EvenementMondialTermine {
                evenement_id,
                participants,
                ..
            }) => {
                let files = (0..Self::FILES).take(participants.len());
                let files = files.map(|numero| file(*evenement_id, numero));
                Route::each([compte, evenement_id.as_uuid()].into_iter().chain(files))
            }
            Agitation::Monde(Annonce::BossVaincu { boss_id, .. }) => {
                Route::each([compte, process_du_boss(*boss_id)])
            }
            _ => Route::to(compte),
        }
    }

    fn react(
        &self,
        suivi: &mut SuiviMonde,
        input: Input<'_, Agitation, EtapeEvenement>,
        then: &mut Reaction<EtapeEvenement>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => suivi.entend(event, then),
            Input::Timer(_) => suivi.sonne(then),
            Input::Done(EtapeEvenement::Compter { .. })
            | Input::Refused { command: EtapeEvenement::Compter { .. }, .. } => suivi.compte(then),
            Input::Refused { command, .. } => suivi.trop_tot(command, then),
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, etape: &EtapeEvenement, run: Run<'_>) -> Result<Outcome, BoxError> {
        match etape {
            EtapeEvenement::Compter { contributions, combats, invasions } => {
                mener(&execute::Compte { contributions, combats, invasions }, run).await
            }
            EtapeEvenement::Expirer { evenement_id } => {
                let expirer = MondeCommand::ExpirerEvenement { evenement: *evenement_id };
                run.command(MondeId::UNIQUE, expirer).await
            }
            EtapeEvenement::Recompenser { evenement_id, joueur_id, recompense } => {
                let (evenement_id, joueur_id) = (*evenement_id, *joueur_id);
                mener(&execute::Octroi { evenement_id, joueur_id, recompense }, run).await
            }
            EtapeEvenement::FaireApparaitre { boss_id, nom, zone_id, repos_s } => {
                let apparition = MondeCommand::FaireApparaitreBoss {
                    boss: *boss_id,
                    nom: nom.clone(),
                    zone: *zone_id,
                    repos_s: *repos_s,
                };
                run.command(MondeId::UNIQUE, apparition).await
            }
        }
    }
}

/// A process that rewards a part of the participants.
fn file(evenement: EvenementId, numero: u8) -> Uuid {
    Uuid::new_v5(&evenement.as_uuid(), &[numero])
}

fn process_du_boss(boss: BossId) -> Uuid {
    Uuid::new_v5(&boss.as_uuid(), b"apparition")
}
