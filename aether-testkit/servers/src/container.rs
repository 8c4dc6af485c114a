//! A server in a Docker container, for machines without the programs.

use std::fmt::Debug;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testcontainers::core::client::docker_client_instance;
use testcontainers::core::{ContainerPort, ImageExt};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage};

use super::ServersError;

/// A running container and its guard.
pub(super) struct Container {
    container: ContainerAsync<GenericImage>,
    /// The address under which the server is reached, which stays the same over a restart.
    pub(super) host: String,
    pub(super) port: u16,
    /// Removes the container when this process ends; it reads a pipe whose writer we hold.
    guard: Option<Child>,
}

impl Container {
    /// Starts `image:tag`, whose server listens on the port `inner`.
    pub(super) async fn start(
        (image, tag): (&str, &str),
        inner: u16,
        variables: &[(&str, &str)],
        arguments: Vec<String>,
    ) -> Result<Box<Container>, ServersError> {
        let doing = "start a container";
        // A fixed port on the host: Docker would choose another one after a restart.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .map_err(ServersError::io("find a free port"))?
            .port();
        let image = GenericImage::new(image, tag)
            .with_exposed_port(ContainerPort::Tcp(inner))
            .with_mapped_port(port, ContainerPort::Tcp(inner))
            .with_cmd(arguments);
        let set = |image: ContainerRequest<GenericImage>, &(name, value): &(&str, &str)| {
            image.with_env_var(name, value)
        };
        let container =
            variables.iter().fold(image, set).start().await.map_err(ServersError::docker(doing))?;
        let guard = guard(container.id());
        let host = container.get_host().await.map_err(ServersError::docker(doing))?.to_string();
        Ok(Box::new(Container { container, host, port, guard }))
    }

    /// Ends the server without a warning.
    pub(super) async fn kill9(&self) -> Result<(), ServersError> {
        let killed = self.container.stop_with_timeout(Some(0)).await;
        killed.map_err(ServersError::docker("kill a container"))
    }

    /// Ends the server in good order.
    pub(super) async fn terminate(&self) -> Result<(), ServersError> {
        let stopped = self.container.stop_with_timeout(Some(10)).await;
        stopped.map_err(ServersError::docker("stop a container"))
    }

    /// Starts the stopped container again.
    pub(super) async fn start_again(&self) -> Result<(), ServersError> {
        self.container.start().await.map_err(ServersError::docker("start a container again"))
    }

    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        self.container.pause().await.map_err(ServersError::docker("pause a container"))
    }

    pub(super) async fn resume(&self) -> Result<(), ServersError> {
        self.container.unpause().await.map_err(ServersError::docker("resume a container"))
    }

    /// Removes the container.
    pub(super) async fn stop(self: Box<Self>) -> Result<(), ServersError> {
        self.container.rm().await.map_err(ServersError::docker("remove a container"))?;
        drop(self.guard);
        Ok(())
    }
}

impl Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container").field("id", &self.container.id()).finish_non_exhaustive()
    }
}

/// Best effort: without the `docker` command only a regular end removes the container.
fn guard(id: &str) -> Option<Child> {
    use std::os::unix::process::CommandExt;
    Command::new("/bin/sh")
        .args(["-c", r#"trap '' INT TERM HUP; cat; docker rm -f -v "$1""#, "aether-watchdog", id])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()
}

/// Whether Docker answers, within two seconds.
pub(super) async fn docker_answers() -> bool {
    let ping = async { docker_client_instance().await.ok()?.ping().await.ok() };
    matches!(tokio::time::timeout(Duration::from_secs(2), ping).await, Ok(Some(_)))
}
