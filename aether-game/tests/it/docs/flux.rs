//! The page of the streams.
