//! Commands whose slot is on the move between two nodes of a Cluster.
//!
//! A node answers `ASK host:port` for keys that have gone already. The client library cannot follow that
//! on a connection that many share (it takes the next answer on it for its own, no matter whose it is, and
//! sends the command to the old node again), so the pool never follows; it comes here instead. Here one
//! command at a time goes from node to node, over connections that nobody else uses.

use std::collections::HashMap;

use fred::clients::{Client, WithOptions};
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::{ClientLike as _, ClusterInterface as _};
use fred::types::config::{Server, ServerConfig};
use fred::types::{ClusterHash, CustomCommand};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::Inner;
use super::config::{Purpose, builder};

/// How often a command may be sent elsewhere.
const HOPS: usize = 5;

/// Whether the pool gave a command up because another node has its slot.
pub(super) fn is_needed(error: &FredError) -> bool {
    error.is_cluster() && Redirect::read(error.details()).is_some()
        || *error.kind() == ErrorKind::Routing && error.details().contains("redirections")
}

/// Connections to single nodes.
#[derive(Default)]
pub(super) struct Redirects {
    nodes: Mutex<HashMap<Server, Client>>,
}

impl Redirects {
    /// Sends a command from node to node until one takes it, within the time of one command.
    pub(super) async fn follow<T, F>(
        &self,
        inner: &Inner,
        command: impl Fn(WithOptions<Client>) -> F,
    ) -> Result<T, FredError>
    where
        F: Future<Output = Result<T, FredError>>,
    {
        let followed = async {
            let mut nodes = self.nodes.lock().await;
            let result = hop(inner, &mut nodes, command).await;
            if result.as_ref().is_err_and(|error| {
                matches!(error.kind(), ErrorKind::Timeout | ErrorKind::IO | ErrorKind::Canceled)
            }) {
                close(&inner.runtime, &mut nodes);
            }
            result
        };
        match tokio::time::timeout(inner.settings.command_timeout, followed).await {
            Ok(result) => result,
            Err(_) => Err(FredError::new(ErrorKind::Timeout, "following a moving slot")),
        }
    }

    /// Ends all connections.
    pub(super) fn end(&self, runtime: &Handle) {
        if let Ok(mut nodes) = self.nodes.try_lock() {
            close(runtime, &mut nodes);
        }
    }
}

async fn hop<T, F>(
    inner: &Inner,
    nodes: &mut HashMap<Server, Client>,
    command: impl Fn(WithOptions<Client>) -> F,
) -> Result<T, FredError>
where
    F: Future<Output = Result<T, FredError>>,
{
    let (mut target, mut node) = first(inner, nodes).await?;
    let mut asking = false;
    for _ in 0..HOPS {
        let connection = node.with_options(&inner.options());
        if asking {
            let asking = CustomCommand::new_static("ASKING", ClusterHash::Random, false);
            let _: () = connection.custom(asking, Vec::<String>::new()).await?;
        }
        match command(connection).await {
            Err(error) => match Redirect::read(error.details()) {
                Some(redirect) => {
                    asking = redirect.asking;
                    target = redirect.target(&target);
                    node = reach(inner, nodes, &target).await?;
                }
                None => return Err(error),
            },
            answer => return answer,
        }
    }
    Err(FredError::new(ErrorKind::Routing, "too many redirections"))
}

/// Any master that is there: each knows the way.
async fn first(
    inner: &Inner,
    nodes: &mut HashMap<Server, Client>,
) -> Result<(Server, Client), FredError> {
    let cached = inner.pool.next_connected().cached_cluster_state();
    let cached = cached.map(|slots| slots.unique_primary_nodes()).unwrap_or_default();
    let mut last = FredError::new(ErrorKind::Cluster, "no node is known");
    for server in cached.into_iter().chain(inner.config.server.hosts()) {
        match reach(inner, nodes, &server).await {
            Ok(node) => return Ok((server, node)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn reach(
    inner: &Inner,
    nodes: &mut HashMap<Server, Client>,
    server: &Server,
) -> Result<Client, FredError> {
    if let Some(node) = nodes.get(server).filter(|node| node.is_connected()) {
        return Ok(node.clone());
    }
    let node = connect(inner, server).await?;
    nodes.insert(server.clone(), node.clone());
    Ok(node)
}

async fn connect(inner: &Inner, node: &Server) -> Result<Client, FredError> {
    let mut config = inner.config.clone();
    config.server = ServerConfig::Centralized { server: node.clone() };
    let alone = Purpose::Alone(inner.settings.command_timeout);
    let client = builder(config, &inner.settings, alone).build()?;
    client.init().await?;
    Ok(client)
}

fn close(runtime: &Handle, nodes: &mut HashMap<Server, Client>) {
    for (_, node) in nodes.drain() {
        runtime.spawn(async move { node.quit().await });
    }
}

/// `MOVED 866 127.0.0.1:7001` or `ASK 866 127.0.0.1:7001`.
#[derive(Debug, PartialEq, Eq)]
struct Redirect {
    asking: bool,
    /// Empty if it is the host that was asked.
    host: String,
    port: u16,
}

impl Redirect {
    fn read(answer: &str) -> Option<Self> {
        let mut words = answer.split_whitespace();
        let asking = match words.next()? {
            "MOVED" => false,
            "ASK" => true,
            _ => return None,
        };
        let _slot: u16 = words.next()?.parse().ok()?;
        let (host, port) = words.next()?.rsplit_once(':')?;
        Some(Self { asking, host: host.to_owned(), port: port.parse().ok()? })
    }

    fn target(self, asked: &Server) -> Server {
        match self.host.as_str() {
            "" => Server::new(asked.host.clone(), self.port),
            _ => Server::new(self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_is_read() {
        let redirect = Redirect::read("ASK 866 10.0.0.1:7001").unwrap();
        let expected = Redirect { asking: true, host: "10.0.0.1".into(), port: 7001 };
        assert_eq!(redirect, expected);
        let same_host = Redirect::read("MOVED 866 :7001").unwrap();
        assert_eq!(same_host.target(&Server::new("here", 1)), Server::new("here", 7001));
        for other in ["ERR no", "MOVED", "MOVED x 1:2", "ASK 1 nohost", ""] {
            assert_eq!(Redirect::read(other), None, "{other}");
        }
    }
}
