//! Commands that change what cannot be taken back, where nobody can be asked.

use crate::studio::Studio;

#[tokio::test]
async fn without_a_terminal_nothing_is_changed_unless_yes_was_said() {
    let studio = Studio::open().await;
    studio.sql("INSERT INTO aether_checkpoints (projection, position) VALUES ('combats', 5)").await;
    for args in [
        &["archive", "--older-than", "1d"][..],
        &["projection", "reset", "combats"],
        &["projection", "forget", "combats"],
        &["dead-letter", "skip", "combats", "5"],
    ] {
        let refused = studio.refuses(args).await;
        assert!(refused.contains("repeat it with --yes"), "{args:?} {refused}");
    }
    let at = "SELECT position::text FROM aether_checkpoints";
    assert_eq!(studio.text(at).await, "5");
    assert_eq!(studio.text("SELECT count(*)::text FROM evenements_archive").await, "0");
    studio.shows(&["projection", "reset", "combats", "--yes"]).await;
    assert_eq!(studio.text(at).await, "0");
}
