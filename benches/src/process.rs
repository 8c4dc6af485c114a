//! A process that a torture run starts of its own program: it tells what happens to it, a line each, and takes orders.

use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A child, and the task that hears what it says. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    listening: JoinHandle<Result<()>>,
}

impl Process {
    /// Starts this program again; `hear` gets each line of its output.
    pub(crate) fn start(
        name: String,
        arguments: impl IntoIterator<Item = String>,
        mut hear: impl FnMut(&str) -> Result<()> + Send + 'static,
    ) -> Result<Self> {
        let mut child = tokio::process::Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("this program could not start itself")?;
        let stdout = child.stdout.take().context("a child without output")?;
        let listening = tokio::spawn(async move {
            let mut lines = BufReader::with_capacity(1 << 16, stdout).lines();
            while let Some(line) = lines.next_line().await? {
                hear(&line).with_context(|| format!("a child said {line:?}"))?;
            }
            Ok(())
        });
        Ok(Self { name, stdin: child.stdin.take(), child, listening })
    }

    /// Gives it an order.
    pub(crate) async fn tell(&mut self, order: &str) {
        if let Some(stdin) = &mut self.stdin {
            // a child that is gone is found out when it is waited for
            let _ = stdin.write_all(format!("{order}\n").as_bytes()).await;
            let _ = stdin.flush().await;
        }
    }

    /// Waits for its end, and kills it when that does not come in time. Returns what was wrong.
    pub(crate) async fn end(mut self, deadline: Instant) -> Vec<String> {
        let mut findings = Vec::new();
        match tokio::time::timeout_at(deadline, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => {}
            Ok(Ok(status)) => findings.push(format!("{} ended with {status}", self.name)),
            Ok(Err(error)) => findings.push(format!("{} was lost: {error}", self.name)),
            Err(_) => {
                let _ = self.child.kill().await;
                findings.push(format!("{} did not see the last event in time", self.name));
            }
        }
        let heard = self.listening.await;
        if !matches!(heard, Ok(Ok(()))) {
            findings.push(format!("{} could not be understood: {heard:?}", self.name));
        }
        findings
    }
}
