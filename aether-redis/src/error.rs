//! What can go wrong with Redis, and whether trying again helps.

use std::time::Duration;

use aether_core::BoxError;
use fred::error::{Error as FredError, ErrorKind};

mod meaning;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What Redis, or the way to it, answered instead of doing what was asked.
///
/// Ask [`is_transient`](Error::is_transient) whether the same call may succeed later. Guarded writes
/// are idempotent: sending one again is always safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be read. Nothing of it is shown but the names of scheme and parameters.
    #[error(
        "the redis address is not valid: {source}; write redis://[[user:]password@]host[:port][/database], \
         redis-sentinel://host[:port]?sentinelServiceName=name or redis-cluster://host[:port], \
         with rediss for TLS"
    )]
    Address {
        /// What is wrong with it.
        r#source: BoxError,
    },

    /// The address does not fit the server: TLS or none, a node of a Cluster, a sentinel.
    #[error("the redis address does not fit the server: {reason}")]
    Mismatch {
        /// What was found, and what to write.
        reason: String,
    },

    /// The server is older than Redis 7, does not speak RESP3, or is none of Redis.
    #[error("the server cannot be used: {reason}; Redis 7 or newer, with RESP3, is needed")]
    Unsupported {
        /// What was found.
        reason: String,
    },

    /// The root certificates for TLS cannot be used, or the server's does not go back to them.
    #[error("{reason}; give root certificates in PEM form")]
    Certificates {
        /// What is wrong.
        reason: String,
    },

    /// A name cannot be part of a key.
    #[error(
        "{name:?} cannot be part of a key: it is empty, or has braces, which are kept for cluster hash tags"
    )]
    InvalidKey {
        /// The name.
        name: String,
    },

    /// The keys of a Redis Cluster need hash tags: keys that change together must lie in one slot.
    #[error(
        "redis is a cluster and the keys under {prefix:?} have no hash tags; \
         make the key space with hash_tags(true)"
    )]
    HashTagsNeeded {
        /// The prefix of the key space.
        prefix: String,
    },

    /// Keys of one call lie in different slots of the Cluster. Nothing was written.
    #[error(
        "keys of one call lie in different slots of the cluster: {reason}; take keys of one entity, \
         of a key space with hash_tags(true)"
    )]
    CrossSlot {
        /// Which, or what Redis said.
        reason: String,
    },

    /// A value is larger than [`max_value_bytes`](crate::RedisSettings::max_value_bytes). Nothing was sent.
    #[error(
        "the value for {key} has {bytes} bytes, more than the {limit} of max_value_bytes; \
         split it or raise the limit"
    )]
    TooLarge {
        /// Where it was to go.
        key: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },

    /// There is no connection, or it broke. A command that was under way may have taken effect.
    #[error("redis cannot be reached: {source}; check that it runs and that the address is right")]
    Unreachable {
        /// What was seen.
        r#source: BoxError,
    },

    /// No answer in time. The command may have taken effect, or may do so later.
    #[error("redis did not answer within {limit:?}; look for slow commands, or raise the timeout")]
    Timeout {
        /// How long it was given.
        limit: Duration,
    },

    /// Redis did not answer several calls in a row, so nothing was sent: see
    /// [`RedisClient`](crate::RedisClient). Goes on as soon as it answers again.
    #[error("redis does not answer and is not asked: the next probe comes in {retry_after:?}")]
    CircuitOpen {
        /// How long until the client looks again.
        retry_after: Duration,
    },

    /// Redis is there and cannot work for now: loading, busy with a script, a replica, a cluster
    /// that fails over or moves slots.
    #[error("redis is not ready: {source}; it will be, or look at its log")]
    NotReady {
        /// What it said.
        r#source: BoxError,
    },

    /// Redis has as many connections as it takes.
    #[error(
        "redis takes no more connections: {source}; raise maxclients, or open fewer (pool_size)"
    )]
    TooManyClients {
        /// What it said.
        r#source: BoxError,
    },

    /// Redis has reached `maxmemory` and takes no more writes.
    #[error("redis has no memory left: {source}; raise maxmemory or shorten lifetimes")]
    OutOfMemory {
        /// What it said.
        r#source: BoxError,
    },

    /// The credentials are wrong or do not suffice, be it for a command or for one inside of a script.
    #[error("redis refuses the credentials: {source}; check the user, the password and its rights")]
    Denied {
        /// What it said.
        r#source: BoxError,
    },

    /// A key holds another kind of value than the one that belongs there. Nothing was written.
    #[error(
        "{key} does not hold a {expected}; somebody else uses it: delete it, or take another prefix"
    )]
    WrongType {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
    },

    /// A counter would leave the range of 64 bits. Nothing was counted.
    #[error(
        "the counter {key} cannot count that far: 64 bits do not hold it; count under another name"
    )]
    OutOfRange {
        /// The key.
        key: String,
    },

    /// The checkpoint of a projection is gone or went back: Redis was flushed, restarted empty or
    /// failed over to a replica that was behind. What was written is lost too, so the projection has
    /// to [claim](aether_core::backend::Checkpoints::claim) its checkpoint again and go on from there.
    #[error(
        "the checkpoint of {projection} was lost with the data of redis; the projection starts over: it fills redis from the log"
    )]
    CheckpointLost {
        /// The projection's name.
        projection: String,
    },

    /// Somebody else runs this projection now. Nothing was written.
    #[error("projection {projection} is run by somebody else now; this runner stops")]
    ShardTaken {
        /// The projection's name.
        projection: String,
    },

    /// An answer that this crate does not understand.
    #[error(
        "redis answered what was not expected: {reason}; does something else write to these keys?"
    )]
    UnexpectedReply {
        /// What was wrong with it.
        reason: String,
    },

    /// Anything else.
    #[error("redis failed: {source}")]
    Failed {
        /// What it said.
        r#source: BoxError,
    },
}

impl Error {
    /// The same call may succeed later, unchanged.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::CircuitOpen { .. }
                | Self::NotReady { .. }
                | Self::TooManyClients { .. }
                | Self::OutOfMemory { .. }
        )
    }

    /// The call took longer than it was given.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. })
    }

    /// Nothing was sent: the circuit breaker is open.
    #[must_use]
    pub const fn is_circuit_open(&self) -> bool {
        matches!(self, Self::CircuitOpen { .. })
    }

    /// Redis lost its data under a running projection, which starts over.
    #[must_use]
    pub const fn is_checkpoint_lost(&self) -> bool {
        matches!(self, Self::CheckpointLost { .. })
    }

    /// This crate's error inside a core error, wherever it hides in the chain of sources.
    #[must_use]
    pub fn find_in<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Self> {
        aether_core::backend::Reason(error).causes().find_map(|error| error.downcast_ref())
    }

    /// The one place where the client library's errors get their meaning.
    pub(crate) fn of(error: FredError, limit: Duration) -> Self {
        let said = said(&error);
        let code = said.split_whitespace().next().unwrap_or_default().to_owned();
        let source: BoxError = said.clone().into();
        match (code.as_str(), error.kind()) {
            ("OOM", _) => Self::OutOfMemory { source },
            ("CROSSSLOT", _) => Self::CrossSlot { reason: said },
            (
                "LOADING" | "BUSY" | "READONLY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN"
                | "NOREPLICAS" | "MISCONF" | "MOVED" | "ASK",
                _,
            )
            | (_, ErrorKind::Cluster | ErrorKind::Backpressure) => Self::NotReady { source },
            // a slot that moves between nodes faster than it can be followed
            (_, ErrorKind::Routing) if said.contains("redirections") => Self::NotReady { source },
            ("NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED", _) | (_, ErrorKind::Auth) => {
                Self::Denied { source }
            }
            _ if IN_A_SCRIPT.iter().any(|refusal| said.contains(refusal)) => {
                Self::Denied { source }
            }
            ("ERR", _) if said.contains("max number of clients") => Self::TooManyClients { source },
            ("NOPROTO", _) => Self::Unsupported { reason: "it does not speak RESP3".to_owned() },
            ("ERR", _) if said.contains("unknown command") && said.contains("HELLO") => {
                Self::Unsupported { reason: "it does not know HELLO".to_owned() }
            }
            (_, ErrorKind::Config) if said.contains("cluster support disabled") => Self::Mismatch {
                reason: "the server is no node of a cluster; write redis:// or rediss://"
                    .to_owned(),
            },
            _ if said.contains("InvalidCertificate") => Self::Certificates {
                reason: format!("the certificate of the server is not trusted: {said}"),
            },
            // answers of the server begin with a code in capitals; this is the client itself, which has
            // just lost its connection
            (code, ErrorKind::Unknown) if !code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Self::Unreachable { source }
            }
            (_, ErrorKind::Timeout) => Self::Timeout { limit },
            (_, ErrorKind::Url) => Self::Address { source },
            (
                _,
                ErrorKind::IO
                | ErrorKind::Canceled
                | ErrorKind::Routing
                | ErrorKind::Tls
                | ErrorKind::Sentinel,
            ) => Self::Unreachable { source },
            (_, ErrorKind::Parse | ErrorKind::Protocol | ErrorKind::NotFound) => {
                Self::UnexpectedReply { reason: said }
            }
            _ => Self::Failed { source },
        }
    }

    /// Counts it in the metrics.
    pub(crate) fn count(&self) {
        metrics::counter!("aether_redis_errors_total", "kind" => self.label()).increment(1);
    }

    /// The label `kind` of the metrics.
    const fn label(&self) -> &'static str {
        match self {
            Self::Address { .. }
            | Self::Mismatch { .. }
            | Self::Unsupported { .. }
            | Self::Certificates { .. } => "configuration",
            Self::InvalidKey { .. } => "invalid_key",
            Self::HashTagsNeeded { .. } | Self::CrossSlot { .. } => "cross_slot",
            Self::TooLarge { .. } => "too_large",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::NotReady { .. } => "not_ready",
            Self::TooManyClients { .. } => "too_many_clients",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::Denied { .. } => "denied",
            Self::WrongType { .. } => "wrong_type",
            Self::OutOfRange { .. } => "out_of_range",
            Self::CheckpointLost { .. } => "checkpoint_lost",
            Self::ShardTaken { .. } => "shard_taken",
            Self::UnexpectedReply { .. } => "unexpected_reply",
            Self::Failed { .. } => "failed",
        }
    }

    /// A `WRONGTYPE` answer to a command on `key`.
    pub(crate) fn at(self, key: &crate::Key, expected: &'static str) -> Self {
        match self {
            Self::Failed { source } if source.to_string().contains("WRONGTYPE") => {
                Self::WrongType { key: key.to_string(), expected }
            }
            other => other,
        }
    }
}

/// How Redis begins to say that a user may not do what a script does, since version 7 and before.
const IN_A_SCRIPT: [&str; 2] = ["ACL failure in script", "The user executing the script can't"];

/// What was said, without the client library's word for it. It shows errors of the system as a programmer sees
/// them: `Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }`.
fn said(error: &FredError) -> String {
    let details = error.details();
    if !matches!(error.kind(), ErrorKind::IO | ErrorKind::Tls | ErrorKind::Sentinel) {
        return details.to_owned();
    }
    let text = ["message: ", "error: "].iter().find_map(|field| details.split_once(field));
    let text = text.map_or(details, |(_, text)| text.trim_end_matches([' ', '}']));
    text.trim_matches('"').to_owned()
}
