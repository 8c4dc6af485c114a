//! Who may look, who may act, and the note that is made of each act.

use std::sync::Arc;

use aether_core::Context;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::console::{ConsoleId, Noter};
use crate::app::App;
use crate::auth::who::{Account, Holder};
use crate::compte::Role;
use crate::problem::{Code, Problem};

/// Somebody who may read the console.
pub(crate) struct Observer(pub(crate) Arc<Account>);

impl FromRequestParts<App> for Observer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Holder(account) = Holder::from_request_parts(parts, app).await?;
        if account.may_observe() { Ok(Self(account)) } else { Err(Problem::new(Code::FORBIDDEN)) }
    }
}

impl Observer {
    /// Whether payloads are shown as they are; observers see their shape.
    pub(crate) fn sees_payloads(&self) -> bool {
        self.0.role >= Role::Operateur
    }
}

/// Notes what an operator decided. Others are refused, and who gives no reason.
pub(super) async fn note(
    app: &App,
    account: &Account,
    context: &Context,
    acte: &str,
    sujet: String,
    raison: String,
) -> Result<(), Problem> {
    if account.role < Role::Operateur {
        return Err(Problem::new(Code::FORBIDDEN));
    }
    let acteur = account.id.to_string();
    let noter = Noter { acte: acte.to_owned(), sujet, raison, acteur };
    let noted = app.engine().execute(ConsoleId::UNIQUE, noter).with(context).await;
    noted.map(|_| ()).map_err(|error| Problem::of(error, context))
}
