//! A server never outlives the process that started it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::probe::{aether_servers, eventually, listens, lives, postgres_processes, send};

/// The command under test, killed when a test fails half-way.
struct Parent(Child);

impl Parent {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Parent {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `aether-servers exec` around a command that says its pid and its servers, then stays.
fn exec() -> (Parent, [String; 3]) {
    let say = r#"echo "$$"; echo "$AETHER_DATABASE_URL"; echo "$AETHER_REDIS_URL"; exec sleep 600"#;
    let mut child = aether_servers()
        .args(["exec", "--fsync", "off", "--", "sh", "-c", say])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = std::array::from_fn(|_| lines.next().unwrap().unwrap());
    (Parent(child), said)
}

#[tokio::test]
async fn a_process_that_is_killed_leaves_nothing() {
    let (mut parent, [pid, database_url, redis_url]) = exec();
    let pid: i32 = pid.parse().unwrap();
    let (pids, data) = postgres_processes(&database_url).await;
    assert!(lives(pid) && lives(pids[0]) && listens(&redis_url));

    parent.kill();

    eventually("the command gone", || !lives(pid));
    eventually("PostgreSQL gone", || pids.iter().all(|pid| !lives(*pid)));
    eventually("Redis gone", || !listens(&redis_url));
    eventually("the folder gone", || !data.parent().unwrap().exists());
}

#[tokio::test]
async fn a_server_that_stands_still_dies_too() {
    let (mut parent, [_, database_url, _]) = exec();
    let (pids, data) = postgres_processes(&database_url).await;
    for pid in &pids {
        send("STOP", pid.cast_unsigned());
    }
    parent.kill();
    eventually("PostgreSQL gone", || pids.iter().all(|pid| !lives(*pid)));
    eventually("the folder gone", || !data.parent().unwrap().exists());
}

#[tokio::test]
async fn a_signal_is_passed_on_and_everything_is_stopped() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (mut parent, [pid, database_url, redis_url]) = exec();
        let pid: i32 = pid.parse().unwrap();
        send(signal, parent.0.id());
        assert_eq!(parent.0.wait().unwrap().code(), Some(code));
        assert!(!lives(pid));
        assert!(!listens(&database_url));
        assert!(!listens(&redis_url));
    }
}
