//! Pages of lists: opaque cursors, and at most 100 entries.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Code, Problem};

pub(crate) const DEFAULT: u32 = 20;
const MOST: u32 = 100;
/// The longest cursor that is looked at.
const LONGEST: usize = 1024;

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Entries of the page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub(crate) limite: Option<u32>,
    /// The `suivant` of the page before.
    pub(crate) curseur: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liste<T> {
    /// The entries.
    pub(crate) elements: Vec<T>,
    /// The cursor of the next page; none after the last one.
    pub(crate) suivant: Option<String>,
}

impl Page {
    /// How many entries it has.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        match self.limite.unwrap_or(DEFAULT) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(Problem::new(Code::PARAMETER).detail("limite has to be 1 to 100")),
        }
    }

    /// What it comes after; `list` names the list, since a cursor is good for one.
    pub(crate) fn after<K: DeserializeOwned>(&self, list: &str) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.curseur else { return Ok(None) };
        read(cursor, list).map(Some).ok_or_else(|| Problem::new(Code::CURSOR))
    }
}

impl<T> Liste<T> {
    /// A page with one more row than was asked for, if there is one: then there is a next page, after the key of its last row.
    pub(crate) fn of<R, K: Serialize>(
        list: &str,
        limit: u32,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        show: impl Fn(R) -> T,
    ) -> Self {
        let suivant = next(list, limit, &mut rows, key);
        Self { elements: rows.into_iter().map(show).collect(), suivant }
    }
}

/// The cursor after a page's last row, if `rows` has one more than was asked for; that one is taken off.
pub(crate) fn next<R, K: Serialize>(
    list: &str,
    limit: u32,
    rows: &mut Vec<R>,
    key: impl Fn(&R) -> K,
) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| goes_on).and_then(|row| write(list, &key(row)))
}

/// The key of a list's row as a text that nobody reads.
fn write<K: Serialize>(list: &str, key: &K) -> Option<String> {
    let text = serde_json::to_string(&(list, key)).ok()?;
    Some(text.bytes().map(|byte| format!("{byte:02x}")).collect())
}

fn read<K: DeserializeOwned>(cursor: &str, list: &str) -> Option<K> {
    if cursor.len() > LONGEST || !cursor.len().is_multiple_of(2) || !cursor.is_ascii() {
        return None;
    }
    let pairs = cursor.as_bytes().chunks(2);
    let bytes: Option<Vec<_>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let (of, key): (String, K) = serde_json::from_slice(&bytes?).ok()?;
    (of == list).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(curseur: &str) -> Page {
        Page { limite: None, curseur: Some(curseur.to_owned()) }
    }

    #[test]
    fn a_cursor_comes_back_as_its_key_and_only_to_its_list() {
        let cursor = write("niveaux", &(7_u64, "é")).unwrap();
        let key: Option<(u64, String)> = page(&cursor).after("niveaux").unwrap();
        assert_eq!(key, Some((7, "é".to_owned())));
        assert!(page(&cursor).after::<(u64, String)>("combats").is_err());
        for broken in [
            "",
            "7",
            "zz",
            "5b",
            &cursor[2..],
            &cursor.to_uppercase()[1..],
            &"5b".repeat(600),
            "+1",
        ] {
            let read = page(broken).after::<(u64, String)>("niveaux");
            assert_eq!(read.unwrap_err().code(), "curseur-invalide", "{broken}");
        }
    }

    #[test]
    fn a_list_goes_on_only_where_more_rows_are() {
        let of = |rows: Vec<u32>| Liste::of("l", 2, rows, |row| *row, |row| row);
        assert_eq!(of(vec![1, 2]).suivant, None);
        let first = of(vec![1, 2, 3]);
        assert_eq!(first.elements, [1, 2]);
        assert_eq!(page(&first.suivant.unwrap()).after::<u32>("l").unwrap(), Some(2));
    }
}
