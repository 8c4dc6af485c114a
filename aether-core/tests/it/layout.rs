//! Who imports whom: a circle of modules stays inside one folder, or is one of two files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module by its path, `["projection", "anchor"]`; the root is empty.
type Module = Vec<String>;

/// The modules of a crate and what they say in `use` lines.
#[derive(Default)]
struct Crate {
    uses: BTreeMap<Module, Vec<Use>>,
}

/// One name that a `use` line brings in.
#[derive(Debug, PartialEq)]
struct Use {
    path: Vec<String>,
    is_public: bool,
}

impl Crate {
    fn read(folder: &Path) -> Self {
        let mut all = Self::default();
        all.add(folder, &[]);
        all
    }

    fn add(&mut self, folder: &Path, above: &[String]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let mut module = above.to_vec();
            if stem != "lib" {
                module.push(stem);
            }
            if path.is_dir() {
                self.add(&path, &module);
            } else if path.extension().is_some_and(|it| it == "rs") {
                self.uses.insert(module, uses(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// The module that defines what a path in `module` names; `None` for other crates.
    fn target(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut found = match path.first()?.as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => module[..module.len() - 1].to_vec(),
            child => {
                let child = [module.as_slice(), &[child.to_owned()]].concat();
                self.uses.contains_key(&child).then_some(child)?
            }
        };
        for step in &path[1..] {
            let below = [found.as_slice(), std::slice::from_ref(step)].concat();
            if step == "super" {
                found.pop();
            } else if self.uses.contains_key(&below) {
                found = below;
            } else {
                return Some(self.exported(&found, step).unwrap_or(found));
            }
        }
        Some(found)
    }

    /// The module that a name comes from which `module` passes on.
    fn exported(&self, module: &Module, name: &String) -> Option<Module> {
        let passed_on = self.uses[module].iter();
        let found = passed_on.filter(|it| it.is_public).find(|it| it.path.last() == Some(name))?;
        self.target(module, &found.path)
    }

    /// What each module imports, and all that this imports.
    fn reach(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let mut reach: BTreeMap<&Module, BTreeSet<Module>> = BTreeMap::new();
        for (module, uses) in &self.uses {
            let imports = uses.iter().filter(|it| !it.is_public);
            let targets = imports.filter_map(|it| self.target(module, &it.path));
            reach.insert(module, targets.filter(|target| target != module).collect());
        }
        loop {
            let mut further = reach.clone();
            for targets in further.values_mut() {
                let more: Vec<_> = targets.iter().flat_map(|it| reach[it].clone()).collect();
                targets.extend(more);
            }
            if further == reach {
                return reach;
            }
            reach = further;
        }
    }

    /// The circles: modules that import each other, by whatever way.
    fn circles(&self) -> BTreeSet<Vec<String>> {
        let reach = self.reach();
        let circle = |module: &&Module| {
            let others = reach[*module].iter().filter(|other| reach[*other].contains(*module));
            others.map(|module| module.join("::")).collect::<Vec<_>>()
        };
        reach.keys().map(circle).filter(|circle| circle.len() > 1).collect()
    }
}

/// The names that `use` lines outside of tests bring in.
fn uses(text: &str) -> Vec<Use> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut found = Vec::new();
    let mut line = String::new();
    for part in text.lines().map(str::trim) {
        let begins = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
        if line.is_empty() && !begins.iter().any(|begin| part.starts_with(begin)) {
            continue;
        }
        line.push_str(part);
        let Some(whole) = line.strip_suffix(';') else { continue };
        let (visibility, tree) = whole.split_once("use ").unwrap();
        let is_public = !visibility.is_empty();
        found.extend(names(tree).into_iter().map(|path| Use { path, is_public }));
        line.clear();
    }
    found
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
pub(crate) fn names(tree: &str) -> Vec<Vec<String>> {
    let path = |path: &str| {
        let name = path.split(" as ").next().unwrap_or(path);
        name.trim().split("::").filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let Some((stem, list)) = tree.split_once('{') else { return vec![path(tree)] };
    let stem: Vec<String> = path(stem);
    let (mut depth, mut begun, mut found) = (0, 0, Vec::new());
    let list = format!("{},", list.trim_end().strip_suffix('}').unwrap());
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[begun..at].trim().is_empty() {
                    let below = names(&list[begun..at]).into_iter();
                    found.extend(below.map(|below| [stem.clone(), below].concat()));
                }
                begun = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn is_small(circle: &[String]) -> bool {
    let folder = |module: &String| module.split("::").next().map(str::to_owned);
    circle.len() == 2 || circle.iter().all(|module| folder(module) == folder(&circle[0]))
}

#[test]
fn an_import_circle_stays_inside_one_folder_or_between_two_files() {
    let all = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(all.uses.len() > 60, "the sources were read");
    let circles = all.circles();
    assert!(circles.iter().any(|circle| is_small(circle)), "circles are seen: {circles:?}");
    let large: Vec<_> = circles.iter().filter(|circle| !is_small(circle)).collect();
    assert!(large.is_empty(), "break these circles, or move them into one folder: {large:#?}");
}

#[test]
fn use_lines_are_read_whole() {
    let text = "use crate::{\n    a::{B, c::D as F},\n    E,\n};\npub(crate) use f::G;\n#[cfg(test)]\nmod tests { use x::Y; }";
    let path = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    let private = ["crate::a::B", "crate::a::c::D", "crate::E"];
    let expected = private.map(|it| Use { path: path(it), is_public: false }).into_iter();
    let expected: Vec<_> = expected.chain([Use { path: path("f::G"), is_public: true }]).collect();
    assert_eq!(uses(text), expected);
}
