//! The schema, with its limits.

use async_graphql::SDLExportOptions;

use super::limits;
use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscriptions;

/// The schema of the server.
pub(super) type Schema = async_graphql::Schema<Query, Mutation, Subscriptions>;

/// Makes it. Without `introspection`, who wants to know it reads `schema.graphql`.
pub(super) fn build(introspection: bool) -> Schema {
    let builder = Schema::build(Query::default(), Mutation::default(), Subscriptions)
        .limit_depth(limits::DEPTH)
        .limit_complexity(limits::COMPLEXITY)
        .limit_recursive_depth(limits::RECURSION);
    // nobody is told by suggestions what introspection does not tell
    if introspection { builder } else { builder.disable_introspection().disable_suggestions() }
        .finish()
}

/// Its text, the same each time.
pub(super) fn text(schema: &Schema) -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    schema.sdl_with_options(options.prefer_single_line_descriptions())
}
