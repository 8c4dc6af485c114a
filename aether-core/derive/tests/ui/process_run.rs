//! A step of a process is one append: a second one does not compile.

use aether_core::command::IdOf;
use aether_core::process::{Outcome, Run};
use aether_core::{Aggregate, BoxError};

async fn twice<A: Aggregate>(
    run: Run<'_>,
    id: impl IdOf<A>,
    first: A::Command,
    second: A::Command,
) -> Result<Outcome, BoxError> {
    run.command::<A>(id, first).await?;
    run.command::<A>(id, second).await
}

async fn claimed<A: Aggregate>(
    run: Run<'_>,
    id: impl IdOf<A>,
    first: A::Command,
) -> Result<Outcome, BoxError> {
    run.command::<A>(id, first).await?;
    Ok(run.done())
}

fn main() {}
