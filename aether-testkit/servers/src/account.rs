//! Who runs a server, and in which folder: PostgreSQL refuses to run as root.

use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// An unprivileged user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The user a server runs as: `None` (ourselves) unless we are root.
    pub(super) fn for_servers() -> io::Result<Option<Account>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = std::fs::read_to_string("/etc/passwd")?;
        let account = Account::in_passwd(&passwd, "postgres")
            .or_else(|| Account::in_passwd(&passwd, "nobody"))
            .ok_or_else(|| io::Error::other("no user postgres or nobody to run servers as"))?;
        Ok(Some(account))
    }

    /// Finds `name` in the text of `/etc/passwd`.
    fn in_passwd(passwd: &str, name: &str) -> Option<Account> {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == name).then_some(())?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Account { name: name.to_owned(), uid, gid })
        })
    }
}

/// A file system in memory, on Linux.
const MEMORY: &str = "/dev/shm";
/// How much must be free there; containers often have 64 MB only.
const MEMORY_NEEDED: u64 = 4 << 30;

/// Makes a temporary folder that belongs to `account`; the watchdog deletes it.
pub(super) fn folder(in_memory: bool, account: Option<&Account>) -> io::Result<PathBuf> {
    let mut base = std::env::temp_dir();
    if in_memory && free_bytes(MEMORY) >= MEMORY_NEEDED {
        base = PathBuf::from(MEMORY);
    }
    if account.is_some() && !open_to_all(&base) {
        base = PathBuf::from("/tmp");
    }
    let folder = tempfile::Builder::new().prefix("aether-").tempdir_in(base)?;
    let path = folder.path().canonicalize()?;
    if let Some(account) = account {
        chown(&path, Some(account.uid), Some(account.gid))?;
    }
    let _: PathBuf = folder.keep();
    Ok(path)
}

fn free_bytes(path: &str) -> u64 {
    rustix::fs::statvfs(path).map_or(0, |stat| stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Whether any user may pass through every folder on the way to `path`.
fn open_to_all(path: &Path) -> bool {
    path.ancestors()
        .all(|folder| folder.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn an_account_is_read_from_passwd() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104::/var/lib:/bin/bash\n";
        let account = Account { name: "postgres".into(), uid: 101, gid: 104 };
        assert_eq!(Account::in_passwd(passwd, "postgres"), Some(account));
        assert_eq!(Account::in_passwd(passwd, "nobody"), None);
    }
}
