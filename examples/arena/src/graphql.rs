//! The second door: GraphQL at `/graphql`. It decides nothing: what is asked and done goes through what REST calls, and what is shown are
//! the types of [`view`](crate::view).

mod caller;
mod conversation;
mod execution;
mod found;
mod limits;
mod liste;
mod loaders;
mod mutation;
mod protocol;
mod query;
mod schema;
mod socket;
mod subscription;

use async_graphql::{Request as Operation, Response as Answer};
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use self::caller::Caller;
use self::execution::Execution;
use self::schema::Schema;
use crate::app::App;
use crate::auth::admit::recognise;
use crate::auth::limits::READ;
use crate::problem::{Code, Problem};
use crate::request::{self, Body};

/// The route, and the schema behind it.
pub(crate) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/graphql", post(answer).get(socket::open))
        .layer(Extension(schema::build(app.config().introspection)))
        .layer(DefaultBodyLimit::max(limits::BODY))
        .layer(from_fn_with_state(app.clone(), recognise))
}

/// The schema as it is locked in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    schema::text(&schema::build(false))
}

/// `POST /graphql`: one operation, or an array of them, which are carried out one after the other.
async fn answer(
    State(app): State<App>,
    Extension(schema): Extension<Schema>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    caller.count(READ).await?;
    let Body { value, .. } = request::read::<Value>(&app, request).await?;
    let execution = Execution::new(schema, caller);
    match value {
        Value::Array(batch) => {
            let mut answers: Vec<Answer> = vec![];
            for operation in limits::batch(batch)? {
                if !answers.is_empty() {
                    execution.caller.count(READ).await?;
                }
                answers.push(execution.answer(operation).await);
            }
            Ok(Json(answers).into_response())
        }
        one => Ok(Json(execution.answer(operation(one)?).await).into_response()),
    }
}

fn operation(value: Value) -> Result<Operation, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::new(Code::GRAPHQL).detail(error))
}
