//! The promises of leaderboards as tests: the same for every backend of
//! [`Leaderboards`], mounted by one macro.
//!
//! [`Model`] is what they are measured by: it sorts all changes by sequence, leaves repetitions out, and counts.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_realtime::leaderboard::{Leaderboards, MemoryLeaderboards};
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! struct Memory(MemoryLeaderboards);
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = Arc<dyn Leaderboards>;
//!
//!     async fn open() -> Self { Self(MemoryLeaderboards::new()) }
//!
//!     async fn connect(&self) -> Arc<dyn Leaderboards> { Arc::new(self.0.clone()) }
//! }
//!
//! aether_contract::leaderboard_contract!(Memory);
//! # fn main() {}
//! ```

use std::marker::PhantomData;
use std::sync::Arc;

use aether_realtime::leaderboard::{Board, Leaderboard, Leaderboards, Standing};
use uuid::Uuid;

use crate::{Backend, suite};

pub mod changes;
mod model;
pub mod ranks;
pub mod rebuilds;
pub mod seasons;

pub use model::Model;

/// Keeps one promise on a place without boards. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: Backend<Handle = Arc<dyn Leaderboards>>, F: Future<Output = ()>>(
    _: PhantomData<B>,
    name: &str,
    promise: impl FnOnce(Arc<dyn Leaderboards>) -> F,
) {
    suite::keep(name, async |backend: Arc<B>| promise(backend.first().await).await).await;
}

/// The board that most promises are about.
fn arena() -> Board {
    Board::from_static("arena")
}

fn player(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The whole board, page by page.
async fn all(board: &dyn Leaderboard) -> Vec<Standing> {
    let mut standings = Vec::new();
    loop {
        let page = board.page(standings.len() as u64, 100).await.expect("a page");
        if page.is_empty() {
            return standings;
        }
        standings.extend(page);
    }
}

/// Who stands where, as (player, score).
async fn order(board: &dyn Leaderboard) -> Vec<(u128, i64)> {
    all(board).await.iter().map(|it| (it.member.as_u128(), it.score)).collect()
}

/// Mounts the suite: one `#[tokio::test]` for each promise of [leaderboards](crate::leaderboards), for a
/// [`Backend`](crate::Backend) whose handle is an `Arc<dyn Leaderboards>`.
#[macro_export]
macro_rules! leaderboard_contract {
    ($backend:ty) => {
        $crate::suite_tests! { leaderboards, $backend;
            ranks {
                the_highest_score_is_first_and_ranks_start_at_one
                ties_stand_by_id
                ties_stand_by_who_was_earlier
                pages_have_no_gaps_and_no_doubles
                around_me_ends_where_the_board_ends
                a_member_that_is_not_ranked_has_no_place
                every_score_in_range_is_exact
                a_read_of_too_many_is_refused
                boards_do_not_meet
            }
            changes {
                an_older_score_never_replaces_a_newer_one
                an_increment_counts_once_however_often_it_comes
                increments_in_any_order_add_up
                a_late_score_keeps_the_increments_behind_it
                a_long_history_sent_again_changes_nothing
                a_new_name_leaves_no_ghost
                an_older_name_never_comes_back
                a_name_with_colons_and_newlines_is_kept
                a_removed_member_stays_away_until_something_newer
                what_cannot_be_held_is_refused_whole
                many_members_change_in_one_call
                any_history_ends_as_if_in_order
            }
            seasons {
                a_season_starts_empty_and_the_old_ranking_stays
                a_season_starts_once
                late_changes_do_not_enter_the_new_season
                a_change_of_a_season_to_come_is_refused
                scores_are_carried_over
                a_board_too_large_to_carry_stays_as_it_was
                only_the_last_seasons_are_kept
            }
            rebuilds {
                a_rebuild_is_seen_with_the_switch
                every_read_is_wholly_old_or_wholly_new
                a_rebuild_that_is_behind_is_not_switched
                writers_go_on_through_a_switch
                the_next_rebuild_removes_what_a_crash_has_left
                seasons_are_rebuilt
                an_abandoned_rebuild_changes_nothing
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
            ("ranks", include_str!("leaderboards/ranks.rs")),
            ("changes", include_str!("leaderboards/changes.rs")),
            ("seasons", include_str!("leaderboards/seasons.rs")),
            ("rebuilds", include_str!("leaderboards/rebuilds.rs")),
        ];
        assert_all_mounted(include_str!("leaderboards.rs"), "suite_tests", &themes);
    }
}
