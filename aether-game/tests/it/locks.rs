//! A holder of a lock that was paused beyond its lease does no harm: Redis gives the lock to the next one, and
//! PostgreSQL refuses the late write.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::lock::Fence;
use aether_core::log::{Append, ExpectedVersion, Load, NewEvent, StreamId};
use aether_core::uuid::Uuid;
use aether_core::{EventId, Json};
use aether_game::locks;
use aether_postgres::PgStore;
use aether_realtime::lock::{Lock, Locker};
use aether_redis::{KeySpace, RedisClient, RedisLocks};
use aether_servers::Database;
use aether_testkit::clock::ManualClock;
use chrono::Utc;

const PATIENCE: Duration = Duration::from_secs(60);
/// Where the second process finds what it needs: addresses of Redis, keys, PostgreSQL and the player.
const SECOND_PROCESS: &str = "AETHER_GAME_TEST_SECOND_PROCESS";

/// A player's potions: in a table, and as events.
struct Sac {
    store: PgStore,
    locker: Locker,
    player: Uuid,
}

impl Sac {
    async fn open(redis: &str, prefix: &str, postgres: &str, player: Uuid) -> Self {
        let client = RedisClient::connect(redis).await.unwrap();
        let locks = RedisLocks::new(client, KeySpace::with_prefix(prefix).unwrap());
        let store = PgStore::connect(postgres).await.unwrap();
        Self { store, locker: Locker::new(locks), player }
    }

    /// The model's lock, with a lease that a test can wait for.
    fn lock(&self) -> Lock {
        Lock::new(locks::player_inventory(self.player).name().clone(), Duration::from_secs(1))
    }

    fn stream(&self) -> StreamId {
        StreamId::new("Sac", self.player)
    }

    /// Puts potions in as the holder of the lock, without a look at whether it still is.
    async fn add(&self, fence: &Fence, potions: i32) -> Result<(), aether_postgres::Error> {
        let mut transaction = self.store.pool().begin().await.unwrap();
        self.store.fence_in(&mut transaction, fence).await?;
        sqlx::query("UPDATE sacs SET potions = potions + $1")
            .bind(potions)
            .execute(&mut *transaction)
            .await
            .unwrap();
        let payload = Json::encode(&serde_json::json!({ "potions": potions })).unwrap();
        let id = EventId::new(Uuid::now_v7());
        let event = NewEvent::from_json("PotionsRangees", payload, id, Utc::now());
        let append = Append::to(self.stream(), ExpectedVersion::Any, vec![event]);
        self.store.append_in(&mut transaction, append).await?;
        transaction.commit().await.unwrap();
        Ok(())
    }

    /// What is in the table, and how many events there are.
    async fn content(&self) -> (i32, usize) {
        let sql = "SELECT potions FROM sacs";
        let potions = sqlx::query_scalar(sql).fetch_one(self.store.pool()).await.unwrap();
        let history = self.store.load(Load::stream(self.stream())).await.unwrap();
        (potions, history.events.len())
    }
}

/// A database with one empty bag, and where its locks are.
struct Place {
    database: Database,
    redis: &'static str,
    prefix: String,
    player: Uuid,
}

impl Place {
    async fn make() -> Self {
        let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
        let store = PgStore::connect(database.url()).await.unwrap();
        store.migrate().await.unwrap();
        for sql in ["CREATE TABLE sacs (potions INTEGER)", "INSERT INTO sacs VALUES (0)"] {
            sqlx::query(sql).execute(store.pool()).await.unwrap();
        }
        store.close().await;
        store.pool().close().await;
        let redis = aether_servers::shared_redis().await.unwrap();
        let (redis, prefix) = (redis.url(), redis.prefix());
        Self { database, redis, prefix, player: Uuid::now_v7() }
    }

    async fn sac(&self) -> Sac {
        Sac::open(self.redis, &self.prefix, self.database.url(), self.player).await
    }
}

#[tokio::test]
async fn a_holder_that_believes_in_its_lost_lock_is_refused_by_postgres() {
    let place = Place::make().await;
    let (mut paused, next) = (place.sac().await, place.sac().await);
    // its time stands still: it neither renews the lock nor notices that the lease has ended
    paused.locker = paused.locker.clone().clock(ManualClock::at(Utc::now()));
    let late = paused.locker.lock(&paused.lock(), PATIENCE).await.unwrap();
    paused.add(late.fence(), 1).await.unwrap();

    let guard = next.locker.lock(&next.lock(), PATIENCE).await.unwrap();
    assert!(guard.fence().token > late.fence().token);
    next.add(guard.fence(), 10).await.unwrap();
    assert_eq!(next.content().await, (11, 2));

    assert!(late.is_held(), "it cannot know");
    let error = paused.add(late.fence(), 100).await.unwrap_err();
    assert!(error.is_lock_lost(), "{error}");
    assert_eq!(next.content().await, (11, 2), "nothing changed");
    assert!(guard.is_held());
    next.add(guard.fence(), 10).await.unwrap();
    guard.release().await.unwrap();
    assert!(late.release().await.unwrap_err().is_lost());
}

#[tokio::test]
async fn a_process_that_was_stopped_beyond_its_lease_is_refused_by_postgres() {
    let place = Place::make().await;
    let next = place.sac().await;
    let mut paused = Second::start(&place);
    let token: u64 = paused.hear("held").parse().unwrap();
    assert!(
        next.locker.try_lock(&next.lock()).await.unwrap().is_none(),
        "the other process has it"
    );

    paused.signal("STOP");
    let guard = next.locker.lock(&next.lock(), PATIENCE).await.unwrap();
    assert!(guard.fence().token.get() > token);
    next.add(guard.fence(), 10).await.unwrap();

    paused.signal("CONT");
    paused.tell("write");
    assert_eq!(paused.hear("write"), "refused");
    assert_eq!(paused.hear("guard"), "lost");
    assert_eq!(next.content().await, (10, 1), "nothing changed");
    assert!(guard.is_held());
    next.add(guard.fence(), 10).await.unwrap();
    guard.release().await.unwrap();
    assert_eq!(next.content().await, (20, 2));
}

/// Takes the lock, says so, and writes when it is told to, whatever has happened meanwhile.
#[tokio::test]
#[ignore = "the second process of the test above, which starts it"]
async fn the_second_process() {
    let Ok(place) = std::env::var(SECOND_PROCESS) else { return };
    let [redis, prefix, postgres, player] = place.split('|').collect::<Vec<_>>()[..] else {
        panic!("{place}")
    };
    let sac = Sac::open(redis, prefix, postgres, player.parse().unwrap()).await;
    let guard = sac.locker.lock(&sac.lock(), PATIENCE).await.unwrap();
    println!("\nheld {}", guard.fence().token);
    let told = tokio::task::spawn_blocking(|| std::io::stdin().lines().next());
    assert_eq!(told.await.unwrap().unwrap().unwrap(), "write");
    let outcome = match sac.add(guard.fence(), 100).await {
        Ok(()) => "stored".to_owned(),
        Err(error) if error.is_lock_lost() => "refused".to_owned(),
        Err(error) => error.to_string(),
    };
    println!("\nwrite {outcome}");
    let state = if guard.is_held() { "held" } else { "lost" };
    println!("\nguard {state}");
}

/// Another process with this program, killed at the latest when this is dropped.
struct Second {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Second {
    fn start(place: &Place) -> Self {
        let needs = [place.redis, &place.prefix, place.database.url(), &place.player.to_string()];
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["locks::the_second_process", "--exact", "--ignored", "--nocapture"])
            .env(SECOND_PROCESS, needs.join("|"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, stdin, stdout: BufReader::new(stdout) }
    }

    /// What it says about a subject.
    fn hear(&mut self, subject: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "it ended without {subject:?}");
            if let Some(said) = line.trim_end().strip_prefix(subject) {
                return said.trim_start().to_owned();
            }
        }
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.stdin, "{word}").unwrap();
    }

    fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_locks_of_the_game_have_the_keys_and_leases_of_the_model() {
    let id = Uuid::from_u128(42);
    let keys = KeySpace::new();
    for (lock, key, seconds) in [
        (locks::combat_action(id.into()), format!("lock:combat:{id}:action"), 5),
        (locks::player_inventory(id), format!("lock:player:{id}:inventory"), 10),
        (locks::economy_order(id), format!("lock:economy:order:{id}"), 30),
    ] {
        assert_eq!(keys.lock(lock.name()).as_str(), key);
        assert_eq!(lock.lease(), Duration::from_secs(seconds));
    }
}
