//! What stands in for `container` without the feature `docker`: Docker never answers.

use super::ServersError;

/// No container can exist.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) host: String,
    pub(super) port: u16,
    never: std::convert::Infallible,
}

impl Container {
    pub(super) async fn start(
        _: (&str, &str),
        _: u16,
        _: &[(&str, &str)],
        _: Vec<String>,
    ) -> Result<Box<Container>, ServersError> {
        Err(ServersError::docker("start a container")("built without the feature `docker`"))
    }

    pub(super) async fn kill9(&self) -> Result<(), ServersError> {
        match self.never {}
    }

    pub(super) async fn terminate(&self) -> Result<(), ServersError> {
        match self.never {}
    }

    pub(super) async fn start_again(&self) -> Result<(), ServersError> {
        match self.never {}
    }

    pub(super) async fn pause(&self) -> Result<(), ServersError> {
        match self.never {}
    }

    pub(super) async fn resume(&self) -> Result<(), ServersError> {
        match self.never {}
    }

    pub(super) async fn stop(self: Box<Self>) -> Result<(), ServersError> {
        match self.never {}
    }
}

pub(super) async fn docker_answers() -> bool {
    false
}
