//! The `#[serde(…)]` attributes, read without judging them: serde reports its own errors.

use proc_macro2::{Span, TokenTree};
use syn::{Attribute, Meta};

use crate::tokens;

/// What the `#[serde(…)]` attributes on one item say together.
pub(crate) struct Serde(Vec<Key>);

/// One `key`, `key = value` or `key(…)`.
pub(crate) struct Key {
    /// The part before `=` or the parenthesis.
    pub(crate) name: String,
    /// Where the key stands.
    pub(crate) span: Span,
    text: String,
}

impl Serde {
    /// Reads all `#[serde(…)]` among `attributes`.
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let mut keys = Vec::new();
        for attribute in attributes {
            if let Meta::List(list) = &attribute.meta
                && list.path.is_ident("serde")
            {
                let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
                keys.extend(tokens.split(is_comma).filter_map(Key::of));
            }
        }
        Self(keys)
    }

    /// The keys, in the order of the source.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }

    /// Whether there is a key of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.keys().any(|key| key.name == name)
    }

    /// Whether the item is neither written nor read.
    pub(crate) fn skips(&self) -> bool {
        self.has("skip") || self.has("skip_serializing") && self.has("skip_deserializing")
    }

    /// `#[serde(…)]` with all keys in one, or the empty string.
    pub(crate) fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let keys: Vec<&str> = self.keys().map(|key| key.text.as_str()).collect();
        format!("#[serde({})]", keys.join(", "))
    }
}

impl Key {
    fn of(tokens: &[TokenTree]) -> Option<Self> {
        let first = tokens.first()?;
        Some(Self {
            name: first.to_string(),
            span: first.span(),
            text: tokens::text(tokens.iter().cloned()),
        })
    }
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
