//! What differs between two JSON values.

use serde::Serialize;
use serde_json::Value;

/// One difference. A side that is `None` has nothing at that path.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Change {
    /// Where, as a JSON pointer (RFC 6901).
    pub(crate) path: String,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// The differences between two values, in the order of their keys. Arrays are compared place by place.
pub(crate) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    match (before, after) {
        (Some(a), Some(b)) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let added = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(added) {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                compare(format!("{path}/{escaped}"), a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                compare(format!("{path}/{index}"), a.get(index), b.get(index), found);
            }
        }
        _ => found.push(Change { path, before: before.cloned(), after: after.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let side = |value: Option<Value>| value.map_or_else(|| "-".into(), |it| it.to_string());
        changes(before, after)
            .into_iter()
            .map(|it| format!("{} {} {}", it.path, side(it.before), side(it.after)))
            .collect()
    }

    #[test]
    fn equal_values_have_no_changes() {
        let value = json!({"a": [1, {"b": null}]});
        assert_eq!(told(&value, &value), [""; 0]);
    }

    #[test]
    fn each_leaf_that_differs_is_named_once() {
        let before = json!({"gold": 5, "bag": ["sword"], "a/b": {"~": 1}, "gone": {"x": 1}});
        let after = json!({"gold": 7, "bag": ["sword", "bow"], "a/b": {"~": 2}, "new": null});
        assert_eq!(
            told(&before, &after),
            ["/a~1b/~0 1 2", "/bag/1 - \"bow\"", "/gold 5 7", "/gone {\"x\":1} -", "/new - null"]
        );
    }

    #[test]
    fn values_of_different_kinds_are_one_change() {
        assert_eq!(told(&json!({"a": {"b": 1}}), &json!({"a": [1]})), ["/a {\"b\":1} [1]"]);
        assert_eq!(told(&json!(1), &json!(2)), [" 1 2"]);
    }
}
