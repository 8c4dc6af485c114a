//! The server of the example `http`: a conversation with it, and its end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::sources::{Source, program};

/// A line of the text such as `$ curl -i localhost:8080/chests/vault -d '{"gold":70}' -H 'If-Match: "1"'`.
struct Request {
    path: String,
    headers: Vec<String>,
    body: Option<String>,
}

impl Request {
    fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("$ curl -i localhost:8080")?;
        let (path, options) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut request = Self { path: path.to_owned(), headers: Vec::new(), body: None };
        // an option, what stands in its quotes, an option …
        let mut words = options.split('\'').map(str::trim);
        while let (Some(option), Some(value)) = (words.next(), words.next()) {
            match option {
                "-d" => request.body = Some(value.to_owned()),
                "-H" => request.headers.push(value.to_owned()),
                other => panic!("{other} in {line}"),
            }
        }
        Some(request)
    }

    /// Sends it, and returns the answer without its length and date.
    fn send(&self, address: &str) -> String {
        let method = if self.body.is_some() { "POST" } else { "GET" };
        let body = self.body.as_deref().unwrap_or_default();
        let mut text = format!("{method} {} HTTP/1.1\r\nhost: {address}\r\n", self.path);
        for header in &self.headers {
            text.push_str(&format!("{header}\r\n"));
        }
        text.push_str(&format!(
            "connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let varies = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default();
            !matches!(name, "connection" | "content-length" | "date")
        };
        let head: Vec<_> = head.lines().filter(varies).collect();
        format!("{}\n{body}\n", head.join("\n").replace("HTTP/1.1 ", ""))
    }
}

/// The server; it does not outlive a test that fails.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[test]
fn errors_are_problem_details_and_versions_are_tags() {
    let mut command = Command::new(program("http"));
    let mut server = Server(command.arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap());
    let mut printed = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let first = printed.next().unwrap().unwrap();
    let address = first.strip_prefix("listening on ").unwrap();

    let said = Source::of("http").said();
    let mut answered = String::new();
    for line in said.lines() {
        match Request::parse(line) {
            Some(request) => answered.push_str(&format!("{line}\n{}", request.send(address))),
            // between the answers the text explains itself
            None if line.is_empty() || line.starts_with("# ") => {
                answered.push_str(&format!("{line}\n"));
            }
            None => {}
        }
    }
    // the built-in of a shell: it is there on every machine
    let stop = format!("kill -TERM {}", server.0.id());
    assert!(Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    let rest: Vec<_> = printed.map(Result::unwrap).collect();
    assert!(server.0.wait().unwrap().success());
    assert_eq!(rest, ["closed"]);
    assert_eq!(answered, said);
}
