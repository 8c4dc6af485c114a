//! Fields that may be missing for a reason: then they are null, and the reason is among the errors.

use crate::problem::Problem;

/// A field, nothing, or the reason why there is none. In this order: an error of the library's own `Result` leaves the field out.
pub(super) type Found<T> = Option<Result<T, Problem>>;

/// What was found. What is asked may be a large future: on the heap it does not weigh on the stack of all that wait for it.
pub(super) async fn found<T>(ask: impl Future<Output = Result<Option<T>, Problem>>) -> Found<T> {
    Box::pin(ask).await.transpose()
}
