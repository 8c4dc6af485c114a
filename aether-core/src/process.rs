#![doc = include_str!("docs/processes.md")]

use crate::event::Recorded;

mod configured;
mod failure;
mod instance;
pub(crate) mod manager;
pub(crate) mod port;
mod projection;
mod reaction;
mod route;
mod run;
pub(crate) mod runner;
mod settings;
mod task;

pub use port::{
    Backlog, Delay, ProcessChange, SentCommand, SetTimer, StoredProcess, Stuck, Task, TimerChange,
    Work,
};
pub use projection::ProcessProjection;
pub use reaction::Reaction;
pub use route::Route;
pub use run::{Outcome, Run, Unit};
pub use runner::ProcessRunner;
pub use settings::ProcessSettings;

pub(crate) use manager::ProcessManager;
pub(crate) use port::{ProcessOperations, Processes};

/// What a process reacts to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a, E, C> {
    /// Something happened.
    Event(&'a Recorded<E>),
    /// The time of the timer with this name has come.
    Timer(&'a str),
    /// A command was carried out.
    Done(&'a C),
    /// A command was refused, and will never be carried out: take back what was done before it.
    Refused {
        /// The command.
        command: &'a C,
        /// Why, for people to read.
        reason: &'a str,
    },
}
