//! From the errors of the engine, the store and Redis to what a client is told.

use aether_core::{Context, Error, ErrorKind, ExecuteError, Rejection};
use aether_game::refus::{self, Refus};
use axum::http::header::ETAG;

use super::{Code, Problem};
use crate::compte::CompteRefus;
use crate::etag;

impl Problem {
    /// A command was not carried out. Where it expected a version, having another one is the client's to look at.
    pub(crate) fn of<E: Refus>(error: ExecuteError<E>, context: &Context) -> Self {
        match error {
            ExecuteError::Rejected(refusal) => Self::refused(&refusal),
            ExecuteError::Store(error) => Self::of_store(error, context),
            _ => Self::new(Code::INTERNAL),
        }
    }

    /// A unit over several aggregates was not carried out.
    pub(crate) fn of_unit(error: ExecuteError<Rejection>, context: &Context) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => {
                let account = rejection.downcast_ref::<CompteRefus>();
                match account.map(|it| it as &dyn Refus).or_else(|| refus::dans(&rejection)) {
                    Some(refusal) => Self::refused(refusal),
                    None => internal(&rejection),
                }
            }
            ExecuteError::Store(error) => Self::of_store(error, context),
            _ => Self::new(Code::INTERNAL),
        }
    }

    fn of_store(error: Error, context: &Context) -> Self {
        match error {
            Error::Conflict { actual, .. } if context.expected().is_some() => {
                Self::new(Code::VERSION).header(ETAG, etag::value(actual))
            }
            error => error.into(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Conflict => Self::new(Code::CONFLICT).retry_after(1),
            ErrorKind::Invalid if error.is_command_mismatch() => Self::new(Code::KEY_REUSED),
            ErrorKind::NotFound => Self::new(Code::UNKNOWN),
            ErrorKind::Unavailable | ErrorKind::OutcomeUnknown => {
                tracing::debug!(%error, "the store is away");
                Self::new(Code::UNAVAILABLE).retry_after(1)
            }
            _ => internal(&error),
        }
    }
}

impl From<aether_postgres::Error> for Problem {
    fn from(error: aether_postgres::Error) -> Self {
        if error.is_transient() {
            tracing::debug!(%error, "the database is away");
            return Self::new(Code::UNAVAILABLE).retry_after(1);
        }
        internal(&error)
    }
}

/// What an operator asked for.
impl From<aether_cli::Error> for Problem {
    fn from(error: aether_cli::Error) -> Self {
        match error {
            error if error.is_transient() => Self::new(Code::UNAVAILABLE).retry_after(1),
            aether_cli::Error::Request(what) => Self::new(Code::UNKNOWN).detail(what),
            error => internal(&error),
        }
    }
}

impl From<aether_redis::Error> for Problem {
    fn from(error: aether_redis::Error) -> Self {
        if error.is_transient() {
            tracing::debug!(%error, "redis is away");
            return Self::new(Code::UNAVAILABLE).retry_after(1);
        }
        internal(&error)
    }
}

/// What nobody foresaw: for our log, not for the client.
fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a request failed");
    Problem::new(Code::INTERNAL)
}
