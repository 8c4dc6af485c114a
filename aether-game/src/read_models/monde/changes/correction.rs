//! The correction of a column that holds an object, without knowing what it holds.

use std::fmt::Display;

use aether_core::BoxError;
use serde::Serialize;
use serde_json::{Map, Value};

/// First members are taken out, then others are put in; what is there of those is kept where the new says nothing. SQL's `corrige_json`
/// carries it out.
#[derive(Default, Serialize)]
pub(super) struct Correction {
    retires: Vec<String>,
    poses: Map<String, Value>,
}

impl Correction {
    /// A member has this value and nothing of an older one.
    pub(super) fn set<T: Serialize>(
        &mut self,
        key: &impl Display,
        value: &T,
    ) -> Result<(), BoxError> {
        self.remove(key);
        self.poses.insert(key.to_string(), serde_json::to_value(value)?);
        Ok(())
    }

    /// A member is not there any more.
    pub(super) fn remove(&mut self, key: &impl Display) {
        let key = key.to_string();
        self.poses.remove(&key);
        if !self.retires.contains(&key) {
            self.retires.push(key);
        }
    }

    /// A part of a member changed.
    pub(super) fn amend(&mut self, key: &impl Display, part: Value) {
        merge(self.poses.entry(key.to_string()).or_insert(Value::Null), part);
    }
}

/// As SQL's `fusion_json`.
fn merge(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}
