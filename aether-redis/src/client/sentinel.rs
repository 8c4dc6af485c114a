//! Listens to Sentinel, so that a new master is found when the old one does not go away by itself.
//!
//! A master that was only slow or cut off still takes writes for about ten seconds after it was replaced,
//! and loses them when it is made a replica. The sentinel that replaces it says `+switch-master` at once, the others
//! up to two seconds later, when they hear of it: so all of them are listened to.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use fred::clients::{Client, SubscriberClient};
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::{ClientLike as _, EventInterface as _, PubsubInterface as _};
use fred::types::config::{Config, ReconnectPolicy, Server, ServerConfig};
use futures::future::join_all;

use super::Inner;
use super::call::bit;
use super::config::{Purpose, builder};

const SWITCH: &str = "+switch-master";
/// The pause before another sentinel is tried.
const PAUSE: Duration = Duration::from_secs(1);
/// A sentinel that has not heard of the new master leads back to the old one: how often that is tried
/// again, and after how long.
const TRIES: u32 = 40;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

impl Inner {
    /// Follows the master of Sentinel until the client is closed; does nothing elsewhere.
    pub(super) fn watch_sentinels(self: &Arc<Self>) {
        let ServerConfig::Sentinel { hosts, service_name, username, password } =
            &self.config.server
        else {
            return;
        };
        let listener = Arc::new(Listener {
            client: Arc::downgrade(self),
            service: service_name.clone(),
            config: Config {
                username: username.clone(),
                password: password.clone(),
                database: None,
                ..self.config.clone()
            },
        });
        for host in hosts.clone() {
            let (listener, mut alive) = (listener.clone(), self.alive.subscribe());
            self.runtime.spawn(async move {
                loop {
                    tokio::select! {
                        _ = alive.changed() => return,
                        lost = listener.listen(host.clone()) => {
                            tracing::debug!(sentinel = %host, error = ?lost.err(), "sentinel is lost");
                        }
                    }
                    let pause = tokio::time::timeout(PAUSE, alive.changed());
                    if pause.await.is_ok() {
                        return;
                    }
                }
            });
        }
    }
}

struct Listener {
    client: Weak<Inner>,
    service: String,
    /// For a connection to a sentinel.
    config: Config,
}

/// Ends the connection with the listening, however that ends.
struct Ending(SubscriberClient);

impl Drop for Ending {
    fn drop(&mut self) {
        let sentinel = self.0.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { sentinel.quit().await });
        }
    }
}

impl Listener {
    /// Returns when the sentinel is lost.
    async fn listen(&self, host: Server) -> Result<(), FredError> {
        let gone = || FredError::new(ErrorKind::Canceled, "the client is gone");
        let mut config = self.config.clone();
        config.server = ServerConfig::Centralized { server: host };
        let settings = self.client.upgrade().ok_or_else(gone)?.settings.clone();
        let mut builder = builder(config, &settings, Purpose::Alone(settings.command_timeout));
        // it is connected to anew by the caller
        builder.set_policy(ReconnectPolicy::new_constant(1, 0));
        let sentinel = Ending(builder.build_subscriber_client()?);
        let mut task = sentinel.0.init().await?;
        let mut switches = sentinel.0.message_rx();
        sentinel.0.subscribe(SWITCH).await?;
        loop {
            tokio::select! {
                _ = &mut task => return Ok(()),
                switch = switches.recv() => {
                    let switch = switch.map_err(|_| gone())?;
                    if let Some((old, new)) = switch.value.as_str().and_then(|said| self.read(&said)) {
                        tracing::info!(%old, %new, "sentinel has a new master");
                        self.lead_away(&old, &new).await;
                    }
                }
            }
        }
    }

    /// `name old-host old-port new-host new-port`.
    fn read(&self, said: &str) -> Option<(Server, Server)> {
        let words: Vec<&str> = said.split_whitespace().collect();
        let [service, old_host, old_port, host, port] = words[..] else { return None };
        if service != self.service {
            return None;
        }
        let old = Server::new(old_host, old_port.parse().ok()?);
        Some((old, Server::new(host, port.parse().ok()?)))
    }

    /// Moves every connection that leads to the old master; until it has moved, nothing is sent over it. One
    /// that stands nowhere is watched, too: it may just be on its way to the old one.
    async fn lead_away(&self, old: &Server, new: &Server) {
        for _ in 0..TRIES {
            let Some(client) = self.client.upgrade() else { return };
            let is_astray = |redis: &Client| {
                let leads_to = redis.active_connections();
                leads_to.contains(old) || !(leads_to.contains(new) || redis.is_connected())
            };
            let pool = client.pool.clone();
            let astray: Vec<(usize, &Client)> =
                pool.clients().iter().enumerate().filter(|(_, redis)| is_astray(redis)).collect();
            let bits = astray.iter().fold(0, |bits, (index, _)| bits | bit(*index));
            client.astray.store(bits, Ordering::Relaxed);
            drop(client);
            if astray.is_empty() {
                return;
            }
            let moving = astray.into_iter().filter(|(_, redis)| redis.is_connected());
            // they answer when they have reconnected; the next look will tell
            let moving = moving
                .map(|(_, redis)| tokio::time::timeout(BETWEEN_TRIES, redis.force_reconnection()));
            drop(join_all(moving).await);
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        // by now the old master knows what it is
        if let Some(client) = self.client.upgrade() {
            client.astray.store(0, Ordering::Relaxed);
        }
    }
}
