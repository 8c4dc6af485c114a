//! Links between documents lead somewhere: to a file that is there, and to a heading in it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::files::files;

/// The links that lead nowhere, in words. Those to the web are not followed; those without a dot name items of Rust.
pub(crate) fn broken(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(root, &["md"])? {
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let text = std::fs::read_to_string(&file).with_context(|| shown.clone())?;
        for (number, link) in links(&text) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let is_file = path.contains(['.', '/']) && !path.contains(':');
            if !is_file && !link.starts_with('#') {
                continue;
            }
            let target = if path.is_empty() {
                file.clone()
            } else {
                file.parent().unwrap_or(root).join(path)
            };
            if !target.exists() {
                found.push(format!("{shown}:{number} links to {link}, which is not there"));
            } else if !heading.is_empty() && target.extension().is_some_and(|it| it == "md") {
                let text = std::fs::read_to_string(&target).with_context(|| link.to_owned())?;
                if !headings(&text).contains(heading) {
                    found.push(format!(
                        "{shown}:{number} links to {link}, which has no such heading"
                    ));
                }
            }
        }
    }
    Ok(found)
}

/// The lines outside of code blocks, numbered.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((index + 1, line))
    })
}

/// Where each link leads, with the number of its line.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(number, line)| {
        let ends = line.split("](").skip(1);
        ends.filter_map(move |rest| Some((number, rest.split_once(')')?.0)))
    })
}

/// The headings, as links name them.
fn headings(text: &str) -> BTreeSet<String> {
    let heading = |line: &str| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let name: String = line.trim_start_matches('#').trim().to_lowercase();
        name.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| heading(line)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found_with_its_line() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
        write("a.md", "# One, two\n\n```\n[x](none.md)\n```\n");
        write(
            "b.md",
            "[a](a.md) [a](a.md#one-two) [web](https://example.org/a.md) [item](Engine::new)\n\
             [gone](c.md)\n[heading](a.md#three) [own](#nothing)\n",
        );
        assert_eq!(
            broken(root.path()).unwrap(),
            [
                "b.md:2 links to c.md, which is not there",
                "b.md:3 links to a.md#three, which has no such heading",
                "b.md:3 links to #nothing, which has no such heading",
            ]
        );
    }
}
