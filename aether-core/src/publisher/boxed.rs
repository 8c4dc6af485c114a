//! Sinks whose type is left out.

use futures::future::{BoxFuture, FutureExt as _};

use crate::error::BoxError;

use super::{Message, Sink};

/// A sink whose type is left out: for a program that chooses its sink by configuration.
pub struct BoxSink(Box<dyn Erased>);

impl BoxSink {
    /// A sink without its type.
    pub fn new(sink: impl Sink) -> Self {
        Self(Box::new(sink))
    }
}

impl Sink for BoxSink {
    async fn deliver(&self, messages: &[Message]) -> Result<(), BoxError> {
        self.0.deliver(messages).await
    }
}

impl std::fmt::Debug for BoxSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BoxSink")
    }
}

/// The boxed twin of [`Sink`].
trait Erased: Send + Sync {
    fn deliver<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<S: Sink> Erased for S {
    fn deliver<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Result<(), BoxError>> {
        Sink::deliver(self, messages).boxed()
    }
}
