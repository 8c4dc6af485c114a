//! JSON for people: in the order in which it is stored, and on one line where that is short.

/// The longest line.
const LARGEUR: usize = 110;

/// The same JSON, laid out.
pub(super) fn joli(json: &str) -> String {
    let mut text = String::new();
    pose(json, 0, &mut text);
    text
}

fn pose(json: &str, indent: usize, text: &mut String) {
    let line = serre(json);
    let is_flat = !json.starts_with(['{', '[']) || json.len() <= 2;
    if is_flat || indent + line.chars().count() <= LARGEUR {
        return text.push_str(&line);
    }
    let inside = " ".repeat(indent + 2);
    let open = &json[..1];
    let close = &json[json.len() - 1..];
    text.push_str(open);
    for (index, part) in parties(&json[1..json.len() - 1]).into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&inside);
        match cle(part).filter(|_| open == "{") {
            Some((key, value)) => {
                text.push_str(key);
                text.push_str(": ");
                pose(value, indent + 2, text);
            }
            None => pose(part, indent + 2, text),
        }
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str(close);
}

/// On one line, with spaces after commas and colons and inside of braces.
fn serre(json: &str) -> String {
    let mut line = String::new();
    texte(json, |c, is_text, _| match c {
        ',' | ':' if !is_text => {
            line.push(c);
            line.push(' ');
        }
        '{' if !is_text => line.push_str("{ "),
        '}' if !is_text && line.ends_with("{ ") => {
            line.pop();
            line.push('}');
        }
        '}' if !is_text => line.push_str(" }"),
        c => line.push(c),
    });
    line
}

/// The elements of a list or the members of an object.
fn parties(json: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut from = 0;
    let mut found = vec![];
    texte(json, |c, is_text, at| match c {
        '{' | '[' if !is_text => depth += 1,
        '}' | ']' if !is_text => depth -= 1,
        ',' if !is_text && depth == 0 => {
            found.push(&json[from..at]);
            from = at + 1;
        }
        _ => {}
    });
    found.push(&json[from..]);
    found
}

/// A member's key and value.
fn cle(member: &str) -> Option<(&str, &str)> {
    let end = member.get(1..)?.find('"')? + 2;
    Some((&member[..end], member[end..].strip_prefix(':')?))
}

/// Calls for each character, with whether it is part of a text, and its place.
fn texte(json: &str, mut each: impl FnMut(char, bool, usize)) {
    let mut is_text = false;
    let mut is_escaped = false;
    for (at, c) in json.char_indices() {
        let was_text = is_text;
        if c == '"' && !is_escaped {
            is_text = !is_text;
        }
        is_escaped = c == '\\' && !is_escaped;
        each(c, was_text, at);
    }
}

#[test]
fn json_is_laid_out_in_its_own_order() {
    assert_eq!(joli(r#"{"b":[1,2],"a":{}}"#), r#"{ "b": [1, 2], "a": {} }"#);
    let long = format!(r#"{{"b":"{}","a":["x, y","{{"]}}"#, "é".repeat(110));
    let laid = format!("{{\n  \"b\": \"{}\",\n  \"a\": [\"x, y\", \"{{\"]\n}}", "é".repeat(110));
    assert_eq!(joli(&long), laid);
}
