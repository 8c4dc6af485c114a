//! The `#[event(…)]` and `#[shape(…)]` attributes.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Field, Lit, LitStr, Path, Result, parse_quote};

use crate::errors::Errors;

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Enum,
    Variant,
    Struct,
    Field,
    /// An enum that is a set of events.
    Set,
    /// A variant that holds a set.
    SetVariant,
    /// A variant of a part of an aggregate's events.
    PartVariant,
}

/// What the `#[event(…)]` attributes on one item say together.
#[derive(Default)]
pub(crate) struct EventKeys {
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<u16>,
    pub(crate) upcasters: Option<Path>,
    pub(crate) part_of: Option<Path>,
    pub(crate) of: Option<Path>,
    krate: Option<Path>,
}

impl EventKeys {
    /// Reads all `#[event(…)]` among `attributes`, which stand at `place`.
    pub(crate) fn of(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("event")) {
            errors.note(attribute.parse_nested_meta(|meta| keys.read(&meta, place)));
        }
        keys
    }

    /// The path of `aether_core`.
    pub(crate) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(aether_core)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>, place: Place) -> Result<()> {
        let key = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        if matches!(place, Place::Set | Place::SetVariant | Place::PartVariant) {
            return self.read_of_set(meta, place, &key);
        }
        let on_a_type = matches!(place, Place::Enum | Place::Struct);
        let on_an_event_type = matches!(place, Place::Variant | Place::Struct);
        match key.as_str() {
            "name" if on_an_event_type => once(&mut self.name, meta, string(meta)?),
            "version" if on_an_event_type => once(&mut self.version, meta, version(meta)?),
            "upcasters" if on_a_type => once(&mut self.upcasters, meta, path(meta)?),
            "crate" if on_a_type => once(&mut self.krate, meta, path(meta)?),
            "name" | "version" => Err(meta.error(format!("`{key}` belongs on a variant"))),
            "upcasters" | "crate" => Err(meta.error(format!("`{key}` belongs on the type"))),
            _ => Err(meta.error(match place {
                Place::Enum => "unknown key; an enum of events takes `upcasters` and `crate`",
                Place::Variant => "unknown key; a variant takes `name` and `version`",
                Place::Struct => {
                    "unknown key; an event struct takes `name`, `version`, `upcasters` and `crate`"
                }
                _ => "`#[event(…)]` belongs on a variant or on the type",
            })),
        }
    }

    fn read_of_set(&mut self, meta: &ParseNestedMeta<'_>, place: Place, key: &str) -> Result<()> {
        match (key, place) {
            ("part_of", Place::Set) => once(&mut self.part_of, meta, path(meta)?),
            ("crate", Place::Set) => once(&mut self.krate, meta, path(meta)?),
            ("of", Place::SetVariant) => once(&mut self.of, meta, path(meta)?),
            ("name", Place::PartVariant) => once(&mut self.name, meta, string(meta)?),
            ("version" | "upcasters", _) => Err(meta.error(format!(
                "a set has no `{key}` of its own: that of the event type counts; remove it"
            ))),
            _ => Err(meta.error(match place {
                Place::Set => "unknown key; a set of events takes `part_of` and `crate`",
                Place::SetVariant => "unknown key; a variant that holds a set takes `of`",
                _ => "unknown key; a variant of a part takes `name`",
            })),
        }
    }
}

/// The path of `aether_core` according to the `#[shape(…)]` attributes of a type.
pub(crate) fn shape_crate(attributes: &[Attribute], errors: &mut Errors) -> Path {
    let mut krate = None;
    for_each_shape_key(attributes, errors, |meta| {
        if meta.path.is_ident("crate") {
            return once(&mut krate, meta, path(meta)?);
        }
        Err(meta.error("a type takes `#[shape(crate = …)]` only; `opaque` belongs on a field"))
    });
    krate.unwrap_or_else(aether_core)
}

/// Whether `field` is marked `#[shape(opaque)]`.
pub(crate) fn is_opaque(field: &Field, errors: &mut Errors) -> bool {
    let mut opaque = false;
    for_each_shape_key(&field.attrs, errors, |meta| {
        if meta.path.is_ident("opaque") {
            opaque = true;
            return Ok(());
        }
        Err(meta.error("a field takes `#[shape(opaque)]` only"))
    });
    opaque
}

/// Reports `#[shape(…)]` on a variant.
pub(crate) fn no_shape_keys(attributes: &[Attribute], errors: &mut Errors) {
    for_each_shape_key(attributes, errors, |meta| {
        Err(meta.error("`#[shape(…)]` belongs on a field or on the type, not on a variant"))
    });
}

fn for_each_shape_key(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut read: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) {
    for attribute in attributes.iter().filter(|it| it.path().is_ident("shape")) {
        errors.note(attribute.parse_nested_meta(|meta| read(&meta)));
    }
}

fn aether_core() -> Path {
    parse_quote!(::aether_core)
}

fn once<T>(slot: &mut Option<T>, meta: &ParseNestedMeta<'_>, value: T) -> Result<()> {
    if slot.replace(value).is_some() {
        return Err(meta.error("given twice; remove one"));
    }
    Ok(())
}

fn string(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let value: Expr = meta.value()?.parse()?;
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(syn::Error::new_spanned(other, "a name is a string: `name = \"…\"`")),
    }
}

fn version(meta: &ParseNestedMeta<'_>) -> Result<u16> {
    let value: Expr = meta.value()?.parse()?;
    if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &value
        && let Ok(version) = number.base10_parse::<u16>()
        && version > 0
    {
        return Ok(version);
    }
    Err(syn::Error::new_spanned(value, "a schema version is a whole number from 1 to 65535"))
}

fn path(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    let input = meta.value()?;
    if input.peek(LitStr) {
        return Err(input.error("write the path without quotes"));
    }
    input.parse()
}
