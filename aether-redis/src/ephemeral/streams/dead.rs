//! Messages that a group could not handle.

use fred::interfaces::StreamsInterface as _;
use fred::types::Value;

use crate::client::Family;
use crate::error::Result;
use crate::key_space::Key;

use super::group::ConsumerGroup;
use super::message::{Entry, StreamMessage};
use super::{Part, unexpected};

/// A message that a group has given up: it failed too often, or was none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadMessage {
    /// What Redis calls its entry in the dead letter stream.
    pub id: String,
    /// The part of the stream it was in.
    pub part: u16,
    /// What Redis called its entry in the stream.
    pub entry: String,
    /// Why it was given up.
    pub error: String,
    /// How often it was tried.
    pub deliveries: u32,
    /// The message. `None` if it was not one of this library.
    pub message: Option<StreamMessage>,
}

impl ConsumerGroup {
    /// The first `count` dead letters of each part, oldest first.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn dead_letters(&self, count: u32) -> Result<Vec<DeadMessage>> {
        let mut letters = Vec::new();
        for part in self.stream().parts() {
            let (key, client) = (&self.dead_key(part), self.stream().client());
            let range = client.call(Family::Stream, |redis| async move {
                redis.xrange(key.as_str(), "-", "+", Some(u64::from(count))).await
            });
            let entries: Value = range.await.map_err(|error| error.at(key, "stream"))?;
            for entry in entries.into_array() {
                letters.extend(Entry::parse(entry).map(|entry| dead(entry, part.index)));
            }
        }
        Ok(letters)
    }

    /// Forgets a dead letter: somebody has seen to it. `false`: it is not there any more.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn forget_dead_letter(&self, letter: &DeadMessage) -> Result<bool> {
        let part = self.stream().parts().get(usize::from(letter.part));
        let part = part.ok_or_else(|| unexpected("a dead letter of a part that there is not"))?;
        let (key, id) = (&self.dead_key(part), letter.id.as_str());
        let gone = self.stream().client().call(Family::Stream, |redis| async move {
            redis.xdel::<u64, _, _>(key.as_str(), id).await
        });
        Ok(gone.await.map_err(|error| error.at(key, "stream"))? > 0)
    }

    pub(super) fn dead_key(&self, part: &Part) -> Key {
        part.entity.key(format_args!("{}:dead", self.name()))
    }
}

fn dead(mut entry: Entry, part: u16) -> DeadMessage {
    let mut take = |field: &str| entry.fields.remove(field).unwrap_or_default();
    let (source, error) = (take("entry"), take("error"));
    let deliveries = take("deliveries").parse().unwrap_or(0);
    let id = entry.id.clone();
    let message = Entry { id: source.clone(), fields: entry.fields }.message(part, deliveries).ok();
    DeadMessage { id, part, entry: source, error, deliveries, message }
}
