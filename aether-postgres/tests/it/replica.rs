//! The log read from a streaming replica while the primary is written to.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aether_core::backend::{EventStore as _, LogIdentity as _};
use aether_core::log::Read;
use aether_core::{Filter, Position};
use aether_postgres::PgStore;
use aether_servers::{PG_BIN, Postgres};
use aether_testkit::eventually;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::backend::{connect, database, database_on, own_server};
use crate::census::number;
use crate::failover::Pair;
use crate::pooler::{Account, Folder, Process, free_port};
use crate::samples::{any, positions, read, stream};

/// A hot standby, as long as the test lives.
struct Replica {
    port: u16,
    _process: Process,
    _folder: Folder,
}

impl Replica {
    /// Copies the primary's data while it runs, and follows it from there.
    async fn of(primary: &Postgres) -> Self {
        let account = Account::unprivileged();
        let (folder, port) = (Folder::of(account), free_port());
        let data = folder.path().join("data");
        let mut connection = PgConnection::connect(primary.url()).await.unwrap();
        let source: String =
            sqlx::query_scalar("SHOW data_directory").fetch_one(&mut connection).await.unwrap();
        // all WAL that the copy needs is kept for it
        sqlx::query("SELECT pg_create_physical_replication_slot('copie', true)")
            .execute(&mut connection)
            .await
            .unwrap();
        let start = "SELECT pg_backup_start('copie', true)";
        sqlx::query(start).execute(&mut connection).await.unwrap();
        let mut copy = Command::new("cp");
        // files that vanish while they are copied are no error of a backup
        let _ = copy.arg("-a").arg(&source).arg(&data).stderr(Stdio::null()).status().unwrap();
        let label: String = sqlx::query_scalar("SELECT labelfile FROM pg_backup_stop(false)")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        std::fs::write(data.join("backup_label"), label).unwrap();
        std::fs::write(data.join("standby.signal"), "").unwrap();
        let _ = std::fs::remove_file(data.join("postmaster.pid"));
        for file in ["backup_label", "standby.signal"] {
            let readable = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(data.join(file), readable).unwrap();
            Account::own(account, &data.join(file));
        }

        let server: PgConnectOptions = primary.url().parse().unwrap();
        let follow = format!(
            "primary_conninfo=host={} port={} user={}",
            server.get_host(),
            server.get_port(),
            server.get_username()
        );
        let mut command = Account::command(account, &program(primary));
        command.arg("-D").arg(&data).args(["-c", &format!("port={port}"), "-c", &follow]);
        command.args(["-c", "primary_slot_name=copie", "-c", "unix_socket_directories="]);
        command.args(["-c", "hot_standby=on"]).stderr(Stdio::null());
        let process = Process(command.spawn().unwrap());
        Self { port, _process: process, _folder: folder }
    }

    fn url(&self, url: &str) -> String {
        let options: PgConnectOptions = url.parse().unwrap();
        let (user, database) = (options.get_username(), options.get_database().unwrap());
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }
}

fn program(primary: &Postgres) -> PathBuf {
    let installed = format!("/usr/lib/postgresql/{}/bin", primary.version());
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::var_os(PG_BIN)
        .map(PathBuf::from)
        .into_iter()
        .chain([PathBuf::from(installed)])
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join("postgres"))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("no postgres program: install it (apt-get install postgresql)"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_shows_everything_up_to_its_beacon_and_misses_nothing() {
    let primary = own_server().await;
    let database = database_on(&primary).await;
    let store = connect(&database).await;
    store.append(any(&stream(), 3)).await.unwrap();
    let replica = Replica::of(&primary).await;
    let url = replica.url(database.url());
    let ask = async || {
        PgStore::builder().announce_every(None).without_listening().connect(&url).await.ok()
    };
    let follower = eventually("the replica answers", ask).await;
    let standby = number(&url, "SELECT pg_is_in_recovery()::int::bigint");
    assert_eq!(standby.await, 1, "it must be a replica");

    let writers: Vec<_> = (0..8)
        .map(|n| {
            let (store, url) = (store.clone(), database.url().to_owned());
            tokio::spawn(async move {
                for round in 0..40 {
                    if n == 0 && round % 8 == 0 {
                        // slow ones among them, some of them rolled back
                        let mut slow = PgConnection::connect(&url).await.unwrap();
                        let mut slow = slow.begin().await.unwrap();
                        store.append_in(&mut slow, any(&stream(), 2)).await.unwrap();
                        store.append(any(&stream(), 1)).await.unwrap();
                        match round % 16 {
                            0 => slow.commit().await.unwrap(),
                            _ => slow.rollback().await.unwrap(),
                        }
                    }
                    store.append(any(&stream(), 2)).await.unwrap();
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    let mut reader = Position::START;
    let mut all = None;
    let writing = futures::future::join_all(writers);
    let mut writing = std::pin::pin!(writing);
    while all.is_none_or(|last| reader < last) {
        tokio::select! {
            biased;
            written = &mut writing, if all.is_none() => {
                written.into_iter().for_each(|writer| writer.unwrap());
                all = store.append(any(&stream(), 1)).await.unwrap().position();
            }
            page = follower.read(Read::all().after(reader).limit(50)) => {
                let page = page.unwrap();
                reader = page.position;
                seen.extend(positions(&page.events));
            }
        }
    }
    assert_eq!(seen, positions(&read(&store, Filter::all()).await));
    assert!(seen.len() > 640);
    let refused = follower.append(any(&stream(), 1)).await.unwrap_err();
    assert!(refused.is_transient(), "a replica may become the primary: {refused:?}");
    follower.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_of_a_standby_that_is_behind_is_not_told_that_the_log_was_restored() {
    let pair = Pair::start().await;
    pair.store.append(any(&stream(), 3)).await.unwrap();
    pair.store.end().await.unwrap();
    let lit = "SELECT count(*) FROM aether_beacon WHERE incarnation IS NOT NULL AND position >= 3";
    eventually("the standby has the beacon", async || {
        (number(&pair.standby_url(), lit).await == 1).then_some(())
    })
    .await;
    pair.part().await;
    let ahead = pair.store.append(any(&stream(), 3)).await.unwrap().position().unwrap();
    let builder = PgStore::builder().announce_every(None).without_listening();
    let follower = builder.connect(&pair.standby_url()).await.unwrap();
    // read on the primary before, and continued here
    let told = follower.read(Read::all().after(ahead)).await.unwrap_err();
    assert!(told.is_transient() && !told.is_log_rewritten(), "{told}");
    assert_eq!(follower.incarnation(), pair.store.incarnation());
    follower.close().await;
    pair.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_beacon_follows_a_callers_commit_and_a_rollback_though_nobody_appends_any_more() {
    let database = database().await;
    let writer = connect(&database).await;
    let bystander = connect(&database).await;
    let lit = async |position: i64| {
        let beacon = number(database.url(), "SELECT position FROM aether_beacon").await;
        (beacon >= position).then_some(())
    };
    for end in ["COMMIT", "ROLLBACK"] {
        let mut slow = PgConnection::connect(database.url()).await.unwrap();
        sqlx::Executor::execute(&mut slow, "BEGIN").await.unwrap();
        writer.append_in(&mut slow, any(&stream(), 2)).await.unwrap();
        let last = writer.append(any(&stream(), 1)).await.unwrap().position().unwrap();
        // the process that appended is gone before the transaction ends
        if end == "ROLLBACK" {
            writer.close().await;
        }
        sqlx::Executor::execute(&mut slow, end).await.unwrap();
        let last = last.get().cast_signed();
        eventually("the beacon is where the log ends", async || lit(last).await).await;
    }
    bystander.close().await;
}
