//! Processes of this machine: who is whose child, who has ended, and signals to them.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// One row of the process table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    pid: i32,
    parent: i32,
    /// As `ps` prints it: `S` sleeping, `T` stopped, `Z` ended but not yet collected, …
    state: char,
    /// A killed process counts as ended with its first thread, but keeps its ports until the last.
    threads: u32,
}

impl Row {
    fn has_ended(self) -> bool {
        matches!(self.state, 'Z' | 'X') && self.threads <= 1
    }
}

/// Whether a process has ended; one that waits to be collected has.
pub(super) fn ended(pid: i32) -> bool {
    row(pid).is_none_or(|row| row.has_ended())
}

/// The processes whose parent is `pid`.
pub(super) fn children(pid: i32) -> io::Result<Vec<i32>> {
    let rows = table()?.into_iter().filter(|row| row.parent == pid);
    Ok(rows.map(|row| row.pid).collect())
}

/// Sends a signal; a process that has already ended is no error.
pub(super) fn signal(pid: i32, signal: Signal) -> io::Result<()> {
    let Some(target) = Pid::from_raw(pid) else {
        return Ok(());
    };
    match kill_process(target, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Stops a process and its children, and returns the children, all of them standing still.
pub(super) fn freeze(pid: i32) -> io::Result<Vec<i32>> {
    // First the parent, so that the list of its children cannot grow.
    signal(pid, Signal::STOP)?;
    wait_until(|| standing(pid))?;
    let children = children(pid)?;
    for child in &children {
        signal(*child, Signal::STOP)?;
    }
    wait_until(|| children.iter().all(|child| standing(*child)))?;
    Ok(children)
}

/// Polls a condition for up to ten seconds.
pub(super) fn wait_until(condition: impl Fn() -> bool) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn standing(pid: i32) -> bool {
    row(pid).is_none_or(|row| matches!(row.state, 'T' | 't') || row.has_ended())
}

fn row(pid: i32) -> Option<Row> {
    if has_proc() {
        return proc_row(pid);
    }
    table().ok()?.into_iter().find(|row| row.pid == pid)
}

fn table() -> io::Result<Vec<Row>> {
    if !has_proc() {
        let output = Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        return Ok(text.lines().filter_map(ps_row).collect());
    }
    let names = std::fs::read_dir("/proc")?.flatten().map(|entry| entry.file_name());
    let pids = names.filter_map(|name| name.to_str()?.parse().ok());
    Ok(pids.filter_map(proc_row).collect())
}

/// Bare machines have no `ps`; machines without `/proc` have one.
fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// `pid (any (thing)) state parent …`, the number of threads fifteen fields after the parent.
fn proc_row(pid: i32) -> Option<Row> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    let threads = fields.nth(15)?.parse().ok()?;
    Some(Row { pid, parent, state, threads })
}

fn ps_row(line: &str) -> Option<Row> {
    let mut fields = line.split_whitespace();
    let pid = fields.next()?.parse().ok()?;
    let parent = fields.next()?.parse().ok()?;
    let state = fields.next()?.chars().next()?;
    Some(Row { pid, parent, state, threads: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_a_child_of_its_parent_and_has_not_ended() {
        let me = i32::try_from(std::process::id()).unwrap();
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap();
        assert!(!ended(me));
        assert!(row(me).unwrap().threads >= 1);
        assert!(children(parent).unwrap().contains(&me));
    }

    #[test]
    fn an_ended_process_counts_as_ended_before_it_is_collected() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        wait_until(|| ended(pid)).unwrap();
        child.wait().unwrap();
        assert!(ended(pid));
    }

    #[test]
    fn a_row_of_ps_is_read() {
        let row = Row { pid: 12, parent: 1, state: 'S', threads: 1 };
        assert_eq!(ps_row("   12     1 Ss+ "), Some(row));
    }
}
