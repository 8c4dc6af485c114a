//! Standard output: text for people, JSON for machines, and a reader that may go away.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Stdout, Write};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::error::Error;

/// Where results go. Buffered: [`Output::flush`](Write::flush) where somebody waits for them.
///
/// Names, payloads and errors come from elsewhere, and a terminal obeys what it is sent: control characters other
/// than line breaks are written as JSON writes them, `\u001b`.
pub(crate) struct Output(BufWriter<Stdout>);

impl Output {
    pub(crate) fn stdout() -> Self {
        Self(BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    /// One document, for people to read as well.
    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut *self, value)?;
        Ok(writeln!(self)?)
    }

    /// One line of JSON Lines.
    pub(crate) fn json_line<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        serde_json::to_writer(&mut *self, value)?;
        Ok(self.write_all(b"\n")?)
    }

    /// Writes out what is left.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        Ok(self.0.flush()?)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(escape(text, |c| c != '\n' && is_obeyed(c)).as_bytes())?,
            // a part of a character: its other bytes come next
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Returns when the reader of standard output has gone away, also while nothing is written. Never, where that cannot
/// be seen: a file has no reader.
pub(crate) async fn reader_gone() {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        use tokio::net::unix::pipe::Sender;
        let output = io::stdout().as_fd().try_clone_to_owned();
        if let Ok(pipe) = output.and_then(Sender::from_owned_fd_unchecked)
            && pipe.ready(tokio::io::Interest::ERROR).await.is_ok()
        {
            return;
        }
    }
    std::future::pending::<()>().await;
}

/// `text` in one line, with nothing in it that a terminal obeys.
pub(crate) fn plain(text: &str) -> String {
    escape(text, is_obeyed).into_owned()
}

/// Controls of terminals, and what changes the direction of the text after it.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escape(text: &str, wanted: impl Fn(char) -> bool) -> std::borrow::Cow<'_, str> {
    if !text.contains(&wanted) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match wanted(c) {
            // a String takes whatever is written to it
            true => drop(write!(escaped, "\\u{:04x}", u32::from(c))),
            false => escaped.push(c),
        }
    }
    escaped.into()
}

/// `text`, cut to `width` characters with an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// `1 event`, `2 events`.
pub(crate) fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// A counter on standard error, shown only on a terminal.
pub(crate) fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {per_sec}, {elapsed}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::no_length().with_style(style).with_message(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left_in_plain_text() {
        let hostile = "Or\u{1b}[2JGagné\n\r\t\u{9b}31m\u{202e}\u{7f}🎲";
        let shown = r"Or\u001b[2JGagné\u000a\u000d\u0009\u009b31m\u202e\u007f🎲";
        assert_eq!(plain(hostile), shown);
        assert_eq!(plain("épée · 剣"), "épée · 剣");
    }
}
