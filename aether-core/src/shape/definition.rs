//! The trait of what has a shape.

use super::ShapeWriter;

/// A type that can describe its serialised shape. Derive it: `#[derive(Shape)]`.
///
/// The description of a struct or enum lists its fields with their types, nested types included, and
/// every `#[serde(…)]` attribute, since those change what is stored. A field whose type cannot
/// implement `Shape` (a foreign type) is marked `#[shape(opaque)]`: then only its type's name counts.
///
/// ```
/// use aether_core::shape::shape_of;
/// use aether_core::Shape;
///
/// #[derive(Shape)]
/// struct Position { x: i32, y: Option<i32> }
///
/// assert_eq!(shape_of::<Position>(), "Position { x: i32, y: Option<i32> }");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe its shape",
    label = "no `Shape` for this type",
    note = "add `#[derive(Shape)]` to `{Self}`, or mark the field `#[shape(opaque)]` if the type is not yours"
)]
pub trait Shape {
    /// Writes the description.
    fn describe(shape: &mut ShapeWriter);
}
