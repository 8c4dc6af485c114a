//! The public API of each library, as a listing under version control: a change of it shows in a review.
//!
//! Read from the sources, so that a stable compiler does. What a macro makes is listed as the call of the macro.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use syn::{Attribute, Field, Fields, ImplItem, Item, ItemImpl, TraitItem, Type, parse_quote};

use crate::crate_tree::{
    CrateTree, Import, Module, attributes, imports, is_exported, is_exported_macro, is_hidden,
    is_public, is_test, name_of,
};

/// The libraries that are listed: folder and name.
const LIBRARIES: [(&str, &str); 9] = [
    ("aether-core", "aether_core"),
    ("aether-core/derive", "aether_core_derive"),
    ("aether-realtime", "aether_realtime"),
    ("aether-postgres", "aether_postgres"),
    ("aether-redis", "aether_redis"),
    ("aether-cli", "aether_cli"),
    ("aether-testkit", "aether_testkit"),
    ("aether-testkit/contract", "aether_contract"),
    ("aether-game", "aether_game"),
];

/// The libraries whose API is not as it is listed, in words. With `write` the listings are made anew instead.
pub(crate) fn changed(root: &Path, write: bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (folder, name) in LIBRARIES {
        let tree = CrateTree::read(&root.join(folder).join("src/lib.rs"))?;
        let now = Listing::of(&tree, name).text(&tree);
        let place = format!("docs/api/{name}.txt");
        let file = root.join(&place);
        if write {
            std::fs::write(&file, now).with_context(|| place.clone())?;
        } else if std::fs::read_to_string(&file).unwrap_or_default() != now {
            found.push(format!(
                "the public API of {name} is not as {place} lists it: cargo run -p aether-checks -- --write, \
                 and look at the difference"
            ));
        }
    }
    Ok(found)
}

/// What a crate offers.
#[derive(Default)]
struct Listing {
    /// The items of each public module, by its public path; each without its impls.
    modules: BTreeMap<String, Vec<Item>>,
    /// The types and traits among them, as they are called where they are defined.
    names: BTreeSet<String>,
}

impl Listing {
    fn of(tree: &CrateTree, name: &str) -> Self {
        let mut listing = Self::default();
        listing.module(tree, &Module::new(), name);
        for (_, items) in tree.modules() {
            let macros = items.iter().filter(|item| is_exported_macro(item));
            macros.for_each(|item| listing.add(name, item, None));
        }
        listing
    }

    fn module(&mut self, tree: &CrateTree, module: &Module, shown: &str) {
        for item in tree.items(module) {
            match item {
                Item::Mod(it) if is_public(&it.vis) && !is_hidden(&it.attrs) => {
                    let child = [module.as_slice(), &[it.ident.to_string()]].concat();
                    self.module(tree, &child, &format!("{shown}::{}", it.ident));
                }
                Item::Use(it) if is_public(&it.vis) && !is_hidden(&it.attrs) => {
                    imports(&it.tree).iter().for_each(|it| self.import(tree, module, shown, it));
                }
                item if is_exported(item) => self.add(shown, item, None),
                _ => {}
            }
        }
    }

    fn import(&mut self, tree: &CrateTree, module: &Module, shown: &str, import: &Import) {
        let Some(target) = tree.absolute(module, &import.path) else {
            let path = import.path.join("::");
            let line = match import.path.last() == Some(&import.name) {
                true => format!("pub use {path};"),
                false => format!("pub use {path} as {};", import.name),
            };
            let items = self.modules.entry(shown.to_owned()).or_default();
            items.extend(syn::parse_str::<Item>(&line));
            return;
        };
        if import.name == "*" {
            self.module(tree, &target, shown);
        } else if tree.is_module(&target) {
            self.module(tree, &target, &format!("{shown}::{}", import.name));
        } else {
            tree.find(&target).into_iter().for_each(|it| self.add(shown, it, Some(&import.name)));
        }
    }

    fn add(&mut self, shown: &str, item: &Item, name: Option<&str>) {
        if is_hidden(attributes(item)) || is_test(attributes(item)) {
            return;
        }
        self.names.extend(name_of(item));
        if let Some(item) = bare(item, name) {
            self.modules.entry(shown.to_owned()).or_default().push(item);
        }
    }

    fn text(mut self, tree: &CrateTree) -> String {
        let mut impls = self.impls(tree);
        let mut text = String::new();
        for (module, mut items) in std::mem::take(&mut self.modules) {
            items.sort_by_key(|item| (name_of(item).is_some(), name_of(item)));
            text.push_str(&format!("// {module}\n\n"));
            for item in items {
                let mut group = vec![item];
                let name = name_of(&group[0]).unwrap_or_default();
                group.extend(impls.remove(&name).into_iter().flatten());
                text.push_str(&print(group));
                text.push('\n');
            }
        }
        text
    }

    /// What is implemented, by the name of the type; for types of others, by that of the trait.
    fn impls(&self, tree: &CrateTree) -> BTreeMap<String, Vec<Item>> {
        let mut all: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        let own: BTreeSet<_> =
            tree.modules().flat_map(|(_, items)| items).filter_map(name_of).collect();
        for item in tree.modules().flat_map(|(_, items)| items) {
            let Item::Impl(it) = item else { continue };
            let of = it.trait_.as_ref().and_then(|(path, ..)| last(path));
            let is_foreign =
                of.as_ref().is_none_or(|name| !own.contains(name) || self.names.contains(name));
            let on = self_name(&it.self_ty).filter(|name| self.names.contains(name));
            let place = on.or_else(|| of.filter(|name| self.names.contains(name)));
            if let (Some(place), true, Some(item)) = (place, is_foreign, bare_impl(it)) {
                all.entry(place).or_default().push(item);
            }
        }
        for items in all.values_mut() {
            items.sort_by_cached_key(|item| print(vec![item.clone()]));
        }
        all
    }
}

fn print(items: Vec<Item>) -> String {
    prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
}

fn last(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|segment| segment.ident.to_string())
}

fn self_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => last(&path.path),
        Type::Reference(to) => self_name(&to.elem),
        _ => None,
    }
}

/// An attribute that users notice.
fn is_noticed(attribute: &Attribute) -> bool {
    let path = attribute.path();
    ["cfg", "derive", "non_exhaustive", "deprecated"].iter().any(|name| path.is_ident(name))
}

/// An item without documentation, bodies and what is private.
fn bare(item: &Item, name: Option<&str>) -> Option<Item> {
    let mut item = item.clone();
    let called = name.map(|name| quote::format_ident!("{name}"));
    match &mut item {
        Item::Const(it) => it.attrs.retain(is_noticed),
        Item::Type(it) => it.attrs.retain(is_noticed),
        Item::Enum(it) => {
            it.attrs.retain(is_noticed);
            for variant in &mut it.variants {
                variant.attrs.retain(is_noticed);
                variant.fields.iter_mut().for_each(|field| field.attrs.retain(is_noticed));
            }
            it.ident = called.unwrap_or_else(|| it.ident.clone());
        }
        Item::Fn(it) => {
            it.attrs.retain(is_noticed);
            it.block = parse_quote!({});
            it.sig.ident = called.unwrap_or_else(|| it.sig.ident.clone());
        }
        Item::Macro(it) => {
            it.attrs.retain(is_noticed);
            it.mac.tokens = parse_quote!(() => {};);
        }
        Item::Struct(it) => {
            it.attrs.retain(is_noticed);
            it.fields = public_fields(&it.fields);
            it.ident = called.unwrap_or_else(|| it.ident.clone());
        }
        Item::Trait(it) => {
            it.attrs.retain(is_noticed);
            it.items.retain(|item| !matches!(item, TraitItem::Fn(it) if is_hidden(&it.attrs)));
            it.items.iter_mut().for_each(bare_trait_item);
            it.ident = called.unwrap_or_else(|| it.ident.clone());
        }
        _ => return None,
    }
    Some(item)
}

fn bare_trait_item(item: &mut TraitItem) {
    match item {
        TraitItem::Fn(it) => {
            it.attrs.retain(is_noticed);
            it.default = it.default.is_some().then(|| parse_quote!({}));
        }
        TraitItem::Type(it) => it.attrs.retain(is_noticed),
        TraitItem::Const(it) => it.attrs.retain(is_noticed),
        _ => {}
    }
}

/// The fields of a struct that users see; of a tuple, `_` stands for the others.
fn public_fields(fields: &Fields) -> Fields {
    let bare = |field: &Field| {
        let mut field = field.clone();
        field.attrs.retain(is_noticed);
        field
    };
    match fields {
        Fields::Named(named) => {
            let kept = named.named.iter().filter(|it| is_public(&it.vis)).map(bare);
            let named = kept.collect();
            Fields::Named(syn::FieldsNamed { named, ..parse_quote!({}) })
        }
        Fields::Unnamed(tuple) => {
            let all = tuple.unnamed.iter().map(bare).map(|mut field| {
                if !is_public(&field.vis) {
                    field.ty = parse_quote!(_);
                }
                field
            });
            let unnamed = all.collect();
            Fields::Unnamed(syn::FieldsUnnamed { unnamed, ..parse_quote!(()) })
        }
        Fields::Unit => Fields::Unit,
    }
}

/// What an impl offers: of a trait's its head, else its public items; `None` if that is nothing.
fn bare_impl(it: &ItemImpl) -> Option<Item> {
    if is_hidden(&it.attrs) || is_test(&it.attrs) {
        return None;
    }
    let mut it = it.clone();
    it.attrs.retain(is_noticed);
    if it.trait_.is_some() {
        it.items.clear();
        return Some(Item::Impl(it));
    }
    it.items.retain(|item| match item {
        ImplItem::Fn(it) => is_public(&it.vis) && !is_hidden(&it.attrs),
        ImplItem::Const(it) => is_public(&it.vis) && !is_hidden(&it.attrs),
        ImplItem::Macro(_) => true,
        _ => false,
    });
    for item in &mut it.items {
        match item {
            ImplItem::Fn(it) => {
                it.attrs.retain(is_noticed);
                it.block = parse_quote!({});
            }
            ImplItem::Const(it) => it.attrs.retain(is_noticed),
            ImplItem::Macro(it) => it.attrs.retain(is_noticed),
            _ => {}
        }
    }
    (!it.items.is_empty()).then_some(Item::Impl(it))
}
