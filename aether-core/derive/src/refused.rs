//! Serde attributes that an enum of events cannot have, each with what to do instead.

use crate::errors::Errors;
use crate::serde::Serde;

/// Reports those among an enum's own attributes.
pub(crate) fn on_enum(serde: &Serde, errors: &mut Errors) {
    for key in serde.keys() {
        let name = &key.name;
        match name.as_str() {
            "tag" | "content" | "untagged" => errors.at(
                key.span,
                format!(
                    "`{name}` changes how variants are written, but an event's type name is stored \
                     beside its payload, not in it; remove `{name}`"
                ),
            ),
            "rename_all" => errors.at(
                key.span,
                "`rename_all` does not change the stored type names; use `#[event(name = \"…\")]` on \
                 the variants, and `rename_all_fields` for the fields",
            ),
            "from" | "try_from" | "into" => errors.at(
                key.span,
                format!(
                    "`{name}` hides the variants; give a variant one unnamed field of the type to \
                     be stored"
                ),
            ),
            _ => {}
        }
    }
}

/// Reports those among a variant's attributes.
pub(crate) fn on_variant(serde: &Serde, errors: &mut Errors) {
    for key in serde.keys() {
        let name = &key.name;
        match name.as_str() {
            "rename" => errors.at(
                key.span,
                "`rename` does not change the stored type name; use `#[event(name = \"…\")]`",
            ),
            "alias" => errors.at(
                key.span,
                "`alias` is not consulted; name the old type with `Upcasters::rename`",
            ),
            "skip" | "skip_serializing" | "skip_deserializing" => errors.at(
                key.span,
                "an event that is not written or read cannot be stored; remove the variant",
            ),
            "other" | "untagged" => errors.at(
                key.span,
                format!("a variant is found by its stored type name only; remove `{name}`"),
            ),
            _ => {}
        }
    }
}
