//! A PostgreSQL server for tests: found or started, and broken on purpose.

mod options;
mod standby;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rustix::process::Signal;
use sqlx::{Connection, PgConnection};

use super::backing::{Backing, Origin};
use super::container::Container;
use super::discovery::look_for_postgres;
use super::local::{LocalServer, Sign, on_a_thread};
use super::selection::{Choice, DATABASE_URL};
use super::watchdog::quote;
use super::{Database, ServersError};

pub use options::PostgresOptions;

/// The container used when there are no local programs.
const IMAGE: (&str, &str) = ("postgres", "17-alpine");
/// How long a connection attempt may take while a server starts.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// A PostgreSQL server; one we started is stopped and deleted when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    version: u16,
    origin: Origin,
    backing: Backing,
    /// Where its programs are, if it was started from some.
    bin: Option<PathBuf>,
}

impl Postgres {
    /// Finds or starts a server, as described in [the crate](crate).
    ///
    /// A start takes about a second.
    ///
    /// # Errors
    ///
    /// [`ServersError::NothingFound`] and the others that say why there is no server.
    pub async fn start(options: PostgresOptions) -> Result<Postgres, ServersError> {
        let mut bin = None;
        let (backing, url) = match look_for_postgres(&options).await? {
            Choice::Environment(url) => (Backing::Environment, url),
            Choice::Local(found) => start_local(bin.insert(found), &options).await?,
            Choice::Docker => start_container(&options).await?,
        };
        let greeting = match &backing {
            Backing::Environment => {
                let not_answering = |source: sqlx::Error| ServersError::NotAnswering {
                    variable: DATABASE_URL,
                    source: source.into(),
                };
                Greeting::of(&url).await.map_err(not_answering)?
            }
            _ => wait_for(&url).await?,
        };
        let origin = backing.origin(&greeting.version);
        let version = greeting.major();
        tracing::debug!(?origin, version, "PostgreSQL answers");
        Ok(Postgres { url, version, origin, backing, bin })
    }

    /// The address of the maintenance database, `postgres://…/postgres` when we started the server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The major version, such as 15.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Where the server came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The folder of the unix socket; `None` unless the server was started from local programs.
    pub fn socket_folder(&self) -> Option<&Path> {
        match &self.backing {
            Backing::Local(server) => Some(server.folder()),
            _ => None,
        }
    }

    /// Makes an empty database with a name of its own.
    ///
    /// # Errors
    ///
    /// [`ServersError::Sql`] when the server refuses.
    pub async fn database(&self) -> Result<Database, ServersError> {
        Database::create(&self.url, None).await
    }

    /// Makes a database as a copy of a template, which `prepare` fills first when it is not there.
    ///
    /// `prepare` gets the template's address and runs once per server, also when several processes
    /// ask at once. A server of the environment may live for long: put what the content depends on
    /// (such as the number of the last migration) into the name `template`.
    ///
    /// # Errors
    ///
    /// [`ServersError::Prepare`] when `prepare` fails (the half-made template is not used),
    /// [`ServersError::Sql`] when the server refuses.
    pub async fn database_from<F, P, E>(
        &self,
        template: &str,
        prepare: F,
    ) -> Result<Database, ServersError>
    where
        F: FnOnce(String) -> P,
        P: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let template = super::template::ensure(&self.url, template, prepare).await?;
        Database::create(&self.url, Some(&template)).await
    }

    /// Kills the server and all its backends without a warning (SIGKILL), and waits until all are
    /// gone. [`Postgres::restart`] brings it back.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn kill9(&self) -> Result<(), ServersError> {
        self.backing.kill9().await
    }

    /// Starts the server again on the same port with the same data, and waits until it answers;
    /// one that still runs is stopped first (open transactions are rolled back).
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment, [`ServersError::DidNotStart`].
    pub async fn restart(&self) -> Result<(), ServersError> {
        // SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients to leave.
        self.backing.terminate(Signal::INT).await?;
        match &self.backing {
            Backing::Environment => {}
            Backing::Docker(container) => container.start_again().await?,
            Backing::Local(server) => {
                let look = look_at(server.folder());
                let port = port_of(&self.url);
                if server.start_on(port, &look).await?.is_none() {
                    return Err(server.did_not_start(0));
                }
            }
        }
        wait_for(&self.url).await.map(drop)
    }

    /// Makes the server and all its backends stand still (SIGSTOP): connections stay open and
    /// nobody answers.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn pause(&self) -> Result<(), ServersError> {
        self.backing.pause().await
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn resume(&self) -> Result<(), ServersError> {
        self.backing.resume().await
    }

    /// Stops the server, deletes its data and returns when both are done; one of the environment
    /// is left as it is.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] when the system refuses.
    pub async fn stop(self) -> Result<(), ServersError> {
        self.backing.stop().await
    }
}

async fn start_local(
    bin: &Path,
    options: &PostgresOptions,
) -> Result<(Backing, String), ServersError> {
    // SIGQUIT is the "immediate" shutdown: nothing is written, the data is deleted anyway.
    let mut server = LocalServer::new("PostgreSQL", "QUIT", options.in_memory)?;
    let folder = server.folder().to_owned();
    let (initdb, postgres, data) = (bin.join("initdb"), bin.join("postgres"), folder.join("data"));
    let init = format!(
        "{} -D {} -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync",
        quote(&initdb),
        quote(&data)
    );
    let server = on_a_thread(move || {
        server.run(&initdb, &init)?;
        server.set_command(format!("{} -D {}", quote(&postgres), quote(&data)));
        Ok(server)
    })
    .await?;
    let written = std::fs::read_to_string(folder.join("data/postgresql.conf"))
        .map_err(ServersError::io("read a server's settings"))?;
    let configure = |port: u16| {
        let mut text = written.clone();
        let port = port.to_string();
        let sockets = socket_folders(&folder);
        let fixed = [
            ("port", &*port),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", &*sockets),
        ];
        for (name, value) in fixed.into_iter().chain(options.all_settings()) {
            text.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
        }
        std::fs::write(folder.join("data/postgresql.conf"), text)
    };
    let (port, ()) = server.start_on_free_port(configure, look_at(&folder)).await?;
    Ok((Backing::Local(server), local_url(port)))
}

/// A socket's path may not be longer than 107 bytes: without one if the folder's name is too long.
fn socket_folders(folder: &Path) -> String {
    let path = folder.to_string_lossy();
    if path.len() < 85 { path.into_owned() } else { String::new() }
}

async fn start_container(options: &PostgresOptions) -> Result<(Backing, String), ServersError> {
    let arguments = options
        .all_settings()
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect::<Vec<_>>();
    let variables = [
        ("POSTGRES_HOST_AUTH_METHOD", "trust"),
        ("POSTGRES_INITDB_ARGS", "--no-sync --locale=C.UTF-8"),
    ];
    let container = Container::start(IMAGE, 5432, &variables, arguments).await?;
    let url = format!("postgres://postgres@{}:{}/postgres", container.host, container.port);
    Ok((Backing::Docker(container), url))
}

fn local_url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

fn port_of(url: &str) -> u16 {
    url::Url::parse(url).ok().and_then(|url| url.port()).unwrap_or(5432)
}

/// Asks whether the server with the data in `folder` answers on a port.
fn look_at(folder: &Path) -> impl Fn(u16, i32) -> BoxFuture<'static, Sign<()>> + use<> {
    let data = folder.join("data");
    move |port, _| {
        let data = data.clone();
        Box::pin(async move {
            match Greeting::of(&local_url(port)).await {
                Ok(greeting) if Path::new(&greeting.data) == data => Sign::Ready(()),
                Ok(_) => Sign::Stranger,
                Err(_) => Sign::Waiting,
            }
        })
    }
}

/// Waits until a server answers that is already known to be ours.
async fn wait_for(url: &str) -> Result<Greeting, ServersError> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match Greeting::of(url).await {
            Ok(greeting) => return Ok(greeting),
            Err(error) if Instant::now() > deadline => {
                return Err(ServersError::sql("connect to a server that was started")(error));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// What a server says about itself.
struct Greeting {
    version: String,
    number: i32,
    /// The data folder; empty when we are not allowed to know.
    data: String,
}

impl Greeting {
    async fn of(url: &str) -> Result<Greeting, sqlx::Error> {
        let ask = async {
            let mut connection = PgConnection::connect(url).await?;
            let sql = "select split_part(current_setting('server_version'), ' ', 1), \
                       current_setting('server_version_num')::int, \
                       (select coalesce(max(setting), '') from pg_settings \
                        where name = 'data_directory')";
            let (version, number, data) = sqlx::query_as(sql).fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(Greeting { version, number, data })
        };
        let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        tokio::time::timeout(CONNECT_LIMIT, ask).await.map_err(late)?
    }

    fn major(&self) -> u16 {
        u16::try_from(self.number / 10_000).unwrap_or_default()
    }
}
