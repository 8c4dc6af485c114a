//! Sessions: in Redis for all nodes. What was valid within the last minute is believed while Redis is away.

use std::sync::Arc;
use std::time::Duration;

use aether_redis::{Session, SessionId, Sessions};
use moka::sync::Cache;

use super::who::Account;
use crate::compte::{CompteId, Role};
use crate::problem::Problem;

/// How long a session is believed without Redis.
const BELIEVED: Duration = Duration::from_secs(60);
/// How many sessions are remembered for that.
const REMEMBERED: u64 = 100_000;
/// How long a session lives unused, and at most.
const IDLE: Duration = Duration::from_secs(24 * 3600);
const AGE: Duration = Duration::from_secs(30 * 24 * 3600);
const PER_ACCOUNT: u16 = 20;

/// Names of what a session keeps.
pub(crate) const ROLE: &str = "role";
pub(crate) const PLAYER: &str = "joueur";

/// The sessions, and those seen on this node.
pub(crate) struct LiveSessions {
    pub(crate) shared: Sessions,
    seen: Cache<SessionId, Arc<Account>>,
}

impl LiveSessions {
    pub(super) fn new(shared: Sessions) -> Self {
        let shared = shared.lifetime(IDLE).max_age(AGE).max_per_user(PER_ACCOUNT);
        let seen = Cache::builder().max_capacity(REMEMBERED).time_to_live(BELIEVED).build();
        Self { shared, seen }
    }

    /// The holder of a valid session, which is renewed.
    pub(crate) async fn holder(&self, id: &SessionId) -> Result<Option<Arc<Account>>, Problem> {
        match self.shared.touch(id).await {
            Ok(Some(session)) => {
                let account = account(session).map(Arc::new);
                if let Some(account) = &account {
                    self.seen.insert(id.clone(), account.clone());
                }
                Ok(account)
            }
            Ok(None) => {
                self.seen.invalidate(id);
                Ok(None)
            }
            Err(error) if error.is_transient() => match self.seen.get(id) {
                Some(account) => Ok(Some(account)),
                None => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session, here at once.
    pub(crate) async fn revoke(&self, id: &SessionId) -> Result<(), Problem> {
        self.seen.invalidate(id);
        self.shared.revoke(id).await?;
        Ok(())
    }

    /// Ends all sessions of an account.
    pub(crate) async fn revoke_all(&self, account: CompteId) -> Result<(), Problem> {
        for session in self.shared.revoke_all(account).await? {
            self.seen.invalidate(&session.id);
        }
        Ok(())
    }
}

fn account(session: Session) -> Option<Account> {
    let role = session.attributes.get(ROLE).map_or(Role::Joueur, |role| Role::of(role));
    Some(Account {
        id: session.user_id.parse().ok()?,
        player: session.attributes.get(PLAYER)?.parse().ok()?,
        role,
        session: session.id,
    })
}
