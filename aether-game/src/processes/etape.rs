//! How a step is carried out: read, attempt, and read again where a rule refuses.

use aether_core::process::{Outcome, Run, Unit};
use aether_core::{BoxError, Context, Rejection};

use crate::refus::dans;
use crate::unite::Unites;

/// How often a step is attempted before its refusal counts.
const ESSAIS: usize = 6;

/// Which attempt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Essai {
    /// As if everything fitted.
    Premier,
    /// After a refusal: with a look at what fits.
    Suivant,
    /// What can wait in a parcel waits.
    Dernier,
}

/// A step that can be carried out in more than one way.
pub(super) trait Etape: Sync {
    /// The unit of an attempt, made of what is so now. None when there is nothing left to do.
    fn unite(
        &self,
        run: &Run<'_>,
        essai: Essai,
    ) -> impl Future<Output = Result<Option<Unit>, BoxError>> + Send;
}

/// Carries a step out.
pub(super) async fn mener(etape: &impl Etape, run: Run<'_>) -> Result<Outcome, BoxError> {
    let mut refus = String::new();
    for essai in essais() {
        let Some(unite) = etape.unite(&run, essai).await? else { return Ok(run.done()) };
        match unite.try_commit().await? {
            Ok(outcome) => return Ok(outcome),
            Err(rejection) => refus = code(&rejection),
        }
    }
    Ok(run.refused(refus))
}

fn essais() -> impl Iterator<Item = Essai> {
    let suivants = std::iter::repeat_n(Essai::Suivant, ESSAIS - 2);
    [Essai::Premier].into_iter().chain(suivants).chain([Essai::Dernier])
}

/// The code of a refusal: what a process is told.
fn code(rejection: &Rejection) -> String {
    dans(rejection).map_or_else(|| rejection.to_string(), |refus| refus.code().to_owned())
}

/// Begins the units of a step, in whose context they are: under its id one of them is stored.
pub(super) struct DuPas<'a, 'r>(pub(super) &'a Run<'r>);

impl Unites for DuPas<'_, '_> {
    type Unite = Unit;

    fn atomic(&self, _: Context) -> Unit {
        self.0.attempt()
    }
}
