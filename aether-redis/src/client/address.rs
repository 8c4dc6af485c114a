//! The address of a Redis, read strictly. Errors quote nothing of it that may be a secret.

use std::net::Ipv6Addr;

use fred::types::config::{ClusterDiscoveryPolicy, Config, Server, ServerConfig};

use super::health::Topology;
use crate::error::{Error, Result};

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// What an address says, and whether its scheme asks for TLS.
pub(super) fn read(url: &str) -> Result<(Config, bool)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (topology, tls) = scheme_of(scheme)?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = place.split_once('/').unwrap_or((place, ""));
    if rest.contains('#') || path.contains('@') {
        return Err(unescaped());
    }
    let parameters = Parameters::read(query, topology)?;
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let port = if topology == Topology::Sentinel { SENTINEL_PORT } else { PORT };
    let host = server(host, Some(port))?;
    let (username, password) = user.map_or(Ok((None, None)), credentials)?;
    let database = database(path, topology)?;
    let server = parameters.server(host, topology)?;
    Ok((Config { server, username, password, database, ..Config::default() }, tls))
}

fn scheme_of(scheme: &str) -> Result<(Topology, bool)> {
    let (family, kind) = scheme.split_once('-').unwrap_or((scheme, ""));
    let tls = matches!(family, "rediss" | "valkeys");
    match (family, kind) {
        ("redis" | "rediss" | "valkey" | "valkeys", "") => Ok((Topology::Single, tls)),
        ("redis" | "rediss" | "valkey" | "valkeys", "cluster") => Ok((Topology::Cluster, tls)),
        ("redis" | "rediss" | "valkey" | "valkeys", "sentinel") => Ok((Topology::Sentinel, tls)),
        _ if is_word(scheme) => Err(refused(format!("its scheme is {scheme:?}"))),
        _ => Err(refused("it has no scheme")),
    }
}

/// User and password. A user without a password logs in with an empty one.
fn credentials(text: &str) -> Result<(Option<String>, Option<String>)> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let user = Some(decoded(user)?).filter(|user| !user.is_empty());
    let password = Some(decoded(password)?).filter(|it| user.is_some() || !it.is_empty());
    Ok((user, password))
}

fn database(path: &str, topology: Topology) -> Result<Option<u8>> {
    if path.is_empty() {
        return Ok(None);
    }
    let number = path.parse();
    let number =
        number.map_err(|_| refused("a number from 0 to 255 has to follow the / after the host"))?;
    match (topology, number) {
        (_, 0) => Ok(None),
        (Topology::Cluster, _) => Err(refused("a cluster has no database but 0")),
        _ => Ok(Some(number)),
    }
}

/// `host:port` or `[IPv6]:port`; without a port only where there is one by default.
fn server(text: &str, default: Option<u16>) -> Result<Server> {
    if text.contains('@') {
        return Err(refused(
            "a node is written host:port; all nodes take the user and the password of the address",
        ));
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) if host.parse::<Ipv6Addr>().is_ok() => (host, port),
        Some(_) => return Err(refused("what stands in brackets is no IPv6 address")),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | '%' | '&');
    if host.is_empty() || host.contains(odd) {
        return Err(refused("it names no host"));
    }
    let port = match (port.strip_prefix(':'), default) {
        (Some(port), _) => port.parse().ok().filter(|port| *port != 0),
        (None, default) => default.filter(|_| port.is_empty()),
    };
    let port = port.ok_or_else(|| {
        refused("a host is followed by : and a port from 1 to 65535; IPv6 goes in brackets")
    })?;
    Ok(Server::new(host, port))
}

/// What follows the question mark.
#[derive(Default)]
struct Parameters {
    nodes: Vec<Server>,
    service: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl Parameters {
    fn read(query: &str, topology: Topology) -> Result<Self> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match (topology, name) {
                (Topology::Cluster | Topology::Sentinel, "node") => {
                    parameters.nodes.push(server(&decoded(value)?, None)?);
                    continue;
                }
                (Topology::Sentinel, "sentinelServiceName") => &mut parameters.service,
                (Topology::Sentinel, "sentinelUsername") => &mut parameters.username,
                (Topology::Sentinel, "sentinelPassword") => &mut parameters.password,
                _ if query.contains('@') || !is_word(name) => return Err(unescaped()),
                _ => return Err(refused(format!("{name:?} is no parameter of it"))),
            };
            if place.replace(decoded(value)?).is_some() {
                return Err(refused(format!("it has the parameter {name:?} twice")));
            }
        }
        Ok(parameters)
    }

    fn server(self, host: Server, topology: Topology) -> Result<ServerConfig> {
        let mut hosts = self.nodes;
        hosts.push(host.clone());
        Ok(match topology {
            Topology::Single => ServerConfig::Centralized { server: host },
            Topology::Cluster => {
                // nodes that joined later help when those of the address are gone
                ServerConfig::Clustered { hosts, policy: ClusterDiscoveryPolicy::UseCache }
            }
            Topology::Sentinel => ServerConfig::Sentinel {
                hosts,
                service_name: self
                    .service
                    .ok_or_else(|| refused("it names no sentinelServiceName"))?,
                password: self.password.or_else(|| self.username.as_ref().map(|_| String::new())),
                username: self.username,
            },
        })
    }
}

/// Whether a text can be shown: a name, not a part of a password.
fn is_word(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'.');
    !text.is_empty() && text.len() <= 32 && text.bytes().all(plain)
}

/// With each `%` and two hexadecimal digits as the byte they stand for.
fn decoded(text: &str) -> Result<String> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|_| byte == b'%').and_then(|two| str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| refused("a user, a password or a name is not UTF-8"))
}

fn refused(reason: impl Into<String>) -> Error {
    Error::Address { source: reason.into().into() }
}

fn unescaped() -> Error {
    refused(
        "it has a #, / or ? in front of an @; in a user or a password write # as %23, / as %2F, ? as %3F",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Config {
        read(url).unwrap().0
    }

    fn hosts(url: &str) -> Vec<String> {
        config(url).server.hosts().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_scheme_says_topology_and_tls() {
        for (scheme, topology, tls) in [
            ("redis", Topology::Single, false),
            ("rediss", Topology::Single, true),
            ("valkey-sentinel", Topology::Sentinel, false),
            ("valkeys-cluster", Topology::Cluster, true),
        ] {
            assert_eq!(scheme_of(scheme).unwrap(), (topology, tls), "{scheme}");
        }
        for url in ["http://a", "redis-other://a", "a:6379", "redis+unix:///tmp/a", ""] {
            assert!(read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn every_part_of_an_address_is_read() {
        let one = config("redis://an%20na:p%40%23%2F%3f@w@db:7000/3");
        assert_eq!(one.username.as_deref(), Some("an na"));
        assert_eq!(one.password.as_deref(), Some("p@#/?@w"));
        assert_eq!(one.database, Some(3));
        assert_eq!(one.server, ServerConfig::new_centralized("db", 7000));
        let plain = config("redis://db/0");
        assert_eq!((plain.username, plain.password, plain.database), (None, None, None));
        assert_eq!(config("redis://:%@db").password.as_deref(), Some("%"));
        let nobody = config("redis://anna@db");
        assert_eq!(
            (nobody.username.as_deref(), nobody.password.as_deref()),
            (Some("anna"), Some(""))
        );
    }

    #[test]
    fn nodes_may_have_ipv6_addresses() {
        assert_eq!(hosts("redis://[::1]"), ["::1:6379"]);
        assert_eq!(
            hosts("redis-cluster://[::1]:7001?node=[fe80::2]:7002&node=db:7003"),
            ["fe80::2:7002", "db:7003", "::1:7001"]
        );
    }

    #[test]
    fn sentinel_has_a_service_and_credentials_of_its_own() {
        let url =
            "redis-sentinel://a?sentinelServiceName=m&sentinelUsername=u&sentinelPassword=p+%26@";
        let ServerConfig::Sentinel { hosts, service_name, username, password } = config(url).server
        else {
            panic!("a sentinel");
        };
        assert_eq!((hosts[0].port, &*service_name), (26379, "m"));
        assert_eq!((username.as_deref(), password.as_deref()), (Some("u"), Some("p+&@")));
    }

    #[test]
    fn what_is_not_understood_is_refused_and_no_secret_is_shown() {
        for url in [
            "redis://anna:hunter2@db?db=3",
            "redis://anna:hunter2@db?password=hunter2",
            "redis://anna:hunter2@db?node=other:1",
            "redis://anna:hunter2@db/x",
            "redis://anna:hunter2@db/256",
            "redis://anna:hunter2@db/3/4",
            "redis://anna:hunter2@db/#rest",
            "redis://anna:hunter2#rest@db",
            "redis://anna:hunter2/rest@db",
            "redis://anna:hunter2?rest@db",
            "redis://anna:6379/hunter2@db",
            "redis://anna:6379?hunter2@db",
            "redis://anna:6379?hunter2&node@db",
            "redis://anna:hunter2@db:0",
            "redis://anna:hunter2@db:port",
            "redis://anna:hunter2@",
            "redis://anna:hunter2@[db]",
            "redis://anna:hunter2@::1",
            "redis://anna:%ffhunter2@db",
            "anna:hunter2@db",
            "redis-cluster://anna:hunter2@db/1",
            "redis-cluster://db:1?node=anna:hunter2@other:1",
            "redis-cluster://db:1?node=other",
            "redis-cluster://db:1?node=anna:hunter2",
            "redis-cluster://db:1?sentinelPassword=hunter2",
            "redis-sentinel://db?sentinelPassword=hunter2",
            "redis-sentinel://db?sentinelServiceName=m&sentinelPassword=hunter2&sentinelPassword=hunter2",
        ] {
            let error = read(url).map(|_| url).unwrap_err();
            assert!(matches!(error, Error::Address { .. }), "{url}: {error}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("hunter2") && !shown.contains("anna"), "{url}: {shown}");
        }
    }
}
