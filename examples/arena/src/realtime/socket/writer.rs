//! What writes to a socket: a task of its own, so that a slow client holds up nobody.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::end::End;
use crate::realtime::protocol::close;
use crate::realtime::queue::{Next, Queue};

/// How long the last frames and the client's own close may take.
const LAST: Duration = Duration::from_secs(1);

/// The writer of a socket.
pub(super) struct Writer {
    queue: Arc<Queue>,
    task: JoinHandle<()>,
}

/// Begins to write.
pub(super) fn start(sink: SplitSink<WebSocket, Message>) -> Writer {
    let queue = Arc::new(Queue::default());
    let task = tokio::spawn(write(queue.clone(), sink));
    Writer { queue, task }
}

impl Writer {
    pub(super) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Writes the close, after what waits if the server leaves, and waits a moment for the client's own: a connection that is cut while
    /// bytes of the client are unread takes the close along.
    pub(super) async fn finish(mut self, end: End, mut stream: SplitStream<WebSocket>) {
        if let End::Close { code, reason } = end {
            self.queue.close(code, reason, code != close::LEAVING);
            let deadline = Instant::now() + LAST;
            if timeout_at(deadline, &mut self.task).await.is_ok() {
                let _ = timeout_at(deadline, closed(&mut stream)).await;
            }
        }
        self.task.abort();
    }
}

/// Waits until the client has closed. What is broken stays so.
async fn closed(stream: &mut SplitStream<WebSocket>) {
    while let Some(received) = stream.next().await {
        if received.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn write(queue: Arc<Queue>, mut sink: SplitSink<WebSocket, Message>) {
    loop {
        let sent = match queue.next().await {
            Next::Frame(text) => sink.send(Message::text(text)).await,
            Next::Close(code, reason) => {
                let frame = CloseFrame { code, reason: reason.into() };
                let _ = sink.send(Message::Close(Some(frame))).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}
