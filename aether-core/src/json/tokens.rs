//! JSON text in tokens, for what has to see numbers as they are written.

/// A piece of JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// With its quotes and escapes.
    Text(&'a str),
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
    /// A bracket, comma or colon.
    Sign(u8),
}

/// Takes the next token off a text that is JSON. `None` at its end.
pub(super) fn split<'a>(rest: &mut &'a str) -> Option<Token<'a>> {
    let text = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    let first = *text.as_bytes().first()?;
    let length = match first {
        b'"' => quoted(text.as_bytes())?,
        b'[' | b']' | b'{' | b'}' | b',' | b':' => 1,
        _ => text
            .bytes()
            .position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'))
            .unwrap_or(text.len()),
    };
    let (token, behind) = text.split_at_checked(length)?;
    *rest = behind;
    Some(match first {
        b'"' => Token::Text(token),
        b'-' | b'0'..=b'9' => Token::Number(token),
        _ if length == 1 => Token::Sign(first),
        _ => Token::Word(token),
    })
}

/// The length of the string that `text` begins with, quotes included.
fn quoted(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// All tokens of a text.
pub(super) fn all(mut text: &str) -> impl Iterator<Item = Token<'_>> {
    std::iter::from_fn(move || split(&mut text))
}

/// Stands for all strings, numbers and words of a text, in whatever order: sets may come back in another one.
pub(super) fn digest(text: &str) -> (usize, u64) {
    all(text).fold((0, 0), |(count, sum), token| match token {
        Token::Text(scalar) | Token::Number(scalar) | Token::Word(scalar) => {
            (count + 1, sum.wrapping_add(hash(scalar)))
        }
        Token::Sign(_) => (count, sum),
    })
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
