//! Who asks: a guest, or the holder of an account.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use aether_core::uuid::{Uuid, uuid};
use aether_game::values::JoueurId;
use aether_redis::SessionId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::compte::{CompteId, Role};
use crate::peer;
use crate::problem::{Code, Problem};

/// Who asks, and from where; among the extensions of a request that was admitted.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) account: Option<Arc<Account>>,
    pub(crate) address: IpAddr,
}

/// The holder of an account, by a session that was valid a moment ago.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: CompteId,
    pub(crate) player: JoueurId,
    pub(crate) role: Role,
    pub(crate) session: SessionId,
}

impl Who {
    /// Who is counted: the account, else the address.
    pub(crate) fn subject(&self) -> String {
        match &self.account {
            Some(account) => account.id.to_string(),
            None => peer::subject(self.address),
        }
    }
}

impl Account {
    /// Refuses what is another player's own.
    pub(crate) fn must_see(&self, player: JoueurId) -> Result<(), Problem> {
        if self.player == player || self.may_observe() {
            return Ok(());
        }
        Err(Problem::new(Code::FORBIDDEN))
    }

    /// Refuses what only the player itself does.
    pub(crate) fn must_be(&self, player: JoueurId) -> Result<(), Problem> {
        if self.player == player { Ok(()) } else { Err(Problem::new(Code::FORBIDDEN)) }
    }

    /// Whether the holder sees what the console shows.
    pub(crate) fn may_observe(&self) -> bool {
        self.role >= Role::Observateur
    }
}

/// The name of a session for others than its holder's browser: it says nothing of the token.
pub(crate) fn handle(session: &SessionId) -> Uuid {
    const SESSIONS: Uuid = uuid!("0d4f7a52-95c1-5e0b-8d5a-2f6a3c9e7b10");
    Uuid::new_v5(&SESSIONS, session.to_string().as_bytes())
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nobody = || Self { account: None, address: Ipv4Addr::UNSPECIFIED.into() };
        Ok(parts.extensions.get().cloned().unwrap_or_else(nobody))
    }
}

/// The holder of an account; guests are asked to log in.
#[derive(Debug, Clone)]
pub(crate) struct Holder(pub(crate) Arc<Account>);

impl<S: Sync> FromRequestParts<S> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(who) = Who::from_request_parts(parts, state).await;
        who.account.map(Self).ok_or_else(|| Problem::new(Code::LOG_IN))
    }
}
