//! What a load brings.

/// What the source has under a key, and how new it is.
///
/// Loads may return anything that turns into it: `Option<T>`, `(T, u64)`, `Option<(T, u64)>`, the number
/// being the version.
///
/// ```
/// use aether_realtime::cache::Sourced;
///
/// let known: Sourced<&str> = Some(("row", 1007)).into();
/// assert_eq!(known, Sourced::found("row").at(1007));
/// // "there is none" has a version too, if the load knows how far the read model has come
/// let none: Sourced<&str> = Sourced::absent().at(1007);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value; `None` if there is none.
    pub value: Option<T>,
    /// The position or sequence it reflects; 0 if that is not known.
    pub version: u64,
}

impl<T> Sourced<T> {
    /// There is a value.
    #[must_use]
    pub const fn found(value: T) -> Self {
        Self { value: Some(value), version: 0 }
    }

    /// There is none.
    #[must_use]
    pub const fn absent() -> Self {
        Self { value: None, version: 0 }
    }

    /// It reflects the event at this position or sequence.
    #[must_use]
    pub fn at(mut self, version: u64) -> Self {
        self.version = version;
        self
    }
}

impl<T> From<Option<T>> for Sourced<T> {
    fn from(value: Option<T>) -> Self {
        Self { value, version: 0 }
    }
}

impl<T> From<(T, u64)> for Sourced<T> {
    fn from((value, version): (T, u64)) -> Self {
        Self { value: Some(value), version }
    }
}

impl<T> From<Option<(T, u64)>> for Sourced<T> {
    fn from(found: Option<(T, u64)>) -> Self {
        found.map_or_else(Self::absent, Self::from)
    }
}
