//! Which names an event type can be stored under.

/// How long a stored type name may be, in bytes.
const MAX: usize = 100;

/// Says what is wrong with `name`, if anything is.
pub(crate) fn check(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("an event type needs a name of at least one character".into());
    }
    if name.len() > MAX {
        return Err(format!(
            "an event type's name has at most {MAX} bytes, this one has {}; give a shorter one \
             with `#[event(name = \"…\")]`",
            name.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match name.chars().find(|c| !allowed(*c)) {
        Some(other) => Err(format!(
            "an event type's name is made of ASCII letters, digits, `_`, `-` and `.`, this one has \
             {other:?}; give another one with `#[event(name = \"…\")]`"
        )),
        None => Ok(()),
    }
}
