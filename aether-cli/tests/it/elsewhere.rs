//! Projections whose read model is in another database: looked at, paused and rebuilt like others.

use aether_core::backend::{
    Checkpoints as _, EventStore as _, ReadModels as _, Registration, Step,
};
use aether_core::log::Read;
use aether_core::projection::{DeadLetter, LetterState, Shard};
use aether_core::{Filter, Position};
use aether_postgres::PgStore;
use aether_servers::Database;
use serde_json::Value;

use crate::studio::{Studio, migrated};

const NAME: &str = "rankings";

/// The studio, and its second database.
struct Two {
    studio: Studio,
    elsewhere: PgStore,
    _database: Database,
}

impl Two {
    async fn open() -> Self {
        let database = migrated().await;
        let mut studio = Studio::open().await;
        studio.read_models_url = Some(database.url().to_owned());
        let elsewhere = PgStore::connect(database.url()).await.unwrap();
        let table = "CREATE TABLE rankings (player_id UUID PRIMARY KEY, level INTEGER NOT NULL)";
        sqlx::query(table).execute(elsewhere.pool()).await.unwrap();
        Self { studio, elsewhere, _database: database }
    }

    /// As a node leaves it that has come to 7, and could not apply 6.
    async fn ran(&self) {
        let (models, shard) = (self.elsewhere.read_models(), Shard::whole(NAME));
        let filter = Filter::all().event_types(["LevelAttained"]);
        let registration = Registration::new(NAME, &filter, 1);
        models.register(&registration).await.unwrap();
        let from = models.claim(&shard, 1).await.unwrap().checkpoint;
        let log = PgStore::connect(self.studio.database.url()).await.unwrap();
        let event = log.read(Read::all()).await.unwrap().events.swap_remove(5);
        let letter = DeadLetter {
            error: Some("no such level".to_owned()),
            attempts: 3,
            ..DeadLetter::of(&event, LetterState::Failed, event.recorded_at)
        };
        let to = Position::new(7);
        let step = Step { parked: &[letter], ..Step::new(from, to) };
        models.commit(models.begin().await.unwrap(), &shard, step).await.unwrap();
        models.report(&shard, Some("it stands still")).await.unwrap();
        sqlx::query("INSERT INTO rankings VALUES (gen_random_uuid(), 5)")
            .execute(self.elsewhere.pool())
            .await
            .unwrap();
    }

    async fn listed(&self) -> Value {
        let list = self.studio.json(&["projection", "list", "--json"]).await;
        let found = list.as_array().unwrap().iter().find(|it| it["projection"] == NAME);
        found.cloned().unwrap_or(Value::Null)
    }
}

#[tokio::test]
async fn what_no_node_has_run_is_not_there() {
    let two = Two::open().await;
    assert_eq!(two.listed().await, Value::Null);
    let refused = two.studio.refuses(&["projection", "pause", NAME]).await;
    assert_eq!(refused, "no node has run rankings yet");
}

#[tokio::test]
async fn it_is_listed_paused_and_resumed() {
    let two = Two::open().await;
    two.ran().await;
    let listed = two.listed().await;
    assert_eq!((&listed["position"], &listed["shards"]), (&7.into(), &1.into()));
    assert_eq!((&listed["lagEvents"], &listed["deadLetters"]), (&0.into(), &1.into()));
    assert_eq!(listed["failure"], "it stands still");
    let status = two.studio.json(&["status", "--json"]).await;
    assert_eq!(status["projections"].as_array().unwrap().last(), Some(&listed));

    let paused = two.studio.shows(&["projection", "pause", NAME]).await;
    assert!(paused.starts_with("rankings is paused now\nnobody runs it"), "{paused}");
    assert_eq!(two.listed().await["paused"], true);
    let models = two.elsewhere.read_models();
    assert!(models.stored(NAME).await.unwrap().unwrap().paused);
    two.studio.shows(&["projection", "resume", NAME]).await;
    assert_eq!(two.listed().await["paused"], false);
}

#[tokio::test]
async fn one_that_nobody_runs_any_more_is_forgotten() {
    let two = Two::open().await;
    two.ran().await;
    let forgotten = two.studio.shows(&["projection", "forget", NAME, "--yes"]).await;
    assert_eq!(forgotten.trim(), "rankings is forgotten");
    assert_eq!(two.listed().await, Value::Null);
    assert_eq!(two.elsewhere.read_models().stored(NAME).await.unwrap(), None);
    let refused = two.studio.refuses(&["projection", "forget", NAME, "--yes"]).await;
    assert!(refused.contains("rankings"), "{refused}");
}

#[tokio::test]
async fn read_models_that_cannot_be_asked_hide_nothing_else() {
    let mut two = Two::open().await;
    let empty = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    two.studio.read_models_url = Some(empty.url().to_owned());
    let listed = two.listed().await;
    let failure = listed["failure"].as_str().unwrap();
    assert!(failure.starts_with("cannot be asked: "), "{failure}");
    assert_eq!((&listed["position"], &listed["holder"]), (&0.into(), &Value::Null));
    let status = two.studio.shows(&["status"]).await;
    assert!(
        status.contains("PARTITIONS") && status.contains("failed: cannot be asked"),
        "{status}"
    );
    let refused = two.studio.refuses(&["projection", "pause", NAME]).await;
    assert!(refused.contains("aether_projections"), "{refused}");
}

#[tokio::test]
async fn events_behind_the_checkpoint_are_counted_as_the_projection_listens() {
    let two = Two::open().await;
    let filter = Filter::all().event_types(["LevelAttained"]);
    let registration = Registration::new(NAME, &filter, 2);
    two.elsewhere.read_models().register(&registration).await.unwrap();
    let list = two.studio.json(&["projection", "list", "--json"]).await;
    let wanted = crate::studio::LOG.lines().filter(|line| line.contains("LevelAttained")).count();
    let lags = list.as_array().unwrap().iter().map(|it| it["lagEvents"].as_u64().unwrap());
    assert_eq!((lags.sum::<u64>(), list.as_array().unwrap().len()), (wanted as u64, 2), "{list}");
    assert!(wanted > 0);
}

#[tokio::test]
async fn its_dead_letters_are_shown_and_ordered_about() {
    let two = Two::open().await;
    two.ran().await;
    let all = two.studio.json(&["dead-letter", "list", "--json"]).await;
    assert_eq!((&all[0]["projection"], &all[0]["position"]), (&NAME.into(), &6.into()), "{all}");
    let none = two.studio.json(&["dead-letter", "list", "--state", "skipped", "--json"]).await;
    assert_eq!(none.as_array().unwrap().len(), 0);
    let shown = two.studio.shows(&["dead-letter", "show", NAME, "6"]).await;
    assert!(shown.contains("error      no such level") && shown.contains("EVENT\n{"), "{shown}");
    let refused = two.studio.refuses(&["dead-letter", "show", NAME, "5"]).await;
    assert!(refused.contains("it may have been dealt with already"), "{refused}");

    let retry = two.studio.shows(&["dead-letter", "retry", NAME, "6"]).await;
    assert!(retry.starts_with("rankings: 1 event to be handled again\n"), "{retry}");
    let letters = two.elsewhere.read_models().letters(NAME, None).await.unwrap();
    assert_eq!(letters[0].state, LetterState::Retry);
    two.studio.shows(&["dead-letter", "skip", NAME, "6", "--yes"]).await;
    let letters = two.elsewhere.read_models().letters(NAME, None).await.unwrap();
    assert_eq!(letters[0].state, LetterState::Skip, "an order is changed until it is carried out");
    let none = two.studio.shows(&["dead-letter", "retry", NAME, "--all"]).await;
    assert_eq!(none, "rankings: 0 events to be handled again\n");
}

#[tokio::test]
async fn it_is_rebuilt_in_its_own_database_and_not_sent_back() {
    let two = Two::open().await;
    two.ran().await;
    let refused = two.studio.refuses(&["projection", "reset", NAME, "--yes"]).await;
    assert!(refused.contains("it can be rebuilt, not sent back"), "{refused}");
    let refused = two.studio.refuses(&["projection", "rebuild", NAME]).await;
    assert!(refused.contains("--yes"), "{refused}");
    let refused = two.studio.refuses(&["projection", "rebuild", NAME, "fortunes", "--yes"]).await;
    assert!(refused.contains("not in the same read models"), "{refused}");
    assert!(refused.contains("fortunes") && refused.contains(NAME), "{refused}");
    assert_eq!(two.listed().await["position"], 7);
    let told = two.studio.shows(&["projection", "rebuild", NAME, "--yes"]).await;
    assert!(told.starts_with("rankings rebuilt from 1 event in "), "{told}");
    let listed = two.listed().await;
    assert_eq!((&listed["position"], &listed["deadLetters"]), (&8.into(), &0.into()));
    let rows: Vec<(i32,)> =
        sqlx::query_as("SELECT level FROM rankings").fetch_all(two.elsewhere.pool()).await.unwrap();
    assert_eq!(rows, [(2,)], "what no event says is gone");
}

#[tokio::test]
async fn it_is_verified_by_default_and_what_is_parked_is_in_neither() {
    let two = Two::open().await;
    two.ran().await;
    // as `ran` leaves it: a row that no event says, and the event of a level at 7
    let ended = two.studio.run(&["verify", "--json"]).await;
    let checks: Value = serde_json::from_str(&ended.stdout).unwrap();
    let check = checks.as_array().unwrap().iter().find(|it| it["name"] == NAME).unwrap();
    assert_eq!(check["checked"], "1 row from 1 event");
    assert_eq!(check["problems"], 2, "{check}");
    let listed = check["listed"].to_string();
    assert!(listed.contains("is there, and no event says so"), "{listed}");
    assert!(listed.contains("is missing"), "{listed}");
    ended.failed();
    two.studio.shows(&["projection", "rebuild", NAME, "--yes"]).await;
    let sound = two.studio.json(&["verify", "--json"]).await;
    let sound = sound.as_array().unwrap().iter().find(|it| it["name"] == NAME).unwrap();
    assert_eq!((&sound["checked"], &sound["problems"]), (&"1 row from 1 event".into(), &0.into()));
}
