//! `Idempotency-Key`: a request that is sent again is carried out once, on whichever node, also after a crash.
//!
//! The command id follows from account and key, the fingerprint from method, path and [meaning](meaning) of the body. The store keeps both with the first result:
//! a repetition that comes while the first still runs waits for it, another body is refused, a refusal is not kept.

use aether_core::uuid::Uuid;
use aether_core::{CommandId, Context};
use axum::http::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::problem::{Code, Problem};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const LONGEST: usize = 128;

/// A key that a client chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

/// The key of a request, if it has one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<Key>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().map_err(|_| wrong())?.trim();
    if keys.next().is_some() {
        return Err(wrong());
    }
    // a string of RFC 8941 is quoted; many clients leave the quotes out
    let text = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    Key::new(text).map(Some)
}

fn wrong() -> Problem {
    let detail = "Idempotency-Key has to be one text of 1 to 128 visible ASCII characters";
    Problem::new(Code::HEADER).detail(detail)
}

/// A body as one text for all that mean the same: fields in the order of their names, none that is null.
pub(crate) fn meaning(body: &Value) -> String {
    match body {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields = fields.iter().map(|(name, it)| format!("{name:?}:{}", meaning(it)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(meaning).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

impl Key {
    /// A key that stands in no header.
    pub(crate) fn new(text: &str) -> Result<Self, Problem> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if text.is_empty() || text.len() > LONGEST || !is_visible {
            return Err(wrong());
        }
        Ok(Self(text.to_owned()))
    }

    /// The command id of a request of this account: clients choose their keys, and two may choose the same.
    pub(crate) fn command(&self, account: Uuid) -> CommandId {
        CommandId::v5(account, &self.0)
    }

    /// The context with command id, and the fingerprint of what is asked for.
    pub(crate) fn name<P: AsRef<[u8]>>(
        &self,
        context: Context,
        account: Uuid,
        parts: impl IntoIterator<Item = P>,
    ) -> Context {
        context.command_id(self.command(account)).fingerprint(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Option<Option<Key>> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(KEY, line.parse().unwrap());
        }
        key(&headers).ok()
    }

    #[test]
    fn a_key_is_visible_and_bounded() {
        assert_eq!(read(&[]), Some(None));
        assert_eq!(read(&["lundi"]), Some(Some(Key("lundi".to_owned()))));
        assert_eq!(read(&["\"lundi\""]), read(&["lundi"]));
        let long = "a".repeat(129);
        for wrong in ["", "\"\"", "deux mots", "a\"b", long.as_str()] {
            assert_eq!(read(&[wrong]), None, "{wrong}");
        }
        assert_eq!(read(&["a", "b"]), None);
    }

    #[test]
    fn bodies_that_mean_the_same_are_one_text() {
        let of = |text: &str| meaning(&serde_json::from_str(text).unwrap());
        let one = of(r#"{"b": [1, {"y": null, "x": "é\""}], "a": true, "c": null}"#);
        assert_eq!(one, of(r#"{"a":true,"b":[1,{"x":"\u00e9\""}]}"#));
        for other in
            [r#"{"a":true,"b":[1]}"#, r#"{"a":"true","b":[1,{"x":"é\""}]}"#, "[null]", "[]"]
        {
            assert_ne!(one, of(other), "{other}");
        }
        assert_ne!(of("[null]"), of("[]"));
    }

    #[test]
    fn one_key_of_two_accounts_names_two_commands() {
        let key = Key("lundi".to_owned());
        let [a, b] = [Uuid::now_v7(), Uuid::now_v7()];
        assert_eq!(key.command(a), key.command(a));
        assert_ne!(key.command(a), key.command(b));
    }
}
