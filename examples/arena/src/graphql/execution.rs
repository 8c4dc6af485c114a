//! The way of an operation: it is measured before it is read, carried out, and what went wrong is written as problems are.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError};
use futures::StreamExt as _;
use futures::stream::{BoxStream, once};

use super::caller::Caller;
use super::limits;
use super::loaders::Loaders;
use super::schema::Schema;
use crate::problem::{Code, Problem};

/// Carries operations out for somebody.
#[derive(Clone)]
pub(super) struct Execution {
    schema: Schema,
    pub(super) caller: Caller,
}

impl Execution {
    pub(super) const fn new(schema: Schema, caller: Caller) -> Self {
        Self { schema, caller }
    }

    /// Carries one operation out. What cannot be is in the answer's errors.
    pub(super) async fn answer(&self, request: Request) -> Response {
        let answer = match self.prepared(request) {
            Ok(request) => Box::pin(self.schema.execute(request)).await,
            Err(problem) => Response::from_errors(vec![refusal(problem)]),
        };
        self.written(answer)
    }

    /// Carries out what goes on.
    pub(super) fn answers(&self, request: Request) -> BoxStream<'static, Response> {
        let answers = match self.prepared(request) {
            Ok(request) => self.schema.execute_stream(request),
            Err(problem) => {
                once(async move { Response::from_errors(vec![refusal(problem)]) }).boxed()
            }
        };
        let this = self.clone();
        answers.map(move |answer| this.written(answer)).boxed()
    }

    /// An operation that asks for no more than it may, with who asks, and with loaders of its own.
    fn prepared(&self, mut request: Request) -> Result<Request, Problem> {
        limits::nesting(&request.query)?;
        let document = request.parsed_query();
        let document = document.map_err(|error| Problem::new(Code::GRAPHQL).detail(error))?;
        limits::document(document)?;
        Ok(request.data(self.caller.clone()).data(Loaders::of(&self.caller)))
    }

    fn written(&self, mut answer: Response) -> Response {
        for error in &mut answer.errors {
            // what was not refused by us was refused by the library: the document is not valid
            let invalid = || Problem::new(Code::GRAPHQL).detail(&error.message);
            let problem = error.source::<Problem>().cloned().unwrap_or_else(invalid);
            self.caller.write(&problem, error);
        }
        answer
    }
}

fn refusal(problem: Problem) -> ServerError {
    let mut error = ServerError::new(problem.to_string(), None);
    error.source = Some(Arc::new(problem));
    error
}
