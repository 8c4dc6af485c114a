//! Who is at the other end: the address of a client, also behind proxies.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The other end of the connection: a client, or the last proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self::UNKNOWN))
    }
}

impl Peer {
    /// Nobody that is known.
    pub(crate) const UNKNOWN: Self = Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));

    /// Whether it is a program on this machine, and no proxy on it.
    pub(crate) fn is_this_machine(self, headers: &HeaderMap) -> bool {
        let is_forwarded =
            headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        self.0.ip().is_loopback() && !is_forwarded
    }

    /// The client's address, where this many proxies in front are ours. Each appends the address that it saw, so they are counted from
    /// the right; what is left of them anybody can have written.
    pub(crate) fn client(self, headers: &HeaderMap, trusted_proxies: u8) -> IpAddr {
        let lines = headers.get_all("x-forwarded-for").iter();
        let hops: Vec<_> = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|hop| hop.trim().parse::<IpAddr>().ok())
            .collect();
        let place = hops.len().checked_sub(usize::from(trusted_proxies));
        let client =
            place.filter(|_| trusted_proxies > 0).and_then(|place| hops.get(place)?.as_ref());
        canonical(client.copied().unwrap_or(self.0.ip()))
    }
}

/// IPv4 that came over an IPv6 socket is IPv4.
const fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What a limit counts as one client: an address, of IPv6 the network that one subscriber has (/64).
pub(crate) fn subject(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(forwarded: &[&str], trusted: u8) -> String {
        let peer = Peer("10.0.0.1:4000".parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        peer.client(&headers, trusted).to_string()
    }

    #[test]
    fn forwarded_addresses_are_counted_from_the_right_and_only_where_proxies_are_trusted() {
        assert_eq!(client(&["6.6.6.6"], 0), "10.0.0.1");
        assert_eq!(client(&["6.6.6.6, 1.2.3.4"], 1), "1.2.3.4");
        assert_eq!(client(&["6.6.6.6", "1.2.3.4, 9.9.9.9"], 2), "1.2.3.4");
        // fewer hops than proxies, or something that is no address: the peer itself
        assert_eq!(client(&["1.2.3.4"], 2), "10.0.0.1");
        assert_eq!(client(&["6.6.6.6, unknown"], 1), "10.0.0.1");
        assert_eq!(client(&[], 1), "10.0.0.1");
        assert_eq!(client(&["::ffff:1.2.3.4"], 1), "1.2.3.4");
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_client() {
        let of = |address: &str| subject(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("1.2.3.4"), "1.2.3.4");
    }
}
