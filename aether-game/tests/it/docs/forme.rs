//! The shape of a stored event, read from the text that `Shape` writes: the same text as in `events/*.lock.json`.

use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitInt, LitStr, Token, braced, parenthesized};

/// A type as it is stored.
#[derive(Debug, Clone)]
pub(super) enum Forme {
    /// One without inner structure, by its name.
    Feuille(String),
    /// A number or a text with bounds.
    Bornee {
        nom: String,
        min: i128,
        max: i128,
    },
    Option(Box<Forme>),
    Liste(Box<Forme>),
    Map(Box<Forme>, Box<Forme>),
    Struct(Struct),
    Enum {
        nom: String,
        serde: Serde,
        variantes: Vec<Variante>,
    },
}

/// A type with fields. The fields of an event have no name around them.
#[derive(Debug, Clone)]
pub(super) struct Struct {
    pub(super) nom: Option<String>,
    pub(super) serde: Serde,
    pub(super) champs: Vec<Champ>,
}

#[derive(Debug, Clone)]
pub(super) struct Champ {
    pub(super) nom: String,
    pub(super) serde: Serde,
    pub(super) forme: Forme,
}

#[derive(Debug, Clone)]
pub(super) struct Variante {
    pub(super) nom: String,
    pub(super) serde: Serde,
    pub(super) contenu: Contenu,
}

#[derive(Debug, Clone)]
pub(super) enum Contenu {
    Rien,
    Un(Box<Forme>),
    Champs(Vec<Champ>),
}

/// What `#[serde(…)]` says of a type, a field or a variant.
#[derive(Debug, Clone, Default)]
pub(super) struct Serde {
    pub(super) rename: Option<String>,
    pub(super) rename_all: Option<String>,
    pub(super) rename_all_fields: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) content: Option<String>,
    /// Whether it can be missing when it is read.
    pub(super) default: bool,
    /// Whether it is missing when there is nothing to say.
    pub(super) skip: bool,
}

impl Serde {
    /// The name in JSON of a field or a variant of a type with the case `case`.
    pub(super) fn json(&self, nom: &str, case: Option<&str>) -> String {
        match (&self.rename, case) {
            (Some(nom), _) => nom.clone(),
            (None, Some("camelCase")) => camel(nom),
            (None, Some("SCREAMING_SNAKE_CASE")) => screaming(nom),
            (None, None) => nom.to_owned(),
            (None, Some(other)) => panic!("the case {other} is not known here"),
        }
    }
}

fn camel(nom: &str) -> String {
    let mut parts = nom.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (initial, rest) = part.split_at(1);
        name + &initial.to_uppercase() + rest
    })
}

fn screaming(nom: &str) -> String {
    let mut word = String::new();
    for c in nom.chars() {
        if c.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.extend(c.to_uppercase());
    }
    word
}

/// Reads the text of a shape.
pub(super) fn lire(texte: &str) -> Forme {
    syn::parse_str(texte).unwrap_or_else(|error| panic!("{error} in the shape {texte}"))
}

impl Parse for Forme {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let serde = serde(&input.call(Attribute::parse_outer)?)?;
        if input.peek(syn::token::Brace) {
            let champs = champs(input)?;
            return Ok(Self::Struct(Struct { nom: None, serde, champs }));
        }
        let nom = Ident::parse_any(input)?.to_string();
        if input.peek(Token![<]) {
            return generique(&nom, input);
        }
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            let min = borne(&content)?;
            content.parse::<Token![..=]>()?;
            return Ok(Self::Bornee { nom, min, max: borne(&content)? });
        }
        if !input.peek(syn::token::Brace) {
            return Ok(Self::Feuille(nom));
        }
        if est_struct(&input.fork())? {
            let champs = champs(input)?;
            return Ok(Self::Struct(Struct { nom: Some(nom), serde, champs }));
        }
        let content;
        braced!(content in input);
        let variantes = Punctuated::<Variante, Token![,]>::parse_terminated(&content)?;
        Ok(Self::Enum { nom, serde, variantes: variantes.into_iter().collect() })
    }
}

fn generique(nom: &str, input: ParseStream<'_>) -> syn::Result<Forme> {
    input.parse::<Token![<]>()?;
    let first: Forme = input.parse()?;
    let second: Option<Forme> = match input.parse::<Option<Token![,]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Token![>]>()?;
    match (nom, second) {
        ("Option", None) => Ok(Forme::Option(Box::new(first))),
        ("Vec" | "Set", None) => Ok(Forme::Liste(Box::new(first))),
        ("Map", Some(second)) => Ok(Forme::Map(Box::new(first), Box::new(second))),
        ("DateTime", None) => Ok(Forme::Feuille("DateTime<Utc>".into())),
        _ => Err(input.error(format!("{nom}<…> is not known here"))),
    }
}

fn borne(input: ParseStream<'_>) -> syn::Result<i128> {
    let minus: Option<Token![-]> = input.parse()?;
    let number: i128 = input.parse::<LitInt>()?.base10_parse()?;
    Ok(if minus.is_some() { -number } else { number })
}

/// Whether what is in the braces that follow are fields.
fn est_struct(input: ParseStream<'_>) -> syn::Result<bool> {
    let content;
    braced!(content in input);
    content.call(Attribute::parse_outer)?;
    Ok(content.is_empty() || content.peek2(Token![:]))
}

fn champs(input: ParseStream<'_>) -> syn::Result<Vec<Champ>> {
    let content;
    braced!(content in input);
    Ok(Punctuated::<Champ, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

impl Parse for Champ {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let serde = serde(&input.call(Attribute::parse_outer)?)?;
        let nom = Ident::parse_any(input)?.to_string();
        input.parse::<Token![:]>()?;
        Ok(Self { nom, serde, forme: input.parse()? })
    }
}

impl Parse for Variante {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let serde = serde(&input.call(Attribute::parse_outer)?)?;
        let nom = Ident::parse_any(input)?.to_string();
        let contenu = if input.peek(syn::token::Brace) {
            Contenu::Champs(champs(input)?)
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            Contenu::Un(Box::new(content.parse()?))
        } else {
            Contenu::Rien
        };
        Ok(Self { nom, serde, contenu })
    }
}

fn serde(attributes: &[Attribute]) -> syn::Result<Serde> {
    let mut it = Serde::default();
    for attribute in attributes {
        attribute.parse_nested_meta(|meta| {
            let place = match meta.path.require_ident()?.to_string().as_str() {
                "default" => {
                    it.default = true;
                    return Ok(());
                }
                "deny_unknown_fields" => return Ok(()),
                "skip_serializing_if" => {
                    it.skip = true;
                    return meta.value()?.parse::<LitStr>().map(drop);
                }
                "rename" => &mut it.rename,
                "rename_all" => &mut it.rename_all,
                "rename_all_fields" => &mut it.rename_all_fields,
                "tag" => &mut it.tag,
                "content" => &mut it.content,
                other => return Err(meta.error(format!("serde({other}) is not known here"))),
            };
            *place = Some(meta.value()?.parse::<LitStr>()?.value());
            Ok(())
        })?;
    }
    Ok(it)
}
