//! From an address and settings to what the client library wants to know.

use std::sync::Arc;
use std::time::Duration;

use fred::prelude::TcpConfig;
use fred::rustls::crypto::ring;
use fred::rustls::pki_types::CertificateDer;
use fred::rustls::pki_types::pem::PemObject as _;
use fred::rustls::{ClientConfig, RootCertStore};
use fred::types::config::{
    ClusterDiscoveryPolicy, Config, ConnectionConfig, PerformanceConfig, ReconnectError,
    ReconnectPolicy, ServerConfig, TlsConnector, UnresponsiveConfig,
};
use fred::types::{Builder, RespVersion};

use crate::error::{Error, Result};
use crate::settings::Settings;

/// Reads an address and, for TLS, the root certificates.
pub(super) fn config(url: &str, settings: &Settings) -> Result<Config> {
    let (url, tls) = split(url)?;
    let mut config =
        Config::from_url(&url).map_err(|source| Error::Address { source: source.into() })?;
    config.version = RespVersion::RESP3;
    config.fail_fast = !settings.lazy;
    if tls {
        config.tls = Some(connector(settings)?.into());
    }
    if let ServerConfig::Clustered { policy, .. } = &mut config.server {
        // nodes that joined later help when those of the address are gone
        *policy = ClusterDiscoveryPolicy::UseCache;
    }
    Ok(config)
}

/// The address without TLS in its scheme, and whether it was there: the client library would take its own
/// idea of TLS, and any scheme for `redis`.
fn split(url: &str) -> Result<(String, bool)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (family, kind) = match scheme.split_once('-') {
        Some((family, kind @ ("cluster" | "sentinel"))) => (family, format!("-{kind}")),
        Some(_) => ("", String::new()),
        None => (scheme, String::new()),
    };
    match family {
        "redis" | "valkey" => Ok((format!("redis{kind}://{rest}"), false)),
        "rediss" | "valkeys" => Ok((format!("redis{kind}://{rest}"), true)),
        _ => Err(Error::Address { source: format!("its scheme is {scheme:?}").into() }),
    }
}

fn connector(settings: &Settings) -> Result<TlsConnector> {
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
        return Err(refuse("there is none".to_owned()));
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
pub(super) fn builder(mut config: Config, settings: &Settings, purpose: Purpose) -> Builder {
    let millis = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let (command_timeout, unresponsive_after, max_redirections) = match purpose {
        // The library answers ASK by taking the next answer from the connection for its own, whoever it
        // belongs to: never let it, on a connection that many use. See `redirect.rs`.
        Purpose::Pool => (settings.command_timeout, settings.unresponsive_after, 0),
        Purpose::Alone(limit) => (limit, limit + settings.unresponsive_after, 2),
        Purpose::Listening => (settings.command_timeout, settings.unresponsive_after, 2),
    };
    if !matches!(purpose, Purpose::Pool) {
        config.fail_fast = matches!(purpose, Purpose::Alone(_));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_in_the_scheme_whatever_the_topology() {
        for (url, plain, tls) in [
            ("redis://a:1", "redis://a:1", false),
            ("rediss://a:1", "redis://a:1", true),
            ("valkeys-cluster://a:1", "redis-cluster://a:1", true),
            (
                "redis-sentinel://a?sentinelServiceName=m",
                "redis-sentinel://a?sentinelServiceName=m",
                false,
            ),
        ] {
            assert_eq!(split(url).unwrap(), (plain.to_owned(), tls));
        }
        for url in ["http://a", "redis-other://a", "a:6379", "redis+unix:///tmp/a"] {
            assert!(split(url).is_err(), "{url}");
        }
    }
}
