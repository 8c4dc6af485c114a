//! The promises of a bus as tests: the same for every backend of [`Bus`], mounted by one macro. The bus on its
//! own, then feeds over it, then all of it while it is being broken.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_realtime::bus::{Bus, MemoryBus};
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! # use aether_contract::buses::CAPACITY;
//! struct Memory(MemoryBus);
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = Arc<dyn Bus>;
//!
//!     async fn open() -> Self { Self(MemoryBus::with_capacity(CAPACITY)) }
//!
//!     async fn connect(&self) -> Arc<dyn Bus> { Arc::new(self.0.clone()) }
//!
//!     async fn cut(&self) { self.0.cut(); }
//!
//!     async fn mend(&self) { self.0.mend(); }
//!
//!     async fn is_subscribed(&self, channel: &str) -> bool { self.0.has_listeners(channel) }
//! }
//!
//! aether_contract::bus_contract!(Memory);
//! # fn main() {}
//! ```

use std::marker::PhantomData;
use std::sync::Arc;

use aether_realtime::bus::Bus;

use crate::{Backend, suite};

pub mod feeds;
pub mod lines;
mod probe;
pub mod resume;
mod world;

/// How many messages of a channel the buses of a backend keep for listeners that are behind: `connect` gives buses
/// with buffers of this size.
pub const CAPACITY: usize = 64;

/// A backend whose processes have a bus.
pub type Place = dyn Backend<Handle = Arc<dyn Bus>>;

/// Keeps one promise on a fresh bus. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: Backend<Handle = Arc<dyn Bus>>, F: Future<Output = ()>>(
    _: PhantomData<B>,
    name: &str,
    promise: impl FnOnce(Arc<Place>) -> F,
) {
    suite::keep(name, |backend: Arc<B>| promise(backend)).await;
}

/// Mounts the suite: one `#[tokio::test]` for each promise of the [bus contract](crate::buses), for a
/// [`Backend`](crate::Backend) whose handle is an `Arc<dyn Bus>`.
#[macro_export]
macro_rules! bus_contract {
    ($backend:ty) => {
        $crate::suite_tests! { buses, $backend;
            lines {
                a_notice_reaches_every_listener_of_its_channel_and_nobody_else
                every_part_of_a_notice_arrives
                notices_keep_the_order_of_their_publisher
                nobody_needs_to_listen
                a_cut_is_told_and_heals
                a_slow_listener_is_told_and_holds_up_nobody
                the_subscription_ends_with_its_last_listener
                who_comes_back_at_once_hears_again
                a_hundred_channels_are_kept_apart
            }
            feeds {
                what_is_stored_comes_first_and_then_what_happens
                a_live_feed_begins_now
                a_feed_goes_on_where_its_client_was
                feeds_of_a_channel_share_one_subscription
                a_cut_loses_and_doubles_nothing
                a_slow_feed_misses_nothing_and_holds_up_nobody
                a_publisher_that_starts_over_does_no_harm
                a_publisher_that_wakes_up_late_does_no_harm
                two_publishers_at_once_do_no_harm
                what_cannot_be_told_is_an_error_in_its_place
                large_messages_are_fetched
                old_and_new_code_leave_each_others_messages_alone
                strange_notices_do_no_harm
                a_notice_that_names_no_event_is_looked_up
                a_notice_of_another_incarnation_is_looked_up
                stores_that_share_a_bus_show_only_their_own_events
            }
            resume {
                a_hundred_clients_see_everything_once_in_order_whatever_is_cut
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::suite::assert_all_mounted;

    #[test]
    fn every_promise_is_mounted() {
        let themes = [
            ("feeds", include_str!("buses/feeds.rs")),
            ("lines", include_str!("buses/lines.rs")),
            ("resume", include_str!("buses/resume.rs")),
        ];
        assert_all_mounted(include_str!("buses.rs"), "suite_tests", &themes);
    }
}
