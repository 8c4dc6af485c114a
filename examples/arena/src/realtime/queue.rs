//! What waits to be sent on a socket: bounded, so that a client that does not read costs little.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Frames that may wait, and their bytes.
const FRAMES: usize = 256;
const BYTES: usize = 64 * 1024;

/// The frames of one socket, on their way to its writer.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// There is something to send.
    news: Notify,
    /// There is room again.
    room: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<String>,
    bytes: usize,
    close: Option<(u16, String)>,
    /// Nobody waits for room any more: what is still said is little, and the socket ends.
    ending: bool,
}

/// What the writer sends next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Frame(String),
    Close(u16, String),
}

impl Waiting {
    fn has_room(&self) -> bool {
        self.ending || (self.frames.len() < FRAMES && self.bytes < BYTES)
    }

    fn push(&mut self, frame: String) {
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }
}

impl Queue {
    /// Takes a frame if there is room for it. A lone one always finds room, however large it is.
    pub(super) fn offer(&self, frame: String) -> bool {
        let mut waiting = self.waiting.lock();
        let fits = waiting.frames.is_empty()
            || (waiting.has_room() && waiting.bytes + frame.len() <= BYTES);
        if fits {
            waiting.push(frame);
            self.news.notify_one();
        }
        fits
    }

    /// Takes a frame in any case: for those that are few, or whose sender has waited for room.
    pub(super) fn push(&self, frame: String) {
        self.waiting.lock().push(frame);
        self.news.notify_one();
    }

    pub(super) fn has_room(&self) -> bool {
        self.waiting.lock().has_room()
    }

    /// Waits until there is room. Cancel safe.
    pub(super) async fn room(&self) {
        loop {
            let mut notified = std::pin::pin!(self.room.notified());
            notified.as_mut().enable();
            if self.has_room() {
                return;
            }
            notified.await;
        }
    }

    /// Lets go those who wait for room: the socket ends.
    pub(super) fn end(&self) {
        self.waiting.lock().ending = true;
        self.room.notify_waiters();
    }

    /// Ends the socket after what waits, or at once.
    pub(super) fn close(&self, code: u16, reason: String, at_once: bool) {
        let mut waiting = self.waiting.lock();
        if at_once {
            waiting.frames.clear();
        }
        waiting.close = Some((code, reason));
        self.news.notify_one();
    }

    /// What is to be sent next; for one writer. Cancel safe.
    pub(super) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                self.room.notify_waiters();
                return next;
            }
            self.news.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut waiting = self.waiting.lock();
        if let Some(frame) = waiting.frames.pop_front() {
            waiting.bytes -= frame.len();
            return Some(Next::Frame(frame));
        }
        waiting.close.take().map(|(code, reason)| Next::Close(code, reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_bytes_are_bounded() {
        let queue = Queue::default();
        assert_eq!((0..1000).filter(|_| queue.offer("x".to_owned())).count(), FRAMES);
        let queue = Queue::default();
        let large = "x".repeat(1024);
        assert_eq!((0..1000).filter(|_| queue.offer(large.clone())).count(), 64);
        let queue = Queue::default();
        assert!(queue.offer("x".repeat(2 * BYTES)), "a lone one");
        assert!(!queue.offer("x".to_owned()) && !queue.has_room());
    }

    #[tokio::test]
    async fn nobody_waits_for_room_on_a_socket_that_ends() {
        let queue = std::sync::Arc::new(Queue::default());
        queue.push("x".repeat(2 * BYTES));
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        queue.end();
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn what_waits_is_sent_before_the_close_unless_it_is_urgent() {
        let queue = Queue::default();
        queue.push("a".to_owned());
        queue.close(1012, String::new(), false);
        assert_eq!(queue.next().await, Next::Frame("a".to_owned()));
        assert_eq!(queue.next().await, Next::Close(1012, String::new()));
        queue.push("a".to_owned());
        queue.close(4401, String::new(), true);
        assert_eq!(queue.next().await, Next::Close(4401, String::new()));
    }
}
