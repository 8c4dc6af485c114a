//! Process managers with settings of those who run them.

use crate::error::BoxError;
use crate::event::Recorded;
use crate::projection::Configured;
use crate::store::Filter;

use super::{Input, Outcome, ProcessManager, ProcessSettings, Reaction, Route, Run};

impl<M: ProcessManager> ProcessManager for Configured<M, ProcessSettings> {
    type State = M::State;
    type Command = M::Command;
    type Events = M::Events;

    fn name(&self) -> &'static str {
        self.inner().name()
    }

    fn filter(&self) -> Filter {
        self.inner().filter()
    }

    fn settings(&self) -> ProcessSettings {
        self.theirs().clone()
    }

    fn route(&self, event: &Recorded<M::Events>) -> Route {
        self.inner().route(event)
    }

    fn react(
        &self,
        state: &mut M::State,
        input: Input<'_, M::Events, M::Command>,
        then: &mut Reaction<M::Command>,
    ) -> Result<(), BoxError> {
        self.inner().react(state, input, then)
    }

    async fn execute(&self, command: &M::Command, run: Run<'_>) -> Result<Outcome, BoxError> {
        self.inner().execute(command, run).await
    }
}
