//! Units over several aggregates. An engine stores them; the generator of the world only folds them.
//!
//! Functions that make a unit take [`Unites`] where they need somebody to begin it. So one function serves both, and a history
//! that was made up consists of the very units that players cause.

use aether_core::command::{Atomic, IdOf};
use aether_core::process;
use aether_core::{Aggregate, Context, Engine};

/// Begins units.
pub trait Unites {
    /// A unit in the making.
    type Unite: Unite;

    /// Begins a unit. Nothing happens before it is committed.
    fn atomic(&self, context: Context) -> Self::Unite;
}

/// A unit in the making: all of it happens or nothing.
pub trait Unite: Sized {
    /// One more command. Two on one aggregate see each other.
    #[must_use = "nothing happens before it is committed"]
    fn command<A: Aggregate>(self, id: impl IdOf<A>, command: impl Into<A::Command>) -> Self;

    /// A condition on an aggregate, as the steps before leave it.
    #[must_use = "nothing happens before it is committed"]
    fn provided<A: Aggregate>(
        self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self;
}

impl Unites for Engine {
    type Unite = Atomic;

    fn atomic(&self, context: Context) -> Atomic {
        self.atomic(context)
    }
}

impl Unite for Atomic {
    fn command<A: Aggregate>(self, id: impl IdOf<A>, command: impl Into<A::Command>) -> Self {
        self.command(id, command)
    }

    fn provided<A: Aggregate>(
        self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        self.provided(id, check)
    }
}

impl Unite for process::Unit {
    fn command<A: Aggregate>(self, id: impl IdOf<A>, command: impl Into<A::Command>) -> Self {
        self.command(id, command)
    }

    fn provided<A: Aggregate>(
        self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        self.provided(id, check)
    }
}
