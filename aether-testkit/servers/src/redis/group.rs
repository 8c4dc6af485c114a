//! Several Redis processes that belong together: what all such groups have in common.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::path::Path;

use uuid::Uuid;

use super::node::{Node, Wait, stop};
use super::{RedisOptions, addresses};
use crate::ServersError;
use crate::discovery::look_for_redis_group;
use crate::selection::{Choice, Surroundings};

/// How the processes of a group belong together.
pub trait Topology: Debug + Sized + Send + Sync + 'static {
    /// What such a group is called.
    const NAME: &'static str;
    /// What it means when it does not get ready.
    const NOT_READY: &'static str;
    /// The scheme of the address of one node.
    const NODE_SCHEME: &'static str;

    /// Chooses where a group comes from.
    fn choose(here: &Surroundings) -> Result<Choice, ServersError>;

    /// Starts the processes.
    fn launch(
        program: &Path,
        options: &RedisOptions,
    ) -> impl Future<Output = Result<Vec<Node>, ServersError>> + Send;

    /// The address of processes that were started.
    fn url(nodes: &[Node]) -> String;

    /// Whether the processes have found each other, as those at the addresses say.
    fn works(
        group: &RedisGroup<Self>,
        addresses: &[(String, u16)],
    ) -> impl Future<Output = bool> + Send;
}

/// Six Redis processes on this machine that belong together, a [`RedisCluster`](super::RedisCluster) or a
/// [`RedisSentinel`](super::RedisSentinel); those we started are stopped when this is dropped.
///
/// Nodes have numbers from 0. The methods that break things are for groups we started.
#[derive(Debug)]
pub struct RedisGroup<T> {
    pub(super) url: String,
    /// Empty for a group of the environment.
    pub(super) nodes: Vec<Node>,
    topology: PhantomData<T>,
}

impl<T: Topology> RedisGroup<T> {
    /// Finds or starts a group and waits until it works: about three seconds.
    ///
    /// # Errors
    ///
    /// [`ServersError::NeedsLocalRedis`] without a `redis-server` program, and the others that say why
    /// there is no group.
    pub async fn start(options: RedisOptions) -> Result<Self, ServersError> {
        let group = Self::launch(options).await?;
        group.ready().await?;
        Ok(group)
    }

    /// As [`start`](RedisGroup::start), but returns as soon as the processes run: see
    /// [`ready`](RedisGroup::ready).
    ///
    /// # Errors
    ///
    /// As [`start`](RedisGroup::start).
    pub async fn launch(options: RedisOptions) -> Result<Self, ServersError> {
        let (url, nodes) = match T::choose(&look_for_redis_group(&options))? {
            Choice::Environment(url) => (url, Vec::new()),
            Choice::Local(program) => {
                let nodes = T::launch(&program, &options).await?;
                (T::url(&nodes), nodes)
            }
            Choice::Docker => return Err(ServersError::NeedsLocalRedis { what: T::NAME }),
        };
        Ok(Self { url, nodes, topology: PhantomData })
    }

    /// Waits until the processes have found each other.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotReady`] if that takes more than a minute.
    pub async fn ready(&self) -> Result<(), ServersError> {
        let addresses = addresses(&self.url).map_err(ServersError::io("read an address"))?;
        let wait = Wait::or(T::NOT_READY);
        while !T::works(self, &addresses).await {
            wait.pause().await?;
        }
        Ok(())
    }

    /// The address of the group: `redis-cluster://host:port?node=host:port&…` with all nodes, or
    /// `redis-sentinel://host:port?sentinelServiceName=aether&node=…` with all sentinels.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A prefix for keys and channels that nobody else uses.
    pub fn prefix(&self) -> String {
        format!("aether-{}:", Uuid::new_v4().simple())
    }

    /// The address of one node alone: `redis-cluster://host:port`, or `redis://host:port` with Sentinel.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a group of the environment.
    pub fn url_of(&self, node: usize) -> Result<String, ServersError> {
        Ok(format!("{}://127.0.0.1:{}", T::NODE_SCHEME, self.node(node)?.port))
    }

    /// Kills a node without a warning (SIGKILL); its data is lost.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a group of the environment.
    pub async fn kill9(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.kill9().await
    }

    /// Makes a node stand still (SIGSTOP).
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a group of the environment.
    pub async fn pause(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.pause().await
    }

    /// Lets a paused node continue. Where it was replaced meanwhile, it becomes a replica.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a group of the environment.
    pub async fn resume(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.resume().await
    }

    /// Starts a node again, empty; it remembers the group.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a group of the environment, [`ServersError::DidNotStart`].
    pub async fn restart(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.restart().await
    }

    /// Stops all nodes and returns when they are gone; those of the environment are left as they are.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] when the system refuses.
    pub async fn stop(self) -> Result<(), ServersError> {
        stop(self.nodes).await
    }

    pub(super) fn node(&self, node: usize) -> Result<&Node, ServersError> {
        self.nodes.get(node).ok_or(ServersError::NotOurs { action: "reach into" })
    }
}
