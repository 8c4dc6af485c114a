//! An error in words: each cause once.

use std::error::Error as StdError;
use std::fmt;

use crate::error::{Error, SharedError};

/// An error and its causes as one line. A cause that the line has already told is left out.
///
/// This crate's errors tell their cause in their own message, and then have no
/// [`source`](std::error::Error::source); other crates do one, the other, or both. `Reason` reads the same for all
/// of them.
///
/// ```
/// use aether_core::backend::Reason;
/// use aether_core::Error;
///
/// let refused = std::io::Error::other("connection refused");
/// let error = Error::Unavailable { source: refused.into() };
/// assert_eq!(error.to_string(), "the store is not available: connection refused");
/// assert_eq!(Reason(&error).to_string(), error.to_string());
/// ```
#[derive(Clone, Copy)]
pub struct Reason<'a>(pub &'a (dyn StdError + 'static));

impl<'a> Reason<'a> {
    /// The error and everything below it, also what its message tells already: for looking at the causes' types.
    pub fn causes(self) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
        std::iter::successors(Some(self.0), |&error| told(error).or_else(|| error.source()))
    }
}

/// The error below one of this crate's that its message has told.
fn told<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.cause();
    }
    error.downcast_ref().map(SharedError::get)
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !told.contains(&text) {
                told = format!("{told}: {text}");
            }
            cause = error.source();
        }
        f.write_str(&told)
    }
}

impl fmt::Debug for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What happened, and why. An error that passes through several hands says what happened once.
pub(crate) struct Because<'a>(pub(crate) &'a str, pub(crate) &'a (dyn StdError + 'static));

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(what, why) = self;
        let why = Reason(*why).to_string();
        match why.contains(what) {
            true => f.write_str(&why),
            false => write!(f, "{what}: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{BoxError, ExecuteError};

    /// An error of a crate that tells its cause and names it as well.
    #[derive(Debug, thiserror::Error)]
    #[error("the disk failed: {0}")]
    struct Both(#[source] std::io::Error);

    /// One that only names it.
    #[derive(Debug, thiserror::Error)]
    #[error("no page")]
    struct Named(#[source] Both);

    fn failing() -> BoxError {
        Named(Both(std::io::Error::other("sector 7"))).into()
    }

    #[test]
    fn each_cause_is_told_once_whichever_way_it_is_named() {
        assert_eq!(Reason(&*failing()).to_string(), "no page: the disk failed: sector 7");
        let error = Error::Backend { source: failing() };
        let told = "the store failed: no page: the disk failed: sector 7";
        assert_eq!(error.to_string(), told);
        assert_eq!(Reason(&error).to_string(), told);
        assert!(error.source().is_none(), "a printer of chains tells nothing twice");
    }

    #[test]
    fn an_error_that_is_passed_on_says_once_what_happened() {
        let first = Error::Backend { source: failing() };
        let passed_on = Error::Backend { source: Box::new(first) };
        let told = "the store failed: no page: the disk failed: sector 7";
        assert_eq!(passed_on.to_string(), told);
    }

    #[test]
    fn the_causes_are_found_below_what_tells_them() {
        let error = Error::Unavailable { source: Box::new(Error::Backend { source: failing() }) };
        let found = Reason(&error).causes().find_map(|cause| cause.downcast_ref::<Both>());
        assert!(found.is_some());
        let shared = SharedError::new(std::sync::Arc::new(error));
        let failed = ExecuteError::<Both>::Store(Error::Unavailable { source: Box::new(shared) });
        let error = Error::Backend { source: Box::new(failed) };
        let found = Reason(&error).causes().find_map(|cause| cause.downcast_ref::<Both>());
        assert!(found.is_some(), "{error}");
    }
}
