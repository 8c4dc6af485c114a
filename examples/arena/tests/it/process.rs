//! The program itself: how it starts and ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use arena::Config;

use crate::scene::{config, database};

/// The server; it does not outlive a test that fails.
pub(crate) struct Program {
    child: Child,
    log: BufReader<ChildStderr>,
    pub(crate) address: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Program {
    /// A server on the same database and Redis as these settings.
    pub(crate) fn serve(config: &Config, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_arena"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--redis-prefix", &config.redis_prefix])
            .args(options)
            .env("AETHER_DATABASE_URL", config.database_url.expose())
            .env("AETHER_REDIS_URL", config.redis_url.expose())
            .env("NO_COLOR", "1")
            .env_remove("RUST_LOG");
        Self::start(&mut command)
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server has ended");
            if let Some((_, address)) = line.trim_end().rsplit_once("address=") {
                break address.to_owned();
            }
        };
        Self { child, log, address }
    }

    /// The first line of the answer; none if nobody answers.
    fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.lines().next()?.to_owned())
    }

    fn terminate(&self) {
        // the built-in of a shell: it is there on every machine
        let stop = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    }
}

#[tokio::test]
async fn a_node_that_ends_is_not_ready_first_and_then_gone() {
    let database = database().await;
    let config = config(&database).await;
    let mut program = Program::serve(&config, &["--drain", "1500"]);
    assert_eq!(program.get("/health/ready").as_deref(), Some("HTTP/1.1 200 OK"));
    program.terminate();
    let mut line = String::new();
    while !line.contains("leaving") {
        line.clear();
        assert_ne!(program.log.read_line(&mut line).unwrap(), 0, "the server has ended");
    }
    // still open, so that no request is lost before proxies have noticed
    let unready = program.get("/health/ready");
    assert_eq!(unready.as_deref(), Some("HTTP/1.1 503 Service Unavailable"));
    assert_eq!(program.get("/health/live").as_deref(), Some("HTTP/1.1 204 No Content"));
    let status = program.child.wait().unwrap();
    assert!(status.success());
    let mut rest = String::new();
    program.log.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("closed"), "{rest}");
    assert_eq!(program.get("/health/live"), None);
    drop(database);
}

#[test]
fn a_server_without_a_database_says_what_to_give() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arena"));
    command.arg("serve").env_remove("AETHER_DATABASE_URL").env_remove("AETHER_REDIS_URL");
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--database-url") && said.lines().count() == 1, "{said}");
}
