//! Compile errors are collected: one build shows all of them.

use std::fmt::Display;

use proc_macro2::Span;
use syn::{Error, Result};

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Adds an error at `span`.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.add(Error::new(span, message));
    }

    /// Adds an error.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds the error if `result` is one.
    pub(crate) fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.add(error);
        }
    }

    /// All errors as one, if there were any.
    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
