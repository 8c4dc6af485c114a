//! The way of every command: past the circuit breaker, through a connection, and back with a meaning.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fred::clients::{Client, WithOptions};
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::ClientLike as _;
use fred::types::config::Options;

use super::meters::Family;
use super::{RedisClient, redirect};
use crate::error::{Error, Result};

impl RedisClient {
    /// Sends one command. `command` is called once; a second time, with a connection of its own, if
    /// the command's slot is on the move between nodes of a Cluster.
    pub(crate) async fn call<T, F>(
        &self,
        family: Family,
        command: impl Fn(WithOptions<Client>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, FredError>>,
    {
        let connection = self.connection()?;
        self.ask(family, &connection, command).await.map_err(self.error())
    }

    /// As [`call`](Self::call), through a connection from before, with the library's own error: hand it to
    /// [`error`](Self::error).
    pub(crate) async fn ask<T, F>(
        &self,
        family: Family,
        connection: &WithOptions<Client>,
        command: impl Fn(WithOptions<Client>) -> F,
    ) -> Result<T, FredError>
    where
        F: Future<Output = Result<T, FredError>>,
    {
        self.sent(family, async {
            match command(connection.clone()).await {
                Err(error) if redirect::is_needed(&error) => {
                    self.inner.redirects.follow(&self.inner, &command).await
                }
                answer => answer,
            }
        })
        .await
    }

    /// Measures a command that was sent once, through a connection from before, and counts its answer. Only
    /// [`ask`](Self::ask) follows slots of a Cluster that move.
    pub(crate) async fn sent<T>(
        &self,
        family: Family,
        answer: impl Future<Output = Result<T, FredError>>,
    ) -> Result<T, FredError> {
        let started = Instant::now();
        let answer = answer.await;
        self.inner.meters.took(family, started.elapsed());
        if answer.is_ok() {
            self.inner.breaker.answered();
        }
        answer
    }

    /// A connection that stands, with limits on everything that is sent through it; refused while the
    /// circuit is open. What comes back through [`error`](Self::error) is counted; rather use
    /// [`call`](Self::call), which counts and measures answers too, and follows moving slots.
    pub(crate) fn connection(&self) -> Result<WithOptions<Client>> {
        self.check_circuit()?;
        self.any_connection().map_err(|source| {
            let unreachable = Error::Unreachable { source: source.into() };
            unreachable.count();
            unreachable
        })
    }

    /// For how long a command may be under way.
    pub(crate) fn command_timeout(&self) -> Duration {
        self.inner.settings.command_timeout
    }

    /// Refuses while the circuit is open.
    pub(crate) fn check_circuit(&self) -> Result<()> {
        self.inner.breaker.check().map_err(|retry_after| {
            let refused = Error::CircuitOpen { retry_after };
            refused.count();
            refused
        })
    }

    /// As [`connection`](Self::connection), for those who have passed the circuit breaker.
    pub(crate) fn any_connection(&self) -> Result<WithOptions<Client>, FredError> {
        let Some(client) = self.inner.next_connection() else {
            return Err(FredError::new(ErrorKind::IO, "not connected"));
        };
        Ok(client.with_options(&self.inner.options()))
    }

    /// Gives an error of the client library its meaning, and counts it.
    pub(crate) fn error(&self) -> impl Fn(FredError) -> Error + Copy {
        move |error| {
            let error = self.meaning(error);
            error.count();
            if matches!(error, Error::Timeout { .. } | Error::Unreachable { .. }) {
                self.inner.failed();
            } else {
                self.inner.breaker.answered();
            }
            error
        }
    }

    /// Gives an error of the client library its meaning.
    pub(crate) fn meaning(&self, error: FredError) -> Error {
        Error::of(error, self.inner.settings.command_timeout)
    }
}

/// How many commands in a row go over one connection before it is the next one's turn. What is asked for at the same
/// time then travels in one packet: dealt out one by one over four connections, it takes nearly twice the work.
const IN_A_ROW: usize = 64;

impl super::Inner {
    /// The connection whose turn it is, or the next one that stands.
    fn next_connection(&self) -> Option<&Client> {
        let clients = self.pool.clients();
        let turn = self.sent.fetch_add(1, Ordering::Relaxed) / IN_A_ROW % clients.len();
        let astray = self.astray.load(Ordering::Relaxed);
        let in_turn = (turn..clients.len()).chain(0..turn);
        in_turn
            .filter(|index| astray & bit(*index) == 0)
            .map(|index| &clients[index])
            .find(|client| client.is_connected())
    }

    pub(super) fn options(&self) -> Options {
        Options {
            timeout: Some(self.settings.command_timeout),
            max_attempts: Some(1),
            fail_fast: true,
            ..Options::default()
        }
    }
}

/// What stands for a connection in [`Inner::astray`](super::Inner); nothing beyond the 64th.
pub(super) fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}
