//! A server of this machine: start, kill, freeze; the parts PostgreSQL and Redis have in common.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rustix::process::Signal;

use super::ServersError;
use super::account::{self, Account};
use super::process;
use super::watchdog::Watchdog;

/// How long a server may take until it answers; recovery after a kill included.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How many ports are tried when others keep taking them first.
const PORTS_TRIED: usize = 20;

/// A server process, its folder and the watchdog that outlives us.
#[derive(Debug)]
pub(super) struct LocalServer {
    server: &'static str,
    folder: PathBuf,
    account: Option<Account>,
    watchdog: Watchdog,
    /// The command line, quoted for the watchdog.
    command: String,
    /// The process id; 0 before the first start.
    pid: AtomicI32,
}

/// What a look at a starting server showed.
pub(super) enum Sign<T> {
    /// It answers.
    Ready(T),
    /// Not yet.
    Waiting,
    /// Somebody else answers on its port.
    Stranger,
}

impl LocalServer {
    /// Makes the folder and its watchdog; nothing runs yet. `signal` ends the server.
    pub(super) fn new(
        server: &'static str,
        signal: &str,
        in_memory: bool,
    ) -> Result<LocalServer, ServersError> {
        let doing = "make a folder for a server";
        let account = Account::for_servers().map_err(ServersError::io(doing))?;
        let folder =
            account::folder(in_memory, account.as_ref()).map_err(ServersError::io(doing))?;
        let watchdog = Watchdog::spawn(&folder, account.as_ref(), signal)
            .map_err(ServersError::io("start /bin/sh"))?;
        let pid = AtomicI32::new(0);
        Ok(LocalServer { server, folder, account, watchdog, command: String::new(), pid })
    }

    /// Says what to run as the server.
    pub(super) fn set_command(&mut self, command: String) {
        self.command = command;
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid.load(Ordering::SeqCst)
    }

    /// Runs a program that must succeed before the server starts.
    pub(super) fn run(&self, program: &Path, command: &str) -> Result<(), ServersError> {
        let status = self.watchdog.run(command).map_err(ServersError::io("run a command"))?;
        match (status, &self.account) {
            (0, _) => Ok(()),
            // What a shell answers when it may not, or cannot, reach the program.
            (126 | 127, Some(account)) => Err(ServersError::OutOfReach {
                program: program.to_owned(),
                user: account.name.clone(),
            }),
            _ => Err(self.did_not_start(0)),
        }
    }

    /// Starts the server on a free port, on another when somebody was faster.
    ///
    /// `configure` writes the port where the server reads it, `look` asks whether it answers.
    pub(super) async fn start_on_free_port<T>(
        &self,
        configure: impl Fn(u16) -> std::io::Result<()>,
        look: impl Fn(u16, i32) -> BoxFuture<'static, Sign<T>>,
    ) -> Result<(u16, T), ServersError> {
        for _ in 0..PORTS_TRIED {
            let port = free_port().map_err(ServersError::io("find a free port"))?;
            configure(port).map_err(ServersError::io("write a server's settings"))?;
            if let Some(answer) = self.start_on(port, &look).await? {
                return Ok((port, answer));
            }
        }
        Err(self.did_not_start(0))
    }

    /// Starts the server; `None` when the port was taken.
    pub(super) async fn start_on<T>(
        &self,
        port: u16,
        look: &impl Fn(u16, i32) -> BoxFuture<'static, Sign<T>>,
    ) -> Result<Option<T>, ServersError> {
        let log_before = self.log().len();
        let pid = self.watchdog.start(&self.command).map_err(ServersError::io("start a server"))?;
        self.pid.store(pid, Ordering::SeqCst);
        let deadline = Instant::now() + START_LIMIT;
        loop {
            match look(port, pid).await {
                Sign::Ready(answer) => return Ok(Some(answer)),
                Sign::Stranger => {
                    self.kill9().await?;
                    return Ok(None);
                }
                Sign::Waiting if process::ended(pid) => {
                    let news = self.log().split_off(log_before);
                    return match news.contains("Address already in use") {
                        true => Ok(None),
                        false => Err(self.did_not_start(log_before)),
                    };
                }
                Sign::Waiting if Instant::now() > deadline => {
                    return Err(self.did_not_start(log_before));
                }
                Sign::Waiting => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Asks the server to end and waits until it has.
    pub(super) async fn terminate(&self, signal: Signal) -> Result<(), ServersError> {
        let pid = self.pid();
        blocking("stop a server", move || {
            process::signal(pid, signal)?;
            process::wait_until(|| process::ended(pid))
        })
        .await
    }

    /// Kills the server and its children without a warning, and waits until all are gone.
    pub(super) async fn kill9(&self) -> Result<(), ServersError> {
        let pid = self.pid();
        blocking("kill a server", move || {
            let family = process::freeze(pid)?;
            process::signal(pid, Signal::KILL)?;
            for child in &family {
                process::signal(*child, Signal::KILL)?;
            }
            process::wait_until(|| {
                process::ended(pid) && family.iter().all(|child| process::ended(*child))
            })
        })
        .await
    }

    /// Makes the server and its children stand still.
    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        let pid = self.pid();
        blocking("pause a server", move || process::freeze(pid).map(drop)).await
    }

    /// Lets a paused server go on.
    pub(super) async fn resume(&self) -> Result<(), ServersError> {
        let pid = self.pid();
        blocking("resume a server", move || {
            for child in process::children(pid)? {
                process::signal(child, Signal::CONT)?;
            }
            process::signal(pid, Signal::CONT)
        })
        .await
    }

    /// Ends the server and deletes its folder.
    pub(super) async fn stop(self) -> Result<(), ServersError> {
        let pid = self.pid();
        // Children that stand still would keep the parent waiting for them.
        if pid != 0 {
            self.resume().await?;
        }
        blocking("stop a server", move || self.watchdog.end()).await
    }

    /// Whether the server runs.
    pub(super) fn runs(&self) -> bool {
        !process::ended(self.pid())
    }

    /// The error with the end of the log, from a position on.
    pub(super) fn did_not_start(&self, from: usize) -> ServersError {
        let log = self.log();
        let lines: Vec<&str> = log.get(from..).unwrap_or(&log).lines().collect();
        let log = lines[lines.len().saturating_sub(15)..].join("\n");
        ServersError::DidNotStart { server: self.server, log }
    }

    fn log(&self) -> String {
        let bytes = std::fs::read(self.folder.join("log")).unwrap_or_default();
        // One character per byte, so that positions in the file are positions in the text.
        bytes.into_iter().map(|byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()
    }
}

/// Runs what may block on a thread for such work.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServersError> + Send + 'static,
) -> Result<T, ServersError> {
    let joined = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other);
    joined.map_err(ServersError::io("finish work on a thread")).flatten()
}

async fn blocking(
    action: &'static str,
    work: impl FnOnce() -> std::io::Result<()> + Send + 'static,
) -> Result<(), ServersError> {
    on_a_thread(move || work().map_err(ServersError::io(action))).await
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Several at once, all different.
pub(super) fn free_ports(count: usize) -> std::io::Result<Vec<u16>> {
    let listeners = (0..count).map(|_| std::net::TcpListener::bind(("127.0.0.1", 0)));
    let listeners = listeners.collect::<std::io::Result<Vec<_>>>()?;
    listeners.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}
