//! What stands behind a server: the environment, a local process or a container.

use rustix::process::Signal;

use super::ServersError;
use super::container::Container;
use super::local::LocalServer;

/// Where a server came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It ran already; its address was in the environment. It cannot be killed or paused.
    Environment,
    /// Started from the programs of this machine.
    Local {
        /// The version it reports, such as `15.14`.
        version: String,
    },
    /// Started in a container.
    Docker,
}

#[derive(Debug)]
pub(super) enum Backing {
    Environment,
    Local(LocalServer),
    Docker(Box<Container>),
}

impl Backing {
    pub(super) fn origin(&self, version: &str) -> Origin {
        match self {
            Backing::Environment => Origin::Environment,
            Backing::Local(_) => Origin::Local { version: version.to_owned() },
            Backing::Docker(_) => Origin::Docker,
        }
    }

    pub(super) async fn kill9(&self) -> Result<(), ServersError> {
        match self {
            Backing::Environment => Err(ServersError::NotOurs { action: "kill" }),
            Backing::Local(server) => server.kill9().await,
            Backing::Docker(container) => container.kill9().await,
        }
    }

    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        match self {
            Backing::Environment => Err(ServersError::NotOurs { action: "pause" }),
            Backing::Local(server) => server.pause().await,
            Backing::Docker(container) => container.pause().await,
        }
    }

    pub(super) async fn resume(&self) -> Result<(), ServersError> {
        match self {
            Backing::Environment => Err(ServersError::NotOurs { action: "resume" }),
            Backing::Local(server) => server.resume().await,
            Backing::Docker(container) => container.resume().await,
        }
    }

    /// Ends the server in good order unless it has ended already; `signal` is for a local one.
    pub(super) async fn terminate(&self, signal: Signal) -> Result<(), ServersError> {
        match self {
            Backing::Environment => Err(ServersError::NotOurs { action: "restart" }),
            Backing::Local(server) if server.runs() => server.terminate(signal).await,
            Backing::Local(_) => Ok(()),
            Backing::Docker(container) => container.terminate().await,
        }
    }

    pub(super) async fn stop(self) -> Result<(), ServersError> {
        match self {
            Backing::Environment => Ok(()),
            Backing::Local(server) => server.stop().await,
            Backing::Docker(container) => container.stop().await,
        }
    }
}
