//! What the sources say of their types: documentation by type, field, variant and word.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Expr, ExprLit, Fields, ImplItem, Item, Lit, Meta, Type, Visibility};

/// The sources of the game.
pub(super) struct Textes {
    pub(super) fichiers: Vec<Fichier>,
    types: Vec<Decrit>,
}

/// A file, by its path below `src`.
pub(super) struct Fichier {
    pub(super) chemin: String,
    /// The documentation of the module, line by line.
    pub(super) module: Vec<String>,
    pub(super) items: Vec<Item>,
}

/// A type, a field, a variant or a word.
#[derive(Debug, Clone, Default)]
pub(super) struct Decrit {
    pub(super) nom: String,
    pub(super) texte: String,
    /// The type of a field, or what a variant of one field holds.
    pub(super) type_rust: String,
    pub(super) membres: Vec<Decrit>,
    fichier: String,
}

/// A public constant.
pub(super) struct Constante {
    pub(super) nom: String,
    pub(super) valeur: String,
    pub(super) texte: String,
}

impl Textes {
    /// Reads them.
    pub(super) fn lire() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut fichiers = vec![];
        dossier(&src, &src, &mut fichiers);
        let types = fichiers.iter().flat_map(types_de).collect();
        Self { fichiers, types }
    }

    /// The type of this name that has these members: the one in `module` before others.
    pub(super) fn type_de(&self, module: &str, nom: &str, membres: &[&str]) -> &Decrit {
        let wanted: BTreeSet<_> = membres.iter().copied().collect();
        let mut found: Vec<_> = self
            .types
            .iter()
            .filter(|it| it.nom == nom)
            .filter(|it| wanted.is_empty() || wanted.iter().all(|name| it.membre(name).is_some()))
            .collect();
        found.sort_by_key(|it| !it.fichier.starts_with(module));
        found.first().unwrap_or_else(|| panic!("{nom} of {module} is not in the sources"))
    }

    pub(super) fn fichier(&self, chemin: &str) -> &Fichier {
        let found = self.fichiers.iter().find(|it| it.chemin == chemin);
        found.unwrap_or_else(|| panic!("no file {chemin}"))
    }

    /// The public constants of the types in a module, without those of its submodules `sauf`.
    pub(super) fn constantes(&self, module: &str, sauf: &[&str]) -> Vec<Constante> {
        let of = |it: &&Fichier| {
            let inside = it.chemin.starts_with(&format!("{module}/"));
            inside && !sauf.iter().any(|sub| it.chemin.starts_with(sub))
        };
        self.fichiers.iter().filter(of).flat_map(|it| constantes_de(&it.items)).collect()
    }
}

impl Decrit {
    pub(super) fn membre(&self, nom: &str) -> Option<&Self> {
        self.membres.iter().find(|it| it.nom == nom)
    }
}

fn dossier(src: &Path, dossier_: &Path, fichiers: &mut Vec<Fichier>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(dossier_).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            dossier(src, &path, fichiers);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let file = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let chemin = path.strip_prefix(src).unwrap().display().to_string();
            let module = lignes(&file.attrs);
            fichiers.push(Fichier { chemin, module, items: file.items });
        }
    }
}

/// The lines of a documentation.
pub(super) fn lignes(attributes: &[Attribute]) -> Vec<String> {
    let line = |attribute: &Attribute| {
        let Meta::NameValue(meta) = &attribute.meta else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
        meta.path.is_ident("doc").then(|| {
            let text = text.value();
            text.strip_prefix(' ').unwrap_or(&text).to_owned()
        })
    };
    attributes.iter().filter_map(line).collect()
}

/// A documentation as one text: its first paragraphs, up to a heading.
pub(super) fn texte(attributes: &[Attribute]) -> String {
    let lines = lignes(attributes);
    let until = lines.iter().position(|it| it.starts_with('#')).unwrap_or(lines.len());
    lines[..until].join(" ").trim().replace("  ", " ")
}

fn types_de(fichier: &Fichier) -> Vec<Decrit> {
    let mut found = vec![];
    for item in &fichier.items {
        match item {
            Item::Enum(it) => {
                let variant = |it: &syn::Variant| Decrit {
                    nom: it.ident.to_string(),
                    texte: texte(&it.attrs),
                    type_rust: match &it.fields {
                        Fields::Unnamed(only) => type_rust(&only.unnamed[0].ty),
                        _ => String::new(),
                    },
                    membres: champs(&it.fields, true),
                    fichier: String::new(),
                };
                let membres = it.variants.iter().map(variant).collect();
                found.push(decrit(&it.ident, &it.attrs, membres));
            }
            Item::Struct(it) => {
                found.push(decrit(&it.ident, &it.attrs, champs(&it.fields, false)));
            }
            Item::Macro(it) => found.extend(mots(it.mac.tokens.clone())),
            _ => {}
        }
    }
    found.iter_mut().for_each(|it| it.fichier.clone_from(&fichier.chemin));
    found
}

fn decrit(nom: &syn::Ident, attributes: &[Attribute], membres: Vec<Decrit>) -> Decrit {
    let texte = texte(attributes);
    Decrit { nom: nom.to_string(), texte, membres, ..Decrit::default() }
}

/// Fields with names: all of a variant, the public ones of a struct.
fn champs(fields: &Fields, all: bool) -> Vec<Decrit> {
    let Fields::Named(named) = fields else { return vec![] };
    let shown = named.named.iter().filter(|it| all || matches!(it.vis, Visibility::Public(_)));
    shown
        .map(|it| Decrit {
            nom: it.ident.as_ref().unwrap().to_string(),
            texte: texte(&it.attrs),
            type_rust: type_rust(&it.ty),
            ..Decrit::default()
        })
        .collect()
}

/// A type as it is written.
fn type_rust(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" < ", "<")
        .replace(" > ", ">")
        .replace(" >", ">")
        .replace(" :: ", "::")
        .replace(" ,", ",")
}

/// What is documented inside of a macro's call: names that follow a documentation, and in braces those of their members.
fn mots(tokens: TokenStream) -> Vec<Decrit> {
    let mut found: Vec<Decrit> = vec![];
    let mut doc: Vec<String> = vec![];
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(it) if it.as_char() == '#' => {
                let Some(TokenTree::Group(group)) = tokens.next() else { continue };
                let attribute = format!("#[{}]", group.stream());
                let parsed = syn::parse::Parser::parse_str(Attribute::parse_outer, &attribute);
                doc.extend(lignes(&parsed.unwrap_or_default()));
            }
            TokenTree::Ident(it) if it == "pub" || it == "enum" || it == "struct" => {}
            TokenTree::Ident(it) if !doc.is_empty() => {
                let texte = std::mem::take(&mut doc).join(" ");
                found.push(Decrit { nom: it.to_string(), texte, ..Decrit::default() });
            }
            TokenTree::Group(group) => {
                if let Some(last) = found.last_mut().filter(|it| it.membres.is_empty()) {
                    last.membres = mots(group.stream());
                }
            }
            _ => {}
        }
    }
    found
}

fn constantes_de(items: &[Item]) -> Vec<Constante> {
    let mut found = vec![];
    for item in items {
        let Item::Impl(it) = item else { continue };
        let of = type_rust(&it.self_ty);
        for member in &it.items {
            let ImplItem::Const(it) = member else { continue };
            if matches!(it.vis, Visibility::Public(_)) {
                let valeur = type_rust(&Type::Verbatim(it.expr.to_token_stream()));
                let nom = format!("{of}::{}", it.ident);
                found.push(Constante { nom, valeur, texte: texte(&it.attrs) });
            }
        }
    }
    found
}
