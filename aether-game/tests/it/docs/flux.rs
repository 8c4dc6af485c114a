//! The page of the streams: which aggregate lives in which, and the appends that change several.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{FnArg, ImplItem, Item, ItemFn, Visibility};

use super::pages::cellule;
use super::textes::{Fichier, Textes, texte};
use super::{AVIS, Agregat};

/// The page.
pub(super) fn page(textes: &Textes, agregats: &[Agregat]) -> String {
    let mut page = format!(
        "# Streams of the game\n\n{AVIS} Why it is so is in [ADR 0026](adr/0026-streams-of-the-game.md).\n\n\
         A stream holds the events of one aggregate, and decides alone. An id that follows from others is never looked up: `v5(a, b)` is the \
         UUID of version 5 in the name space `a`. A stream begins with its first event.\n\n\
         | aggregate | stored as | stream | events |\n|---|---|---|---|\n"
    );
    for Agregat { nom, titre, stocke, flux, types, .. } in agregats {
        let names: Vec<_> = types.iter().map(|(it, _)| format!("`{}`", it.name)).collect();
        writeln!(
            page,
            "| [{titre}](events/{nom}.md) | `{stocke}` | {flux} | {} |",
            names.join(", ")
        )
        .unwrap();
    }
    page.push_str(
        "\n## Appends over several streams\n\nThese functions make a unit: all of its legs are stored in one append, or none. \
         A leg that is not possible any more refuses the whole. Some legs are only there where something is to be moved. \
         Conditions on streams that are only read are not listed.\n\n\
         | unit | what it does | legs |\n|---|---|---|\n",
    );
    for fichier in &textes.fichiers {
        for it in unites(fichier) {
            let legs: Vec<_> = pattes(fichier, it).iter().map(|leg| format!("`{leg}`")).collect();
            let module = fichier.chemin.trim_end_matches(".rs").replace('/', "::");
            let what = cellule(&texte(&it.attrs));
            writeln!(
                page,
                "| [`{module}::{}`](../aether-game/src/{}) | {what} | {} |",
                it.sig.ident,
                fichier.chemin,
                legs.join(", ")
            )
            .unwrap();
        }
    }
    page
}

/// The public functions of a file that begin a unit, or add legs to one.
fn unites(fichier: &Fichier) -> impl Iterator<Item = &ItemFn> {
    fichier.items.iter().filter_map(|item| match item {
        Item::Fn(it) if matches!(it.vis, Visibility::Public(_)) => {
            let generics = it.sig.generics.to_token_stream().to_string();
            generics.contains(": Unite").then_some(it)
        }
        _ => None,
    })
}

/// The commands that a function names, or that those of its file name which it calls, in order.
fn pattes(fichier: &Fichier, of: &ItemFn) -> Vec<String> {
    let mut found = vec![];
    suit(fichier, of, &mut BTreeSet::new(), &mut found);
    found
}

fn suit(fichier: &Fichier, of: &ItemFn, seen: &mut BTreeSet<String>, found: &mut Vec<String>) {
    if !seen.insert(of.sig.ident.to_string()) {
        return;
    }
    let mut words = vec![];
    mots(of.block.to_token_stream(), &mut words);
    // what the methods of its arguments name: they make legs as well
    let arguments = of.sig.inputs.iter().filter_map(|it| match it {
        FnArg::Typed(it) => Some(it.ty.to_token_stream().to_string()),
        FnArg::Receiver(_) => None,
    });
    let arguments: Vec<_> = arguments.collect();
    for item in &fichier.items {
        let Item::Impl(it) = item else { continue };
        if it.trait_.is_none() && arguments.contains(&it.self_ty.to_token_stream().to_string()) {
            let methods = it.items.iter().filter(|it| matches!(it, ImplItem::Fn(_)));
            methods.for_each(|it| mots(it.to_token_stream(), &mut words));
        }
    }
    for (index, word) in words.iter().enumerate() {
        let variant = words.get(index + 1).filter(|it| it.starts_with(char::is_uppercase));
        if let Some(variant) = variant.filter(|_| word.ends_with("Command")) {
            let leg = format!("{word}::{variant}");
            if !found.contains(&leg) {
                found.push(leg);
            }
        }
        let called = fichier.items.iter().find_map(|item| match item {
            Item::Fn(it) if it.sig.ident == word => Some(it),
            _ => None,
        });
        if let Some(called) = called {
            suit(fichier, called, seen, found);
        }
    }
}

/// The identifiers of some code, in order.
fn mots(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(it) => found.push(it.to_string()),
            TokenTree::Group(it) => mots(it.stream(), found),
            _ => {}
        }
    }
}
