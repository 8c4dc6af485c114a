//! Whose a socket is, and whether the session behind it is still valid.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::auth::who::Account;

/// How often it is looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(2);

/// The holder of a token; none if it is not valid.
pub(crate) async fn holder(app: &App, token: &str) -> Option<Arc<Account>> {
    let id = token.parse().ok()?;
    app.auth().sessions.holder(&id).await.ok().flatten()
}

/// Whether the session goes on. While nobody can say, it does.
pub(crate) async fn is_valid(app: &App, account: Option<&Arc<Account>>) -> bool {
    let Some(account) = account else { return true };
    !matches!(app.auth().sessions.holder(&account.session).await, Ok(None))
}
