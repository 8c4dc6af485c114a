//! What one operation may ask for. All of it is known before anything is read from a database, and measuring is never dearer than the document is
//! long: a fragment is measured once, however often it is spread.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Request};
use serde_json::Value;

use crate::cursor;
use crate::problem::{Code, Problem};

/// Bytes of a body.
pub(super) const BODY: usize = 16 * 1024;
/// Operations of a batch.
const BATCH: usize = 10;
/// Fields inside of fields.
pub(super) const DEPTH: usize = 10;
/// What all fields cost together: 1 each, [`STATEMENT`] where a statement is made, lists as much as their entries.
pub(super) const COMPLEXITY: usize = 500;
/// Directives of a document.
const DIRECTIVES: usize = 16;
/// Selections inside of selections, with fragments.
pub(super) const RECURSION: usize = 32;
/// Brackets inside of brackets: the parser calls itself for each.
const NESTING: usize = 64;
/// Fields and fragments of a document, as often as they are spread.
const SELECTIONS: usize = 2 * COMPLEXITY;

/// What a field costs for which a statement is made.
pub(super) const STATEMENT: usize = 5;

/// What a list costs.
pub(super) fn list(limite: Option<u32>, entry: usize) -> usize {
    let limite = usize::try_from(limite.unwrap_or(cursor::DEFAULT)).unwrap_or(usize::MAX);
    limite.saturating_mul(entry).saturating_add(STATEMENT)
}

/// The operations of a batch.
pub(super) fn batch(batch: Vec<Value>) -> Result<Vec<Request>, Problem> {
    match batch.len() {
        1..=BATCH => batch.into_iter().map(super::operation).collect(),
        found => Err(too_much(format!("a batch has 1 to {BATCH} operations, this one {found}"))),
    }
}

/// Refuses brackets that are nested too deep, without following them.
pub(super) fn nesting(query: &str) -> Result<(), Problem> {
    let mut depth = 0_usize;
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        match first {
            '#' => rest = rest.trim_start_matches(|it| it != '\n' && it != '\r'),
            '"' => rest = after_string(rest),
            _ => {
                match first {
                    '{' | '[' | '(' => depth += 1,
                    '}' | ']' | ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        if depth > NESTING {
            return Err(too_much(format!("brackets may be nested {NESTING} times")));
        }
    }
    Ok(())
}

/// What comes after the string at the beginning of a text.
fn after_string(text: &str) -> &str {
    let (quote, escaped) =
        if text.starts_with("\"\"\"") { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut rest = text.strip_prefix(quote).unwrap_or_default();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(escaped) {
            // a backslash takes the next character along
            let taken =
                if quote.len() == 1 { after.chars().next().map_or(0, char::len_utf8) } else { 0 };
            rest = after.get(taken..).unwrap_or_default();
        } else if let Some(after) = rest.strip_prefix(quote) {
            return after;
        } else {
            let taken = rest.chars().next().map_or(0, char::len_utf8);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
    rest
}

/// Refuses a document that selects too much, spreads a fragment inside of itself, or has too many directives.
pub(super) fn document(document: &ExecutableDocument) -> Result<(), Problem> {
    let mut measure = Measure { document, known: HashMap::new(), directives: 0 };
    let mut selections = 0_usize;
    for (_, operation) in document.operations.iter() {
        measure.count(&operation.node.directives)?;
        for variable in &operation.node.variable_definitions {
            measure.count(&variable.node.directives)?;
        }
        selections = selections.saturating_add(measure.weigh(&operation.node.selection_set.node)?);
    }
    for name in document.fragments.keys() {
        measure.fragment(name)?;
    }
    if selections > SELECTIONS {
        return Err(too_much(format!(
            "a document has at most {SELECTIONS} selections, this one {selections}"
        )));
    }
    Ok(())
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Selections of each fragment; none while it is being measured.
    known: HashMap<&'a Name, Option<usize>>,
    directives: usize,
}

impl<'a> Measure<'a> {
    fn weigh(&mut self, set: &'a SelectionSet) -> Result<usize, Problem> {
        let mut sum = 0_usize;
        for selection in &set.items {
            self.count(selection.node.directives())?;
            let inner = match &selection.node {
                Selection::Field(field) => self.weigh(&field.node.selection_set.node)?,
                Selection::InlineFragment(inline) => self.weigh(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            sum = sum.saturating_add(inner).saturating_add(1);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<usize, Problem> {
        match self.known.get(name) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => {
                return Err(too_much(format!("the fragment {name} is spread inside of itself")));
            }
            None => {}
        }
        // one that is not defined is the validation's to tell
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(0) };
        self.known.insert(name, None);
        self.count(&fragment.node.directives)?;
        let weight = self.weigh(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(weight));
        Ok(weight)
    }

    fn count(&mut self, directives: &[Positioned<Directive>]) -> Result<(), Problem> {
        self.directives += directives.len();
        if self.directives > DIRECTIVES {
            return Err(too_much(format!("a document has at most {DIRECTIVES} directives")));
        }
        Ok(())
    }
}

fn too_much(detail: String) -> Problem {
    Problem::new(Code::GRAPHQL).detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_are_no_brackets() {
        let deep = "{a".repeat(NESTING);
        assert!(nesting(&deep).is_ok());
        assert!(nesting(&format!("{deep}{{a")).is_err());
        for free in [
            "(a: \"{\")",
            "# {\n",
            "(a: \"\\\"{\")",
            "(a: \"\"\"\n{\\\"\"\"{\"\"\")",
            "(a: \"é\\é{\")",
        ] {
            assert!(nesting(&format!("{deep}{free}")).is_ok() || free.starts_with('('), "{free}");
            let shallow = "{a".repeat(NESTING - 1);
            assert!(nesting(&format!("{shallow}{free}")).is_ok(), "{free}");
        }
        // closing ones that are no brackets do not help either
        for cheat in ["\"}\"", "#}\n", "\"\"\"}\"\"\""] {
            assert!(nesting(&format!("{deep}{cheat}{{a")).is_err(), "{cheat}");
        }
    }
}
