//! The processes of the nodes, and what is done to them.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, ChildStdin};
use tokio::time::Instant;

/// How long a node that is asked to stop may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// All nodes there are.
#[derive(Debug)]
pub(super) struct Fleet {
    url: String,
    nodes: Vec<NodeProcess>,
    /// Told to stop, and not gone yet.
    leaving: Vec<(NodeProcess, Instant)>,
    pub(super) started: usize,
    pub(super) kills: Vec<Kill>,
    pub(super) pauses: usize,
    pub(super) stops: usize,
    pub(super) findings: Vec<String>,
}

/// A node that was killed, and when.
#[derive(Debug, Clone)]
pub(super) struct Kill {
    pub(super) node: String,
    pub(super) at: DateTime<Utc>,
}

#[derive(Debug)]
struct NodeProcess {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    paused_until: Option<Instant>,
}

impl Fleet {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            nodes: Vec::new(),
            leaving: Vec::new(),
            started: 0,
            kills: Vec::new(),
            pauses: 0,
            stops: 0,
            findings: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many of them are not paused.
    pub(super) fn awake(&self) -> usize {
        self.nodes.iter().filter(|node| node.paused_until.is_none()).count()
    }

    pub(super) fn start(&mut self) -> Result<()> {
        self.started += 1;
        let name = format!("node-{}", self.started);
        let mut child = tokio::process::Command::new(std::env::current_exe()?)
            .args(["child", "--name", &name, "--url", &self.url])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("this program could not start itself")?;
        tell("started", &name);
        let stdin = child.stdin.take();
        self.nodes.push(NodeProcess { name, child, stdin, paused_until: None });
        Ok(())
    }

    /// Kills a node without a warning, unless it is the last one that is awake.
    pub(super) async fn kill(&mut self, index: usize) -> Result<bool> {
        let Some(index) = self.spared(index) else { return Ok(false) };
        let mut node = self.nodes.swap_remove(index);
        let at = Utc::now();
        node.child.kill().await?;
        tell("killed", &node.name);
        self.kills.push(Kill { node: node.name, at });
        Ok(true)
    }

    /// Lets a node stand still for a while, unless it is the last one that is awake.
    pub(super) fn pause(&mut self, index: usize, span: Duration) -> Result<bool> {
        let Some(index) = self.spared(index) else { return Ok(false) };
        let node = &mut self.nodes[index];
        if node.paused_until.is_some() {
            return Ok(false);
        }
        node.signal(Signal::STOP)?;
        node.paused_until = Some(Instant::now() + span);
        tell("paused", &node.name);
        self.pauses += 1;
        Ok(true)
    }

    /// Asks a node to end, as a deploy does, unless it is the last one that is awake.
    pub(super) fn stop(&mut self, index: usize) -> Result<bool> {
        let Some(index) = self.spared(index) else { return Ok(false) };
        if self.nodes[index].paused_until.is_some() {
            return Ok(false);
        }
        let mut node = self.nodes.swap_remove(index);
        node.stdin = None;
        tell("stopping", &node.name);
        self.leaving.push((node, Instant::now() + PATIENCE));
        self.stops += 1;
        Ok(true)
    }

    /// Wakes those whose pause is over, and looks for nodes that have ended on their own.
    pub(super) fn attend(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            if node.paused_until.is_some_and(|until| Instant::now() >= until) {
                node.signal(Signal::CONT)?;
                node.paused_until = None;
                tell("woken", &node.name);
            }
            if let Some(status) = node.child.try_wait()? {
                self.findings.push(format!("{} ended on its own with {status}", node.name));
            }
        }
        let findings = &mut self.findings;
        self.leaving.retain_mut(|(node, deadline)| match node.child.try_wait() {
            Ok(None) if Instant::now() < *deadline => true,
            Ok(Some(status)) if status.success() => false,
            end => {
                findings.push(format!("{} did not stop as it was asked to: {end:?}", node.name));
                false
            }
        });
        Ok(())
    }

    /// Wakes everybody, lets them find out what they missed, and kills all but one.
    pub(super) async fn leave_one(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            if node.paused_until.take().is_some() {
                node.signal(Signal::CONT)?;
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        while self.nodes.len() > 1 {
            self.kill(0).await?;
        }
        Ok(())
    }

    /// Stops those that are left, and waits for those that are leaving.
    pub(super) async fn end(&mut self) -> Result<()> {
        for mut node in std::mem::take(&mut self.nodes) {
            node.stdin = None;
            self.leaving.push((node, Instant::now() + PATIENCE));
        }
        while !self.leaving.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            self.attend()?;
        }
        Ok(())
    }

    /// A node that may be taken away: one is always left that is awake.
    fn spared(&self, index: usize) -> Option<usize> {
        let index = index % self.nodes.len().max(1);
        let node = self.nodes.get(index)?;
        (node.paused_until.is_some() || self.awake() > 1).then_some(index)
    }
}

impl NodeProcess {
    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        // one that has ended on its own is found out when it is looked for
        if let Some(pid) = pid {
            kill_process(pid, signal)?;
        }
        Ok(())
    }
}

/// For those who watch.
fn tell(what: &str, node: &str) {
    eprintln!("torture-nodes: {} {what} {node}", Utc::now().time());
}
