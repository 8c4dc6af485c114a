//! What a socket listens to, and until when.

use std::collections::HashMap;

use async_graphql::{Request, Response};
use futures::StreamExt as _;
use futures::stream::{BoxStream, SelectAll, once};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use super::execution::Execution;
use super::protocol::{Received, Sent};
use super::socket::{End, Wire};
use crate::auth::limits::READ;
use crate::realtime::session;

/// Subscriptions of a socket.
const MOST: usize = 64;

/// The subscriptions of a socket.
pub(super) struct Conversation {
    execution: Execution,
    /// By the ids that the client gave; what is dropped ends.
    running: HashMap<String, Running>,
    answers: SelectAll<BoxStream<'static, Answer>>,
    /// How many there have been: a client may give an id again.
    begun: u64,
}

struct Running {
    number: u64,
    _stop: oneshot::Sender<()>,
}

/// An answer to a subscription, or its end.
struct Answer {
    id: String,
    number: u64,
    answer: Option<Response>,
}

impl Conversation {
    pub(super) fn new(execution: Execution) -> Self {
        Self { execution, running: HashMap::new(), answers: SelectAll::new(), begun: 0 }
    }

    /// Goes on until one of the two leaves, or the session ends.
    pub(super) async fn run(mut self, wire: &mut Wire) -> End {
        let closing = self.execution.caller.app.drain().closing.clone();
        let mut looks = interval(session::LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                () = closing.cancelled() => return End::LEAVING,
                _ = looks.tick() => self.look().await,
                Some(answer) = self.answers.next() => self.tell(wire, answer).await,
                received = wire.receive() => match received {
                    Ok(received) => self.hear(wire, received).await,
                    Err(end) => return end,
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// A session that has ended takes its socket along.
    async fn look(&mut self) -> Result<(), End> {
        let caller = &self.execution.caller;
        if session::is_valid(&caller.app, caller.who.account.as_ref()).await {
            return Ok(());
        }
        Err(End::UNKNOWN)
    }

    async fn hear(&mut self, wire: &mut Wire, received: Received) -> Result<(), End> {
        match received {
            Received::ConnectionInit { .. } => Err(End::TOO_MANY),
            Received::Ping {} => wire.send(&Sent::Pong).await,
            Received::Pong {} => Ok(()),
            Received::Complete { id } => {
                self.running.remove(&id);
                Ok(())
            }
            Received::Subscribe { id, payload } => self.subscribe(id, *payload).await,
        }
    }

    async fn subscribe(&mut self, id: String, request: Request) -> Result<(), End> {
        if self.running.contains_key(&id) {
            return Err(End::TWICE);
        }
        if self.running.len() >= MOST || self.execution.caller.count(READ).await.is_err() {
            return Err(End::TOO_MANY);
        }
        self.begun += 1;
        let number = self.begun;
        let (stop, stopped) = oneshot::channel();
        self.running.insert(id.clone(), Running { number, _stop: stop });
        let answers = self.execution.answers(request).take_until(stopped).map(Some);
        let answers = answers.chain(once(async { None }));
        let answers = answers.map(move |answer| Answer { id: id.clone(), number, answer });
        self.answers.push(answers.boxed());
        Ok(())
    }

    async fn tell(&mut self, wire: &mut Wire, answer: Answer) -> Result<(), End> {
        let Answer { id, number, answer } = answer;
        // what the client ended itself is over for it
        if self.running.get(&id).is_none_or(|running| running.number != number) {
            return Ok(());
        }
        match &answer {
            Some(answer) if is_refusal(answer) => {
                self.running.remove(&id);
                wire.send(&Sent::Error { id: &id, payload: &answer.errors }).await
            }
            Some(answer) => wire.send(&Sent::Next { id: &id, payload: answer }).await,
            None => {
                self.running.remove(&id);
                wire.send(&Sent::Complete { id: &id }).await
            }
        }
    }
}

/// An operation that was not carried out, or a feed that has broken.
fn is_refusal(answer: &Response) -> bool {
    !answer.errors.is_empty() && answer.data == async_graphql::Value::Null
}
