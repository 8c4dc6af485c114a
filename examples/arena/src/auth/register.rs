//! A new account: player, name and account in one append, and the hash of the password in its table before.

use aether_core::Context;
use aether_core::command::AtomicExecuted;
use aether_game::joueur::{self, NouveauJoueur};
use aether_game::values::JoueurId;

use super::credentials;
use super::passwords::Verdict;
use crate::app::App;
use crate::compte::{CompteCommand, CompteId};
use crate::config::Secret;
use crate::problem::{Code, Problem};

/// Creates an account. The hash comes first: a crash between the two leaves a row that belongs to nobody, never an account without a
/// password.
///
/// The fingerprint of the request must not cover the password, or the log's neighbours could guess it by trying. So a retry is told from
/// another request by the password itself.
pub(crate) async fn register(
    app: &App,
    context: &Context,
    joueur: JoueurId,
    nouveau: NouveauJoueur,
    password: Secret,
) -> Result<AtomicExecuted, Problem> {
    let compte = CompteId::du_joueur(joueur);
    let pool = app.store().pool();
    let hash = app.auth().passwords.hash(password.clone()).await?;
    credentials::begin(pool, compte, &hash).await?;
    let nom = nouveau.username.to_string();
    let unit = joueur::creer(app.engine(), context.clone(), joueur, nouveau)
        .command(compte, CompteCommand::Creer { nom, joueur });
    let done = match unit.commit().await {
        Ok(done) => done,
        Err(error) => {
            if error.rejection().is_some() {
                credentials::forget(pool, compte, &hash).await?;
            }
            return Err(Problem::of_unit(error, context));
        }
    };
    let stored = credentials::find(pool, compte).await?;
    if stored.as_ref() != Some(&hash)
        && app.auth().passwords.verify(password, stored).await? == Verdict::Wrong
    {
        return Err(Problem::new(Code::KEY_REUSED));
    }
    Ok(done)
}
