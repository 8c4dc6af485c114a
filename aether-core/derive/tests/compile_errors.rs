//! What does not compile says what to do.
//!
//! After a change on purpose: `TRYBUILD=overwrite cargo test -p aether-core-derive`, then read the
//! difference.

#[test]
fn a_refused_event_or_shape_says_what_to_do() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
