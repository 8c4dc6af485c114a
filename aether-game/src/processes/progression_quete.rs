//! The process of a player's quests: what he does advances them; it finishes them, pays them, and lets them fail in time.
//!
//! It is one process per player, which never ends. It remembers the quests that he follows, and where he has been and with whom he has
//! talked. So what was so before he accepted a quest counts for it, once: each fact has an id, under which an attempt counts it once.
//!
//! | what he does | counts as |
//! |---|---|
//! | a combat, when he leaves it without having fled | a kill of each foe that died |
//! | a character slain by his hand | a kill |
//! | a zone discovered, a combat, a harvest or a talk in a zone | a visit |
//! | a talk with a character | a talk |
//!
//! A fact has the time of its event, and counts if that was before the quest's time was over. So a node that was down may hear of all at once: what
//! a timer finds is first noted in the log, and the quest fails when that comes back. By then all that was stored before was heard.
//!
//! Items count when they are handed in, in one append with the bag that they leave
//! ([`livrer`](crate::quete::progres::unites::livrer)): so one delivery serves one quest.

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{BoxError, ProcessManager, Recorded};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::etape::mener;
use crate::combat::TypeEntite;
use crate::quete::{Fait, ProgresCommand, RaisonEchec};
use crate::values::{CombatId, JoueurId, ProgresId, QueteId};

mod events;
mod execute;
mod react;
mod state;

pub use events::{Avancee, Declenche, Depart, Nouvelle, Parole, Present, Sortie};
pub use state::{Carnet, Suivie};

/// Counts what players do for their quests.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProgressionQuete;

/// An attempt at a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tentative {
    /// The quest.
    pub quete_id: QueteId,
    /// The number of the attempt.
    pub numero: u32,
}

/// What is to be done about a player's quests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EtapeQuete {
    /// Count facts for these attempts.
    Compter {
        /// Which.
        tentatives: Vec<Tentative>,
        /// What happened.
        faits: Vec<Fait>,
    },
    /// Count what happened in a combat for these attempts.
    CompterCombat {
        /// Which.
        tentatives: Vec<Tentative>,
        /// The combat.
        combat_id: CombatId,
        /// When the player left it.
        quitte_a: DateTime<Utc>,
    },
    /// Finish a quest that is complete.
    Terminer(Tentative),
    /// Pay what is due.
    Recompenser(Tentative),
    /// Note that the time of a quest is over.
    Expirer(Tentative),
    /// Let a quest fail whose time is over: all that happened before has been heard.
    Echouer(Tentative),
}

impl ProcessManager for ProgressionQuete {
    type State = Carnet;
    type Command = EtapeQuete;
    type Events = Nouvelle;

    fn name(&self) -> &'static str {
        "progression_quete"
    }

    fn route(&self, event: &Recorded<Nouvelle>) -> Route {
        match &event.event {
            Nouvelle::Combat(Depart::CombatDemarre { participants, .. }) => {
                let joueurs = participants.iter().filter(|it| it.type_entite == TypeEntite::Joueur);
                Route::each(joueurs.map(|it| it.entite_id.as_uuid()))
            }
            Nouvelle::Joueur(_) => Route::to(event.aggregate_id),
            autre => Route::each(autre.joueur().map(JoueurId::as_uuid)),
        }
    }

    fn react(
        &self,
        carnet: &mut Carnet,
        input: Input<'_, Nouvelle, EtapeQuete>,
        then: &mut Reaction<EtapeQuete>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => carnet.entend(event, then),
            Input::Timer(timer) => carnet.sonne(timer, then),
            Input::Refused { command: EtapeQuete::Expirer(tentative), .. } => {
                carnet.trop_tot(*tentative, then);
            }
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, etape: &EtapeQuete, run: Run<'_>) -> Result<Outcome, BoxError> {
        let joueur = JoueurId::new(run.process());
        let progres = |it: &Tentative| ProgresId::du_joueur(it.quete_id, joueur);
        match etape {
            EtapeQuete::Compter { tentatives, faits } => {
                execute::compter(joueur, tentatives, faits, run).await
            }
            EtapeQuete::CompterCombat { tentatives, combat_id, quitte_a } => {
                let quitte = (*combat_id, *quitte_a);
                execute::compter_combat(joueur, tentatives, quitte, run).await
            }
            EtapeQuete::Terminer(it) => {
                run.command(progres(it), ProgresCommand::Terminer { tentative: it.numero }).await
            }
            EtapeQuete::Recompenser(it) => {
                mener(&execute::Paiement { joueur_id: joueur, tentative: *it }, run).await
            }
            EtapeQuete::Expirer(it) => {
                run.command(progres(it), ProgresCommand::Expirer { tentative: it.numero }).await
            }
            EtapeQuete::Echouer(it) => {
                let raison = RaisonEchec::Expiration;
                let echouer = ProgresCommand::Echouer { tentative: it.numero, raison };
                run.command(progres(it), echouer).await
            }
        }
    }
}
