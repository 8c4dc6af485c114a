//! One command over a plain connection: enough to look after servers, without a client library.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How long a server may take for one answer.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    Nothing,
    Number(i64),
    Text(String),
    List(Vec<Answer>),
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        match self {
            Answer::Text(text) => text,
            _ => "",
        }
    }

    pub(super) fn number(&self) -> i64 {
        match self {
            Answer::Number(number) => *number,
            _ => 0,
        }
    }

    pub(super) fn list(&self) -> &[Answer] {
        match self {
            Answer::List(list) => list,
            _ => &[],
        }
    }

    /// A field of an answer to `INFO` or `CLUSTER INFO`, lines of `name:value`.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.text().lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}

/// Sends a command and waits for its answer, for two seconds at most; an error answer is an error.
pub(super) async fn ask(host: &str, port: u16, words: &[&str]) -> io::Result<Answer> {
    let asked = async {
        let mut stream = BufReader::new(TcpStream::connect((host, port)).await?);
        let mut command = format!("*{}\r\n", words.len());
        for word in words {
            command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        stream.write_all(command.as_bytes()).await?;
        read(&mut stream).await
    };
    let late = |_| io::ErrorKind::TimedOut.into();
    tokio::time::timeout(ANSWER_LIMIT, asked).await.map_err(late).flatten()
}

async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1).ok_or(io::ErrorKind::InvalidData)?;
    let number = || rest.parse::<i64>().map_err(io::Error::other);
    match kind {
        "+" => Ok(Answer::Text(rest.to_owned())),
        "-" => Err(io::Error::other(rest.to_owned())),
        ":" => Ok(Answer::Number(number()?)),
        "$" => {
            let Ok(length) = usize::try_from(number()?) else { return Ok(Answer::Nothing) };
            let mut bytes = vec![0; length + 2];
            stream.read_exact(&mut bytes).await?;
            bytes.truncate(length);
            Ok(Answer::Text(String::from_utf8_lossy(&bytes).into_owned()))
        }
        "*" => {
            let Ok(length) = usize::try_from(number()?) else { return Ok(Answer::Nothing) };
            let mut list = Vec::with_capacity(length);
            for _ in 0..length {
                list.push(Box::pin(read(stream)).await?);
            }
            Ok(Answer::List(list))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
