//! A certificate for a Redis that speaks TLS.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::super::ServersError;

/// A certificate and its key, as files in a server's folder.
pub(super) struct Certificate {
    pem: String,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// Makes one for this machine, signed by itself.
    pub(super) fn make(folder: &Path) -> Result<Certificate, ServersError> {
        let doing = "make a certificate";
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).map_err(std::io::Error::other);
        let made = made.map_err(ServersError::io(doing))?;
        let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
        let write = |path: &Path, text: &str| {
            std::fs::write(path, text)?;
            // The server may run as another user. The key protects nothing.
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
        };
        let pem = made.cert.pem();
        write(&certificate, &pem)
            .and_then(|()| write(&key, &made.signing_key.serialize_pem()))
            .map_err(ServersError::io(doing))?;
        Ok(Certificate { pem, certificate, key })
    }

    /// What the server reads.
    pub(super) fn settings(&self, port: u16) -> String {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        format!(
            "tls-port {port}\ntls-cert-file {certificate}\ntls-key-file {key}\n\
             tls-ca-cert-file {certificate}\ntls-auth-clients no\n"
        )
    }

    pub(super) fn into_pem(self) -> String {
        self.pem
    }
}
