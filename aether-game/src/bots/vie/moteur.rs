//! A bot's way to the game: it loads states, and commits units.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::command::{Atomic, AtomicExecuted, IdOf, Loaded};
use aether_core::{Aggregate, Context, Error, ExecuteError};

use super::bot::Bot;
use crate::combat::{CombatId, Demarrer};
use crate::refus::{Refus, dans};
use crate::world::choix::Verbe;

/// Looks on while bots live: for counters, clocks and screens. Calls have to be short.
pub trait Temoin: Send + Sync + 'static {
    /// A unit happened. The verb is that of the act; none for a birth, and for a turn of a combat.
    fn accepte(&self, _verbe: Option<Verbe>, _faite: &AtomicExecuted, _duree: Duration) {}

    /// A rule refused a unit.
    fn refuse(&self, _verbe: Option<Verbe>, _code: &'static str) {}

    /// A combat has begun.
    fn combat(&self, _combat: CombatId, _depart: &Demarrer) {}
}

/// Nobody looks on.
pub(super) struct PasDeTemoin;

impl Temoin for PasDeTemoin {}

/// Why a bot was not born.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Naissance {
    /// There are not so many names.
    #[error("there is no name for player number {0}")]
    SansNom(u32),
    /// A rule refused it: most likely the name is taken. Another number may do.
    #[error("player number {numero} was refused: {code}")]
    Refusee {
        /// The number.
        numero: u32,
        /// The code of the refusal.
        code: &'static str,
    },
    /// The engine failed.
    #[error("the engine failed")]
    Moteur(#[from] Error),
}

/// Why an act was not done.
#[derive(Debug)]
pub(super) enum Arret {
    /// There was nothing of its kind to do.
    Rien,
    /// A rule refused it; it is counted.
    Refuse(&'static str),
    /// The engine failed.
    Panne(Error),
}

impl From<Error> for Arret {
    fn from(error: Error) -> Self {
        Self::Panne(error)
    }
}

/// What comes of an act.
pub(super) type Acte<T = ()> = Result<T, Arret>;

/// A state, as the log has it now.
pub(super) type Etat<A> = Arc<Loaded<A>>;

impl Bot {
    /// The state of an aggregate, past every cache; that before its first event, if there was none.
    pub(super) async fn etat<A: Aggregate>(&self, id: impl IdOf<A>) -> Acte<Etat<A>> {
        Ok(self.engine.find::<A>(id).await?.unwrap_or_default())
    }

    /// Carries out a unit of one command.
    pub(super) async fn execute<A: Aggregate>(
        &mut self,
        id: impl IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Acte<AtomicExecuted> {
        let unit = self.engine.atomic(Context::new()).command(id, command);
        self.commet(unit).await
    }

    /// Carries out a unit. A refusal is counted.
    pub(super) async fn commet(&mut self, unit: Atomic) -> Acte<AtomicExecuted> {
        let debut = Instant::now();
        match unit.commit().await {
            Ok(faite) => {
                self.bilan.unites += 1;
                self.reglages.temoin.accepte(self.verbe, &faite, debut.elapsed());
                Ok(faite)
            }
            Err(ExecuteError::Rejected(rejection)) => {
                Err(self.compte(dans(&rejection).map_or("INCONNU", Refus::code)))
            }
            Err(ExecuteError::Store(error)) => Err(error.into()),
            Err(other) => Err(Error::of_handler(other.into()).into()),
        }
    }

    /// A rule refused before a unit was made.
    pub(super) fn refuse(&mut self, refus: &dyn Refus) -> Arret {
        self.compte(refus.code())
    }

    fn compte(&mut self, code: &'static str) -> Arret {
        *self.bilan.refus.entry(code).or_default() += 1;
        self.reglages.temoin.refuse(self.verbe, code);
        Arret::Refuse(code)
    }
}
