//! One of several Redis processes that belong together.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use rustix::process::Signal;
use uuid::Uuid;

use super::super::ServersError;
use super::super::local::{LocalServer, free_ports};
use super::super::watchdog::quote;
use super::look;
use super::wire::{Answer, ask};

/// How often other ports are tried when somebody else takes one first.
const GROUPS_TRIED: usize = 5;
/// How long processes may take to find each other.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// A process and its port on 127.0.0.1.
#[derive(Debug)]
pub struct Node {
    server: LocalServer,
    pub(super) port: u16,
}

/// What a process reads when it starts: names and texts of files in its folder; the first is its
/// configuration.
pub(super) type Files = Vec<(&'static str, String)>;

impl Node {
    /// Starts a group on free ports, all at the same time. `ports_each` ports are found for each of
    /// `count` nodes, the first of which it must answer on; `files` gets all of them.
    pub(super) async fn start_group(
        program: &Path,
        sentinel_from: usize,
        count: usize,
        ports_each: usize,
        files: impl Fn(&[Vec<u16>], usize) -> Files,
    ) -> Result<Vec<Node>, ServersError> {
        for _ in 0..GROUPS_TRIED {
            let ports = free_ports(count * ports_each)
                .map_err(ServersError::io("find free ports"))?
                .chunks(ports_each)
                .map(<[u16]>::to_vec)
                .collect::<Vec<_>>();
            let starting = (0..count).map(|index| {
                let kind = if index >= sentinel_from { " --sentinel" } else { "" };
                Node::start(program, kind, ports[index][0], files(&ports, index))
            });
            let nodes: Option<Vec<Node>> = try_join_all(starting).await?.into_iter().collect();
            if let Some(nodes) = nodes {
                return Ok(nodes);
            }
        }
        Err(ServersError::DidNotStart {
            server: "Redis",
            log: "other programs take its ports".into(),
        })
    }

    /// `None` if somebody else has the port.
    async fn start(
        program: &Path,
        kind: &str,
        port: u16,
        files: Files,
    ) -> Result<Option<Node>, ServersError> {
        let mut server = LocalServer::new("Redis", "KILL", false)?;
        let folder = server.folder().to_owned();
        let write = |(name, text): &(&str, String)| {
            let path = folder.join(name);
            std::fs::write(&path, text)?;
            // Redis rewrites what it was configured with, as another user than we are
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666))
        };
        files.iter().try_for_each(write).map_err(ServersError::io("write a server's settings"))?;
        let name = files.first().map_or("redis.conf", |(name, _)| name);
        server.set_command(format!("{} {}{kind}", quote(program), quote(folder.join(name))));
        let started = server.start_on(port, &look).await?;
        Ok(started.map(|_| Node { server, port }))
    }

    pub(super) async fn ask(&self, words: &[&str]) -> Result<Answer, ServersError> {
        ask("127.0.0.1", self.port, words).await.map_err(ServersError::io("ask a server"))
    }

    pub(super) async fn is_master(&self) -> bool {
        let role = self.ask(&["INFO", "replication"]).await;
        role.is_ok_and(|role| role.field("role") == Some("master"))
    }

    pub(super) fn runs(&self) -> bool {
        self.server.runs()
    }

    pub(super) async fn kill9(&self) -> Result<(), ServersError> {
        self.server.kill9().await
    }

    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        self.server.pause().await
    }

    pub(super) async fn resume(&self) -> Result<(), ServersError> {
        self.server.resume().await
    }

    /// Starts it again where it was, with the settings it has rewritten meanwhile.
    pub(super) async fn restart(&self) -> Result<(), ServersError> {
        if self.server.runs() {
            self.server.terminate(Signal::KILL).await?;
        }
        match self.server.start_on(self.port, &look).await? {
            Some(_) => Ok(()),
            None => Err(self.server.did_not_start(0)),
        }
    }

    pub(super) async fn stop(self) -> Result<(), ServersError> {
        self.server.stop().await
    }
}

/// Stops them all.
pub(super) async fn stop(nodes: Vec<Node>) -> Result<(), ServersError> {
    try_join_all(nodes.into_iter().map(Node::stop)).await.map(drop)
}

/// Waiting for something, within reason.
pub(super) struct Wait {
    what: &'static str,
    deadline: Instant,
}

impl Wait {
    /// What it means when it does not come.
    pub(super) fn or(what: &'static str) -> Self {
        Self { what, deadline: Instant::now() + READY_LIMIT }
    }

    /// A moment, before one looks again.
    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        if Instant::now() > self.deadline {
            return Err(ServersError::NotReady { what: self.what });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(())
    }
}

/// Settings that all of them share: nothing is written to the disk, replicas follow at once.
pub(super) fn settings(port: u16, more: &[(String, String)]) -> String {
    let mut text = format!(
        "bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\ndir .\nrepl-diskless-sync-delay 0\n"
    );
    for (name, value) in more {
        text.push_str(&format!("{name} {value}\n"));
    }
    text
}

/// The name of a node, 40 digits.
pub(super) fn random_id() -> String {
    let id = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    id[..40].to_owned()
}
