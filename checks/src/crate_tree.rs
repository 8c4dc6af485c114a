//! The modules of a crate as its sources have them, and what a path in them stands for.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use syn::{Attribute, Item, UseTree, Visibility};

/// A module by its path; the root is empty.
pub(crate) type Module = Vec<String>;

/// The items of each module.
pub(crate) struct CrateTree {
    modules: BTreeMap<Module, Vec<Item>>,
}

/// One name that a `use` brings in.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// `*` for all names.
    pub(crate) name: String,
}

impl CrateTree {
    /// Reads a crate from its `lib.rs` on.
    pub(crate) fn read(lib: &Path) -> Result<Self> {
        let mut tree = Self { modules: BTreeMap::new() };
        let folder = lib.parent().context("a crate is in a folder")?;
        tree.add_file(lib, folder, Module::new())?;
        Ok(tree)
    }

    fn add_file(&mut self, file: &Path, below: &Path, module: Module) -> Result<()> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let items = syn::parse_file(&text).with_context(|| file.display().to_string())?.items;
        self.add(items, below, module)
    }

    fn add(&mut self, items: Vec<Item>, below: &Path, module: Module) -> Result<()> {
        for item in &items {
            let Item::Mod(child) = item else { continue };
            if is_test(&child.attrs) {
                continue;
            }
            let name = child.ident.to_string();
            let below_child = below.join(&name);
            let path = [module.as_slice(), std::slice::from_ref(&name)].concat();
            match &child.content {
                Some((_, items)) => self.add(items.clone(), &below_child, path)?,
                None => self.add_file(&below.join(format!("{name}.rs")), &below_child, path)?,
            }
        }
        self.modules.insert(module, items);
        Ok(())
    }

    /// The modules and their items, the root first.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (&Module, &Vec<Item>)> {
        self.modules.iter()
    }

    pub(crate) fn items(&self, module: &Module) -> &[Item] {
        self.modules.get(module).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_module(&self, path: &Module) -> bool {
        self.modules.contains_key(path)
    }

    /// The path from the root that `path`, written in `module`, stands for; `None` if it leads out of the crate.
    pub(crate) fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => module.split_last()?.1.to_vec(),
            name => {
                let child = [module.as_slice(), &[name.to_owned()]].concat();
                let is_here = self.is_module(&child) || self.defines(module, name);
                is_here.then_some(child)?
            }
        };
        for step in rest {
            match step.as_str() {
                "super" => drop(found.pop()),
                step => found.push(step.to_owned()),
            }
        }
        Some(found)
    }

    fn defines(&self, module: &Module, name: &str) -> bool {
        self.items(module).iter().any(|item| name_of(item).as_deref() == Some(name))
    }

    /// The items that a path from the root stands for, through all `use` on the way.
    pub(crate) fn find(&self, path: &Module) -> Vec<&Item> {
        let Some((name, module)) = path.split_last() else { return Vec::new() };
        let module = module.to_vec();
        if !self.is_module(&module) {
            return Vec::new();
        }
        let here = self.items(&module).iter();
        let mut found: Vec<_> =
            here.filter(|item| name_of(item).as_deref() == Some(name.as_str())).collect();
        for item in self.items(&module) {
            let Item::Use(line) = item else { continue };
            for import in imports(&line.tree) {
                if import.name == *name
                    && let Some(target) = self.absolute(&module, &import.path)
                    && target != *path
                {
                    found.extend(self.find(&target));
                }
            }
        }
        found
    }
}

/// The names that a `use` brings in.
pub(crate) fn imports(tree: &UseTree) -> Vec<Import> {
    fn walk(tree: &UseTree, stem: &[String], found: &mut Vec<Import>) {
        let below = |name: &syn::Ident| [stem, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => walk(&path.tree, &below(&path.ident), found),
            UseTree::Name(name) if name.ident == "self" => {
                let name = stem.last().cloned().unwrap_or_default();
                found.push(Import { path: stem.to_vec(), name });
            }
            UseTree::Name(name) => {
                found.push(Import { path: below(&name.ident), name: name.ident.to_string() });
            }
            UseTree::Rename(name) => {
                found.push(Import { path: below(&name.ident), name: name.rename.to_string() });
            }
            UseTree::Glob(_) => found.push(Import { path: stem.to_vec(), name: "*".to_owned() }),
            UseTree::Group(group) => group.items.iter().for_each(|it| walk(it, stem, found)),
        }
    }
    let mut found = Vec::new();
    walk(tree, &[], &mut found);
    found
}

/// What an item is called, if it has a name.
pub(crate) fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(it) => it.ident.to_string(),
        Item::Enum(it) => it.ident.to_string(),
        Item::Fn(it) => it.sig.ident.to_string(),
        Item::Macro(it) => it.ident.as_ref()?.to_string(),
        Item::Mod(it) => it.ident.to_string(),
        Item::Static(it) => it.ident.to_string(),
        Item::Struct(it) => it.ident.to_string(),
        Item::Trait(it) => it.ident.to_string(),
        Item::Type(it) => it.ident.to_string(),
        _ => return None,
    })
}

pub(crate) const fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("cfg")
            && it.parse_args::<syn::Path>().is_ok_and(|what| what.is_ident("test"))
    })
}

/// Whether the documentation leaves it out.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("doc")
            && it.parse_args::<syn::Path>().is_ok_and(|what| what.is_ident("hidden"))
    })
}

/// Whether others may name it.
pub(crate) const fn is_exported(item: &Item) -> bool {
    match item {
        Item::Const(it) => is_public(&it.vis),
        Item::Enum(it) => is_public(&it.vis),
        Item::Fn(it) => is_public(&it.vis),
        Item::Static(it) => is_public(&it.vis),
        Item::Struct(it) => is_public(&it.vis),
        Item::Trait(it) => is_public(&it.vis),
        Item::Type(it) => is_public(&it.vis),
        _ => false,
    }
}

/// Whether it is a macro at the root of the crate, wherever it is written.
pub(crate) fn is_exported_macro(item: &Item) -> bool {
    matches!(item, Item::Macro(it) if it.attrs.iter().any(|it| it.path().is_ident("macro_export")))
}

pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        _ => &[],
    }
}
