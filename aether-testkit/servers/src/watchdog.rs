//! A small shell process that outlives us just long enough to stop a server and delete its folder.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::account::Account;

const SCRIPT: &str = include_str!("watchdog.sh");

/// Holds the writing end of the pipe that keeps a server alive.
///
/// The server dies with this value, and with this process whatever ends it: the kernel closes the
/// pipe, the script reads the end of its input and cleans up.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// `None` once [`Watchdog::end`] has closed the pipe.
    line: Mutex<Option<Line>>,
}

#[derive(Debug)]
struct Line {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Watchdog {
    /// Starts the script over `folder`, as `account` when given; `signal` ends the server.
    pub(super) fn spawn(
        folder: &Path,
        account: Option<&Account>,
        signal: &str,
    ) -> io::Result<Watchdog> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "aether-watchdog"])
            .arg(folder)
            .arg(signal)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Not ours: a test runner waits until everybody has closed its output.
            .stderr(Stdio::null())
            // Its own group: Ctrl-C and a runner's group kill must not end the cleaning up.
            .process_group(0);
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        let mut child = command.spawn()?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the watchdog has no pipes"));
        };
        let answers = BufReader::new(answers);
        let line = Mutex::new(Some(Line { child, orders, answers }));
        Ok(Watchdog { line })
    }

    /// Runs a command to its end and returns its exit status.
    pub(super) fn run(&self, command: &str) -> io::Result<i64> {
        self.order("run", command)
    }

    /// Starts the server and returns its process id; an earlier one must be dead.
    pub(super) fn start(&self, command: &str) -> io::Result<i32> {
        let pid = self.order("start", command)?;
        i32::try_from(pid).map_err(io::Error::other)
    }

    /// Stops the server, deletes the folder and returns when both are done.
    pub(super) fn end(&self) -> io::Result<()> {
        let Some(Line { mut child, orders, answers }) = self.take() else {
            return Ok(());
        };
        drop((orders, answers));
        child.wait().map(drop)
    }

    fn order(&self, verb: &str, command: &str) -> io::Result<i64> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let line = line.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(line.orders, "{verb} {command}")?;
        let mut answer = String::new();
        line.answers.read_line(&mut answer)?;
        answer.trim().parse().map_err(io::Error::other)
    }

    fn take(&self) -> Option<Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Watchdog {
    /// Closes the pipe and leaves the waiting to a thread.
    fn drop(&mut self) {
        if let Some(Line { mut child, orders, answers }) = self.take() {
            drop((orders, answers));
            std::thread::spawn(move || child.wait());
        }
    }
}

/// Quotes one word for the script's `eval`.
pub(super) fn quote(word: impl AsRef<std::ffi::OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_quoted_word_stays_one_word() {
        assert_eq!(quote("plain"), "'plain'");
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
    }
}
