//! Whether a value fits a JSON Schema: the part of the standard that the schemas of the game use. Any other keyword is a fault.

use serde_json::Value;

/// Why `value` does not fit `schema`, which is a part of `root`; `None` if it does.
pub(super) fn faute(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let keywords = schema.as_object().expect("a schema is an object");
    keywords.iter().find_map(|(keyword, says)| {
        let found = mot(root, (schema, keyword, says), value)?;
        Some(format!("{found} ({keyword})"))
    })
}

fn mot(
    root: &Value,
    (schema, keyword, says): (&Value, &str, &Value),
    value: &Value,
) -> Option<String> {
    let fault = |is_one: bool| is_one.then(|| format!("{value} does not fit {says}"));
    let fits = |schema: &Value| faute(root, schema, value).is_none();
    match keyword {
        "title" | "description" | "examples" | "$comment" | "$schema" | "$defs" => None,
        "$ref" => {
            let pointer = says.as_str()?.strip_prefix('#')?;
            faute(root, root.pointer(pointer).expect("a definition"), value)
        }
        "type" => fault(!est_de_type(says.as_str()?, value)),
        "const" => fault(value != says),
        "anyOf" => fault(!says.as_array()?.iter().any(fits)),
        "oneOf" => fault(says.as_array()?.iter().filter(|it| fits(it)).count() != 1),
        "items" => value.as_array()?.iter().find_map(|it| faute(root, says, it)),
        "required" => {
            let missing = |name: &&Value| value.get(name.as_str().unwrap_or_default()).is_none();
            let name = says.as_array()?.iter().find(missing)?;
            value.is_object().then(|| format!("{name} is missing in {value}"))
        }
        "properties" => says.as_object()?.iter().find_map(|(name, schema)| {
            faute(root, schema, value.get(name)?).map(|it| format!("{name}: {it}"))
        }),
        "additionalProperties" => {
            let known = schema["properties"].as_object();
            let others = value.as_object()?.iter();
            let mut others =
                others.filter(|(name, _)| known.is_none_or(|it| !it.contains_key(*name)));
            match says {
                Value::Bool(false) => {
                    others.next().map(|(name, _)| format!("{name} is not described"))
                }
                says => others.find_map(|(_, it)| faute(root, says, it)),
            }
        }
        "minimum" => fault(entier(value)? < entier(says)?),
        "maximum" => fault(entier(value)? > entier(says)?),
        "minLength" => fault((value.as_str()?.chars().count() as u64) < says.as_u64()?),
        "maxLength" => fault(value.as_str()?.chars().count() as u64 > says.as_u64()?),
        "format" => fault(!est_au_format(says.as_str()?, value.as_str()?)),
        other => panic!("the keyword {other} is not known here"),
    }
}

fn est_de_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known here"),
    }
}

fn est_au_format(name: &str, text: &str) -> bool {
    match name {
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        other => panic!("the format {other} is not known here"),
    }
}

fn entier(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}
