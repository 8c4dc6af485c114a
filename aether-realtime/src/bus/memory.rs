//! A bus within this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aether_core::Result;
use async_trait::async_trait;

use super::{Bus, Exchange, Listener, Notice};

/// A bus in this process's memory, for tests and for games that are one process. Cloning gives another
/// handle on the same bus.
///
/// Nothing can go wrong with it, unless a test [cuts](MemoryBus::cut) it.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use aether_core::Json;
/// use aether_realtime::bus::{Bus, MemoryBus, Notice, Signal};
///
/// let bus = MemoryBus::new();
/// let mut listener = bus.listen("zone:3:chat");
/// bus.publish(&[Notice::passing("zone:3:chat", Json::encode("hello")?)]).await?;
/// assert_eq!(listener.next().await, Some(Signal::Up));
/// assert!(matches!(listener.next().await, Some(Signal::Notice(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct MemoryBus {
    exchange: Exchange,
    cut: Arc<AtomicBool>,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryBus {
    /// A bus with buffers of 128 messages.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(128)
    }

    /// A bus whose listeners may fall behind by this many messages.
    #[must_use]
    pub fn with_capacity(messages: usize) -> Self {
        Self { exchange: Exchange::new(messages), cut: Arc::default() }
    }

    /// Loses the connection to all listeners: what is sent from now on is lost, and they are told that
    /// messages may be missing.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.exchange.all_down();
    }

    /// Connects all listeners again.
    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
        for channel in self.exchange.channels() {
            self.exchange.set_up(&channel, true);
        }
    }

    /// Whether somebody listens to a channel.
    #[must_use]
    pub fn has_listeners(&self, channel: &str) -> bool {
        self.exchange.has_listeners(channel)
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        for notice in notices {
            if !self.cut.load(Ordering::SeqCst) {
                self.exchange.deliver(notice.clone());
            }
        }
        Ok(())
    }

    fn listen(&self, channel: &str) -> Listener {
        let listener = self.exchange.listen(channel);
        if !self.cut.load(Ordering::SeqCst) {
            self.exchange.set_up(channel, true);
            // cut in between
            if self.cut.load(Ordering::SeqCst) {
                self.exchange.set_up(channel, false);
            }
        }
        listener
    }
}
