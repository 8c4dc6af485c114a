//! Setters for settings, which can grow: nobody outside writes a literal of them.

/// A setter for each field, of the field's name.
macro_rules! setters {
    ($($field:ident: $of:ty),+ $(,)?) => {$(
        #[doc = concat!("Sets [`", stringify!($field), "`](#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: $of) -> Self {
            self.$field = $field;
            self
        }
    )+};
}

pub(crate) use setters;
