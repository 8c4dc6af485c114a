//! A PgBouncer in transaction mode in front of a server, as long as the test lives.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aether_testkit::DEADLINE;
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpStream;
use uuid::Uuid;

/// A user and group that are not root: neither PostgreSQL nor PgBouncer runs as root.
#[derive(Clone, Copy)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The user `postgres`, or `nobody`; `None` (ourselves) unless we are root.
    pub(crate) fn unprivileged() -> Option<Self> {
        let me = std::fs::metadata("/proc/self").ok()?;
        if std::os::unix::fs::MetadataExt::uid(&me) != 0 {
            return None;
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
        let find = |name: &str| {
            passwd.lines().find_map(|line| {
                let fields: Vec<_> = line.split(':').collect();
                (fields[0] == name).then(|| Self {
                    uid: fields[2].parse().unwrap(),
                    gid: fields[3].parse().unwrap(),
                })
            })
        };
        find("postgres").or_else(|| find("nobody"))
    }

    /// Gives a file to this user.
    pub(crate) fn own(account: Option<Self>, path: &Path) {
        if let Some(Self { uid, gid }) = account {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// A command that runs as this user.
    pub(crate) fn command(account: Option<Self>, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(Self { uid, gid }) = account {
            command.uid(uid).gid(gid);
        }
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// A folder that an unprivileged user can write to, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn of(account: Option<Account>) -> Self {
        // as root, the folder for temporary files may be closed to others
        let base = if account.is_some() { "/tmp".into() } else { std::env::temp_dir() };
        let path = base.join(format!("aether-{}", Uuid::now_v7().simple()));
        std::fs::create_dir(&path).unwrap();
        Account::own(account, &path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process that ends with the test.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running PgBouncer.
pub(crate) struct Pooler {
    port: u16,
    _process: Process,
    _folder: Folder,
}

impl Pooler {
    /// Starts one with this many server connections per database in front of the server behind `url`.
    pub(crate) async fn start(url: &str, connections: usize) -> Self {
        let server: PgConnectOptions = url.parse().unwrap();
        let account = Account::unprivileged();
        let (folder, port) = (Folder::of(account), free_port());
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={} port={} user={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
             default_pool_size = {connections}\nmax_client_conn = 500\n\
             ignore_startup_parameters = extra_float_digits\nlogfile = {}\n",
            server.get_host(),
            server.get_port(),
            server.get_username(),
            folder.path().join("log").display(),
        );
        std::fs::write(&settings, text).unwrap();
        let mut command = Account::command(account, &program());
        let process = command.arg("-q").arg(&settings).stderr(Stdio::null()).spawn().unwrap();
        let pooler = Self { port, _process: Process(process), _folder: folder };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let deadline = Instant::now() + DEADLINE;
        while TcpStream::connect(address).await.is_err() {
            assert!(Instant::now() < deadline, "PgBouncer does not listen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        pooler
    }

    /// The same database as `url`, through the pooler.
    pub(crate) fn url(&self, url: &str) -> String {
        let options: PgConnectOptions = url.parse().unwrap();
        let (user, database) = (options.get_username(), options.get_database().unwrap());
        format!("postgres://{user}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("no pgbouncer: install it (apt-get install pgbouncer)"))
}
