//! Counts and times, for the recorder that a program installs. Without the feature `metrics` they go nowhere.

#[cfg(feature = "metrics")]
pub(crate) use metrics::{Gauge, counter, gauge, histogram};

#[cfg(not(feature = "metrics"))]
pub(crate) use nowhere::{Nowhere as Gauge, counter, gauge, histogram};

#[cfg(not(feature = "metrics"))]
mod nowhere {
    /// Takes what a metric takes, and keeps nothing.
    #[derive(Debug, Clone)]
    pub(crate) struct Nowhere {}

    impl Nowhere {
        pub(crate) const fn increment(&self, _: u64) {}

        pub(crate) fn set<T>(&self, _: T) {}

        pub(crate) fn record<T>(&self, _: T) {}
    }

    macro_rules! nowhere {
        ($name:expr $(, $key:expr => $value:expr)* $(,)?) => {{
            let _ = ($name, $(($key, &$value)),*);
            $crate::meter::Gauge {}
        }};
    }
    pub(crate) use {nowhere as counter, nowhere as gauge, nowhere as histogram};
}
