//! What a large value is compared by, so that the history of a million events fits into memory.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The hash of a JSON value, whichever way its text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Empreinte(u64);

impl Empreinte {
    pub(super) fn de(value: &Value) -> Self {
        let mut hasher = DefaultHasher::new();
        value.to_string().hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Serialize for Empreinte {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("hash {:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Empreinte {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::de(&value))
    }
}
