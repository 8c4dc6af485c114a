//! What handlers read of a request; whatever is not as expected is a problem.

mod body;
mod command;
mod parameters;

pub(crate) use body::{Body, Nothing, read};
pub(crate) use command::{Command, Sent};
pub(crate) use parameters::{InPath, InQuery};
