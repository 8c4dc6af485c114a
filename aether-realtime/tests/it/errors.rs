//! What errors tell, and where their causes are found.

use aether_core::backend::Reason;
use aether_core::{BoxError, Error};
use aether_realtime::leaderboard::LeaderboardError;
use aether_realtime::lock::LockError;

#[test]
fn a_failure_of_the_backend_is_in_the_chain_and_each_sentence_is_told_once() {
    let away = || Error::Unavailable { source: std::io::Error::other("connection refused").into() };
    let lock: BoxError = LockError::Store(away()).into();
    let board: BoxError = LeaderboardError::Store(away()).into();
    for error in [lock, board] {
        let found = Reason(&*error).causes().find_map(|cause| cause.downcast_ref::<Error>());
        assert!(found.is_some_and(Error::is_transient), "{error:?}");
        let deepest =
            Reason(&*error).causes().find_map(|cause| cause.downcast_ref::<std::io::Error>());
        assert!(deepest.is_some(), "{error:?}");
        let told = Reason(&*error).to_string();
        assert_eq!(told.matches("connection refused").count(), 1, "{told}");
        assert!(
            told.ends_with(" failed: the store is not available: connection refused"),
            "{told}"
        );
    }
}
