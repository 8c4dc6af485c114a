//! A streaming standby, and what becomes of it when its primary fails.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::super::backing::Backing;
use super::super::local::{LocalServer, on_a_thread};
use super::super::watchdog::quote;
use super::{Postgres, ServersError, local_url, look_at, port_of, socket_folders, wait_for};

impl Postgres {
    /// Copies this server while it runs (`pg_basebackup`), and starts the copy as an asynchronous standby that
    /// follows it.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] unless this server was started from local programs,
    /// [`ServersError::DidNotStart`].
    pub async fn standby(&self) -> Result<Postgres, ServersError> {
        let (Backing::Local(_), Some(bin)) = (&self.backing, self.bin.clone()) else {
            return Err(ServersError::NotOurs { action: "copy" });
        };
        let mut server = LocalServer::new("PostgreSQL", "QUIT", false)?;
        let folder = server.folder().to_owned();
        let data = folder.join("data");
        let copy = beside(&bin, self.version);
        let postgres = bin.join("postgres");
        let command = format!(
            "{} -D {} -R -X stream -c fast -C -S s{} -d {}",
            quote(&copy),
            quote(&data),
            u32::from(port_of(&self.url)) ^ std::process::id(),
            quote(&self.url)
        );
        let run = format!("{} -D {}", quote(&postgres), quote(&data));
        let server = on_a_thread(move || {
            server.run(&copy, &command)?;
            server.set_command(run);
            Ok(server)
        })
        .await?;
        let look = look_at(&folder);
        let (port, ()) = server.start_on_free_port(|port| configure(&folder, port), look).await?;
        Ok(Postgres {
            url: local_url(port),
            version: self.version,
            origin: self.origin.clone(),
            backing: Backing::Local(server),
            bin: Some(bin),
        })
    }

    /// Has a standby receive nothing more from its primary.
    ///
    /// # Errors
    ///
    /// [`ServersError::Sql`] when the server refuses.
    pub async fn stop_following(&self) -> Result<(), ServersError> {
        let refused = ServersError::sql("stop a standby from following");
        let done = async {
            let mut connection = PgConnection::connect(&self.url).await?;
            connection.execute("ALTER SYSTEM SET primary_conninfo = ''").await?;
            connection.execute("SELECT pg_reload_conf()").await?;
            let deadline = Instant::now() + Duration::from_secs(30);
            loop {
                let receiving: bool =
                    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_stat_wal_receiver)")
                        .fetch_one(&mut connection)
                        .await?;
                if !receiving || Instant::now() > deadline {
                    return connection.close().await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        done.await.map_err(refused)
    }

    /// Makes a standby the primary, on the port of one that has failed and does not run any more: with what it has
    /// received, as a fail-over to an asynchronous standby does.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment, [`ServersError::DidNotStart`],
    /// [`ServersError::Sql`] when the server refuses.
    pub async fn take_over(&mut self, failed: &Postgres) -> Result<(), ServersError> {
        self.stop_following().await?;
        let Backing::Local(server) = &self.backing else {
            return Err(ServersError::NotOurs { action: "promote" });
        };
        self.backing.terminate(Signal::INT).await?;
        let port = port_of(&failed.url);
        configure(server.folder(), port).map_err(ServersError::io("write a server's settings"))?;
        if server.start_on(port, &look_at(server.folder())).await?.is_none() {
            return Err(server.did_not_start(0));
        }
        self.url = local_url(port);
        wait_for(&self.url).await?;
        let promoted = async {
            let mut connection = PgConnection::connect(&self.url).await?;
            connection.execute("SELECT pg_promote(true, 60)").await?;
            connection.close().await
        };
        promoted.await.map_err(ServersError::sql("promote a standby"))
    }
}

/// The program that copies a server: where the others are, or where Debian keeps all of them.
fn beside(bin: &Path, version: u16) -> PathBuf {
    let installed = PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"));
    let mut programs = [bin.to_owned(), installed].map(|folder| folder.join("pg_basebackup"));
    programs.sort_by_key(|program| !program.is_file());
    let [program, _] = programs;
    program
}

/// Later settings win: what the primary has written stays in front.
fn configure(folder: &Path, port: u16) -> std::io::Result<()> {
    let path = folder.join("data/postgresql.conf");
    let mut text = std::fs::read_to_string(&path)?;
    let sockets = socket_folders(folder);
    text.push_str(&format!("port = {port}\nunix_socket_directories = '{sockets}'\n"));
    std::fs::write(path, text)
}
