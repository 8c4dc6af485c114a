//! The entrance of a stream.

use std::time::{Duration, Instant};

use aether_core::BoxError;
use aether_core::projection::{Message, Sink};
use futures::future::try_join_all;
use parking_lot::Mutex;

use crate::client::Family;
use crate::error::Result;
use crate::script::Script;

use super::{Part, RedisStream, Retention};

static APPEND: Script = Script::new(include_str!("append.lua")).measured_as(Family::Stream);

/// How many messages go into one call, which nothing else of Redis runs beside.
const CHUNK: usize = 200;
/// How many bytes go into one call, if there is more than one message in it.
const CHUNK_BYTES: usize = 512 * 1024;
/// Of how many keys the last position is remembered, at least.
const REMEMBERED: usize = 10_000;
/// How often a part is trimmed.
const TRIM: Duration = Duration::from_secs(1);

/// Puts the messages of a [`Publisher`](aether_core::projection::Publisher) into a [`RedisStream`]: entries with the fields
/// `topic`, `key`, `position` and `body`.
///
/// The publisher delivers again what it is not sure of. That is the last batch, and the position last seen of
/// each key is remembered for the last ten thousand keys and more: such doubles do not get into the stream. After
/// longer ways back (a restored checkpoint) they may; consumers that cannot bear it compare positions of a key.
/// One call per 200 messages.
#[derive(Debug)]
pub struct StreamSink {
    stream: RedisStream,
    retention: Retention,
    /// When each part was trimmed last.
    trimmed: Mutex<Vec<Option<Instant>>>,
}

impl StreamSink {
    pub(super) fn new(stream: RedisStream) -> Self {
        let trimmed = Mutex::new(vec![None; stream.parts().len()]);
        Self { stream, retention: Retention::default(), trimmed }
    }

    /// Keeps messages for another [`Retention`] than the default one.
    #[must_use]
    pub fn with(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Which part a message belongs to.
    fn part_of(&self, message: &Message) -> usize {
        usize::from(message.key.slice()) % self.stream.parts().len()
    }

    async fn append(&self, part: &Part, messages: &[&Message]) -> Result<()> {
        let keys = || {
            let entity = &part.entity;
            let keys = [entity.root(), entity.key("seen"), entity.key("seen:before")];
            keys.map(|key| key.to_string()).to_vec()
        };
        for chunk in chunks(messages) {
            let mut arguments = Vec::with_capacity(1 + chunk.len() * 4);
            arguments.push(REMEMBERED.to_string());
            for message in chunk {
                arguments.push(message.key.to_string());
                arguments.push(message.position.get().to_string());
                arguments.push(message.topic.clone());
                arguments.push(message.body.as_str().to_owned());
            }
            let added = self.stream.run(&APPEND, keys(), arguments).await;
            let added = added.map_err(|error| error.at(&part.entity.root(), "stream"))?;
            let added = added.as_u64().unwrap_or(0);
            metrics::counter!("aether_redis_stream_added_total").increment(added);
            let doubles = (chunk.len() as u64).saturating_sub(added);
            metrics::counter!("aether_redis_stream_doubles_total").increment(doubles);
        }
        self.trim(part).await;
        Ok(())
    }

    /// Now and then. A failure costs memory until the next time.
    async fn trim(&self, part: &Part) {
        let due = {
            let mut trimmed = self.trimmed.lock();
            let last = trimmed.get_mut(usize::from(part.index));
            last.is_some_and(|last| {
                let due = last.is_none_or(|last| last.elapsed() >= TRIM);
                if due {
                    *last = Some(Instant::now());
                }
                due
            })
        };
        if due && let Err(error) = self.stream.trim_part(part, self.retention).await {
            tracing::warn!(stream = %part.entity, %error, "a stream could not be trimmed");
        }
    }
}

impl Sink for StreamSink {
    async fn deliver(&self, messages: &[Message]) -> Result<(), BoxError> {
        let mut dealt: Vec<Vec<&Message>> = vec![Vec::new(); self.stream.parts().len()];
        for message in messages {
            dealt[self.part_of(message)].push(message);
        }
        let parts = self.stream.parts().iter().zip(&dealt).filter(|(_, part)| !part.is_empty());
        let appended = try_join_all(parts.map(|(part, messages)| self.append(part, messages)));
        // as an error of the core, so that one that passes is waited out
        appended.await.map_err(aether_core::Error::from)?;
        Ok(())
    }
}

/// Cuts messages into calls.
fn chunks<'m, 'a>(messages: &'m [&'a Message]) -> impl Iterator<Item = &'m [&'a Message]> {
    let mut rest = messages;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |message: &&&Message| {
            bytes += message.body.as_str().len();
            bytes <= CHUNK_BYTES
        };
        let count = rest.iter().take(CHUNK).take_while(fits).count().max(1).min(rest.len());
        let (chunk, after) = rest.split_at(count);
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use aether_core::{AggregateId, Json, Position, uuid::Uuid};

    use super::*;

    #[test]
    fn calls_are_bounded_in_number_and_size() -> Result<(), aether_core::event::JsonError> {
        let message = |bytes: usize| -> Result<Message, aether_core::event::JsonError> {
            let body = Json::encode(&"x".repeat(bytes))?;
            Ok(Message::new("t", AggregateId::new(Uuid::nil()), Position::new(1), body))
        };
        let (small, large) = (message(10)?, message(300 * 1024)?);
        let huge = message(CHUNK_BYTES + 1)?;
        let sizes = |messages: &[&Message]| chunks(messages).map(<[_]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(&[&small; 450]), [200, 200, 50]);
        assert_eq!(sizes(&[&large, &large, &small]), [1, 2]);
        assert_eq!(sizes(&[&huge, &huge]), [1, 1]);
        assert!(sizes(&[]).is_empty());
        Ok(())
    }
}
