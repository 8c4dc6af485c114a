//! The catalogue of items.
