//! Reading what lies in hashes.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use aether_redis::{Error, Result};

/// The fields of a hash.
pub(super) struct Fields(pub(super) BTreeMap<String, String>);

impl Fields {
    pub(super) fn get<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<T> {
        parse(self.0.get(name).map_or("", String::as_str), name)
    }

    /// A field that may be empty.
    pub(super) fn optional<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>> {
        match self.0.get(name).map(String::as_str) {
            None | Some("") => Ok(None),
            Some(text) => parse(text, name).map(Some),
        }
    }
}

pub(super) fn parse<T: FromStr<Err: Display>>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|error| unexpected(what, error))
}

pub(super) fn unexpected(what: &'static str, error: impl Display) -> Error {
    Error::UnexpectedReply { reason: format!("the {what} of a live value is not valid: {error}") }
}
