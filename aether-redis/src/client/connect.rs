//! A client on its way to its server.

use std::fmt;

use futures::future::{BoxFuture, FutureExt as _};

use crate::error::Result;
use crate::settings::RedisSettings;

use super::RedisClient;

/// A client that is not connected yet: awaiting it connects it. Made by [`RedisClient::connect`].
#[must_use = "nothing is connected before it is awaited"]
pub struct Connect {
    url: String,
    settings: RedisSettings,
}

impl Connect {
    pub(super) fn to(url: &str) -> Self {
        Self { url: url.to_owned(), settings: RedisSettings::default() }
    }

    /// Other [`RedisSettings`] than the default ones.
    pub fn with(mut self, settings: RedisSettings) -> Self {
        self.settings = settings;
        self
    }
}

impl IntoFuture for Connect {
    type Output = Result<RedisClient>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move { RedisClient::open(&self.url, self.settings).await }.boxed()
    }
}

/// Without the address, which may hold a password.
impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("settings", &self.settings).finish_non_exhaustive()
    }
}
