//! Asking before something is changed that cannot be taken back.

use std::io::{self, IsTerminal as _, Write as _};

use clap::Args;

use crate::error::Error;

/// The consent of the operator.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Consent {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Consent {
    /// Asks on the terminal what happens, unless `--yes` was given.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfirmed`] if the answer is not yes, or there is nobody to ask.
    pub(crate) async fn ask(self, what: &str) -> Result<(), Error> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Error::NotConfirmed(
                "this asks before it changes anything, but there is no terminal to ask on; repeat it with \
                 --yes",
            ));
        }
        let question = format!("{what}\nGo on? [y/N] ");
        let answered = tokio::task::spawn_blocking(move || {
            io::stderr().write_all(question.as_bytes())?;
            let mut answer = String::new();
            io::stdin().read_line(&mut answer)?;
            Ok::<_, io::Error>(matches!(answer.trim(), "y" | "Y" | "yes" | "YES" | "Yes"))
        });
        let asked = answered.await.map_err(io::Error::other).flatten();
        match asked
            .map_err(|source| Error::Io { what: "nothing was answered".to_owned(), source })?
        {
            true => Ok(()),
            false => Err(Error::NotConfirmed("nothing was changed: the answer was not yes")),
        }
    }
}
