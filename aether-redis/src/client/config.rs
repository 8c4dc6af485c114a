//! From an address and settings to what the client library wants to know.

use std::sync::Arc;
use std::time::Duration;

use fred::prelude::TcpConfig;
use fred::rustls::crypto::ring;
use fred::rustls::pki_types::CertificateDer;
use fred::rustls::pki_types::pem::PemObject as _;
use fred::rustls::{ClientConfig, RootCertStore};
use fred::types::config::{
    Config, ConnectionConfig, PerformanceConfig, ReconnectError, ReconnectPolicy, TlsConnector,
    UnresponsiveConfig,
};
use fred::types::{Builder, RespVersion};

use super::address;
use crate::error::{Error, Result};
use crate::settings::RedisSettings;

/// Reads an address and, for TLS, the root certificates.
pub(super) fn config(url: &str, settings: &RedisSettings) -> Result<Config> {
    let (mut config, tls) = address::read(url)?;
    config.version = RespVersion::RESP3;
    config.fail_fast = !settings.lazy;
    if tls {
        config.tls = Some(connector(settings)?.into());
    }
    Ok(config)
}

fn connector(settings: &RedisSettings) -> Result<TlsConnector> {
    let refuse = |reason: String| Error::Certificates { reason };
    let mut roots = RootCertStore::empty();
    if let Some(pem) = &settings.root_certificates {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
            roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
        }
    } else {
        // some of a system's roots may be odd; those that can be read do
        roots.add_parsable_certificates(fred::rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(refuse("there is no root certificate for TLS".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config.into())
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Commands of many callers, pipelined.
    Pool,
    /// One command at a time, each of which may take this long.
    Alone(Duration),
    /// Messages.
    Listening,
}

/// A builder of clients for `config`.
pub(super) fn builder(mut config: Config, settings: &RedisSettings, purpose: Purpose) -> Builder {
    let millis = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let (command_timeout, unresponsive_after, max_redirections) = match purpose {
        // The library answers ASK by taking the next answer from the connection for its own, no matter whose it
        // belongs to: never let it, on a connection that many use. See `redirect.rs`.
        Purpose::Pool => (settings.command_timeout, settings.unresponsive_after, 0),
        Purpose::Alone(limit) => (limit, limit + settings.unresponsive_after, 2),
        Purpose::Listening => (settings.command_timeout, settings.unresponsive_after, 2),
    };
    if !matches!(purpose, Purpose::Pool) {
        config.fail_fast = matches!(purpose, Purpose::Alone(_));
    }
    config.username = config.username.map(|user| word(&user));
    config.password = config.password.map(|password| word(&password));
    let mut builder = Builder::from_config(config);
    builder
        .set_connection_config(ConnectionConfig {
            connection_timeout: settings.connect_timeout,
            internal_command_timeout: settings.connect_timeout,
            max_command_attempts: 1,
            max_redirections,
            unresponsive: UnresponsiveConfig {
                max_timeout: Some(unresponsive_after),
                interval: unresponsive_after / 4,
            },
            // a replica where a master was, or a server that is still loading: look for the master again
            reconnect_errors: vec![
                ReconnectError::ReadOnly,
                ReconnectError::MasterDown,
                ReconnectError::Loading,
                ReconnectError::ClusterDown,
            ],
            tcp: TcpConfig { nodelay: Some(true), ..TcpConfig::default() },
            ..ConnectionConfig::default()
        })
        .set_performance_config(PerformanceConfig {
            default_command_timeout: command_timeout,
            broadcast_channel_capacity: settings.broadcast_capacity,
            ..PerformanceConfig::default()
        })
        .set_policy(ReconnectPolicy::new_exponential(
            0,
            millis(settings.reconnect_pause),
            millis(settings.reconnect_pause_max),
            2,
        ));
    builder
}

/// A word of an inline command: what the library greets servers with. It writes user and password as they come,
/// so what would end the word, or the command, goes in quotes, which the server takes off again.
fn word(text: &str) -> String {
    let plain = |byte: u8| !matches!(byte, 0..=b' ' | b'"' | b'\'' | b'\\' | 0x7f);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match u8::try_from(letter) {
            Ok(byte) if letter.is_ascii() && !plain(byte) => {
                quoted.push_str(&format!("\\x{byte:02x}"));
            }
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_an_inline_command_ends_where_it_should() {
        assert_eq!(word("p#w?é"), "p#w?é");
        assert_eq!(word(""), "\"\"");
        assert_eq!(word("é a\"\\'\t\r\n"), r#""é\x20a\x22\x5c\x27\x09\x0d\x0a""#);
    }
}
