//! Looks at servers and processes from outside, and waits for what must become true.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

/// Polls until the condition holds; panics with its name after thirty seconds.
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "not within thirty seconds: {what}");
        std::thread::yield_now();
    }
}

/// Whether anybody listens under the address.
pub(crate) fn listens(url: &str) -> bool {
    let url = url::Url::parse(url).unwrap();
    TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).is_ok()
}

/// Whether a process lives; one that only waits to be collected does not.
pub(crate) fn lives(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

/// The process ids of a PostgreSQL's postmaster and its children, and its data folder.
pub(crate) async fn postgres_processes(url: &str) -> (Vec<i32>, PathBuf) {
    let data: PathBuf = PathBuf::from(setting(url, "data_directory").await);
    let lock = std::fs::read_to_string(data.join("postmaster.pid")).unwrap();
    let postmaster: i32 = lock.lines().next().unwrap().parse().unwrap();
    let children = format!("/proc/{postmaster}/task/{postmaster}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let pids = children.split_whitespace().map(|pid| pid.parse().unwrap());
    ([postmaster].into_iter().chain(pids).collect(), data)
}

/// The value of a PostgreSQL setting.
pub(crate) async fn setting(url: &str, name: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = "select current_setting($1)";
    sqlx::query_scalar(sql).bind(name.to_owned()).fetch_one(&mut connection).await.unwrap()
}

/// The command under test, with nothing in its environment that would choose a server.
pub(crate) fn aether_servers() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aether-servers"));
    command.env_remove("AETHER_DATABASE_URL").env_remove("AETHER_REDIS_URL");
    command
}

/// Sends a signal to a process; one that has ended is no failure.
pub(crate) fn send(signal: &str, pid: u32) {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("kill -{signal} {pid}")]).stderr(Stdio::null());
    command.status().unwrap();
}
