//! JSON text as JSONB gives it back, to the byte: keys in its order, numbers in full, its spaces.

use std::borrow::Cow;
use std::ops::Range;

use super::tokens::{self, Token};
use super::{Json, JsonError, number};

/// What PostgreSQL makes of `text`, which is JSON.
///
/// # Errors
///
/// For what JSONB refuses or would lose: NUL characters, numbers with too many digits, keys that are written
/// twice; and for nesting that cannot be read back.
pub(super) fn rewritten(text: &str) -> Result<String, JsonError> {
    let mut writer = Writer { rest: text, text: String::with_capacity(text.len() + 32), depth: 0 };
    writer.value()?;
    Ok(writer.text)
}

struct Writer<'a> {
    rest: &'a str,
    text: String,
    depth: u32,
}

impl<'a> Writer<'a> {
    /// The next token of the text.
    fn next(&mut self) -> Result<Token<'a>, JsonError> {
        tokens::split(&mut self.rest).ok_or_else(|| malformed("it ends too early"))
    }

    fn value(&mut self) -> Result<(), JsonError> {
        let token = self.next()?;
        self.value_of(token)
    }

    fn value_of(&mut self, token: Token<'a>) -> Result<(), JsonError> {
        match token {
            Token::Text(quoted) => {
                self.text_of(quoted)?;
            }
            Token::Number(digits) => self.text.push_str(&number::plain(digits)?),
            Token::Word(word) => self.text.push_str(word),
            Token::Sign(b'[') => self.nested(Self::list)?,
            Token::Sign(b'{') => self.nested(Self::object)?,
            Token::Sign(_) => return Err(malformed("a value is missing")),
        }
        Ok(())
    }

    fn nested(&mut self, inside: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > Json::MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        inside(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self) -> Result<(), JsonError> {
        self.text.push('[');
        let mut token = self.next()?;
        while token != Token::Sign(b']') {
            self.value_of(token)?;
            match self.next()? {
                Token::Sign(b',') => {
                    self.text.push_str(", ");
                    token = self.next()?;
                }
                end => token = end,
            }
        }
        self.text.push(']');
        Ok(())
    }

    fn object(&mut self) -> Result<(), JsonError> {
        let start = self.text.len();
        let mut entries: Vec<(Cow<'a, str>, Range<usize>)> = Vec::new();
        let mut token = self.next()?;
        while token != Token::Sign(b'}') {
            let Token::Text(quoted) = token else { return Err(malformed("a key is missing")) };
            let from = self.text.len();
            let key = self.text_of(quoted)?;
            self.next()?; // the colon
            self.text.push_str(": ");
            self.value()?;
            entries.push((key, from..self.text.len()));
            token = match self.next()? {
                Token::Sign(b',') => self.next()?,
                end => end,
            };
        }
        entries.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(JsonError::DuplicateKey { key: pair[0].0.clone().into_owned() });
        }
        let parts: Vec<&str> = entries.iter().map(|(_, range)| &self.text[range.clone()]).collect();
        let object = format!("{{{}}}", parts.join(", "));
        self.text.truncate(start);
        self.text.push_str(&object);
        Ok(())
    }

    /// Writes a string with the escapes of JSONB, and says what it holds.
    fn text_of(&mut self, quoted: &'a str) -> Result<Cow<'a, str>, JsonError> {
        if !quoted.contains('\\') {
            self.text.push_str(quoted);
            return Ok(quoted.trim_matches('"').into());
        }
        let text: String = serde_json::from_str(quoted)?;
        if text.contains('\0') {
            return Err(JsonError::Nul);
        }
        self.text.push_str(&serde_json::to_string(&text)?);
        Ok(text.into())
    }
}

fn malformed(what: &str) -> JsonError {
    JsonError::Format(serde::de::Error::custom(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_that_of_jsonb() -> Result<(), JsonError> {
        for (text, jsonb) in [
            (
                r#"{"bb":1,"a":[1e2,-0.0,{}],"aa":[]}"#,
                r#"{"a": [100, 0.0, {}], "aa": [], "bb": 1}"#,
            ),
            ("\t[ null ,true, \"\\u00e9\\/\\n\\u001f\" ] ", "[null, true, \"é/\\n\\u001f\"]"),
            (
                r#"{"\u0061":"\ud83c\udfb2","":{"é":1,"zz":2}}"#,
                r#"{"": {"zz": 2, "é": 1}, "a": "🎲"}"#,
            ),
            ("1.10", "1.10"),
        ] {
            assert_eq!(rewritten(text)?, jsonb);
        }
        Ok(())
    }

    #[test]
    fn what_jsonb_would_lose_is_refused() {
        let twice = rewritten(r#"{"a":{"b":1,"\u0062":2}}"#);
        assert!(matches!(twice, Err(JsonError::DuplicateKey { key }) if key == "b"));
        assert!(matches!(rewritten(r#"["a\u0000"]"#), Err(JsonError::Nul)));
        assert!(matches!(rewritten(r#"{"\u0000":1}"#), Err(JsonError::Nul)));
        assert!(matches!(rewritten(r#""\ud800""#), Err(JsonError::Format(_))));
        assert!(matches!(rewritten(&"[".repeat(121)), Err(JsonError::TooDeep)));
        for text in ["", "[", "{\"a\"", "{\"a\":", "[1,", "{1:2}", "{,}"] {
            assert!(rewritten(text).is_err(), "{text}");
        }
    }
}
