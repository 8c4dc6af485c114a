//! Passwords: argon2id with 19 MiB, two passes, one lane. At most two hashes run at a time, off the runtime.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Secret;
use crate::problem::{Code, Problem};

/// Hashes at a time: each takes a core and 19 MiB.
const AT_ONCE: usize = 2;
/// How long a log-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What stored parameters may be at most: a hand in the table must not be able to stop the server.
const MEMORY_KIB_MAX: u32 = 64 * 1024;
const PASSES_MAX: u32 = 10;
const LANES_MAX: u32 = 4;
/// The hash of no password, with our parameters: unknown names take as long as known ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Refuses a password that is too short, or longer than anybody types.
pub(crate) fn check(password: &Secret) -> Result<(), Problem> {
    match password.expose().chars().take(201).count() {
        8..=200 => Ok(()),
        _ => Err(Problem::new(Code::PASSWORD)),
    }
}

/// What hashes and compares. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    params: Params,
}

/// Whether a password is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right {
        /// Its hash under the present parameters, where the stored one has others.
        renewed: Option<String>,
    },
}

impl Passwords {
    /// With our parameters.
    pub(crate) fn new() -> Result<Self, argon2::Error> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), params })
    }

    /// The hash of a password, as a PHC string.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String, Problem> {
        self.in_turn(move |argon2| hash(argon2, &password)).await?
    }

    /// Compares a password with a stored hash; without one it takes as long, and is wrong.
    pub(crate) async fn verify(
        &self,
        password: Secret,
        stored: Option<String>,
    ) -> Result<Verdict, Problem> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let verdict = self.in_turn(move |argon2| verify(argon2, &password, &stored)).await??;
        Ok(if is_known { verdict } else { Verdict::Wrong })
    }

    /// Waits for a turn and keeps it until the work is done, also when the client has left.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.turn().await?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&argon2);
            drop(turn);
            done
        });
        done.await.map_err(|_| Problem::new(Code::INTERNAL))
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Problem::new(Code::CROWDED).retry_after(2)),
        }
    }
}

fn hash(argon2: &Argon2<'_>, password: &Secret) -> Result<String, Problem> {
    let hash = argon2.hash_password(password.expose().as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::new(Code::INTERNAL)
    })
}

fn verify(argon2: &Argon2<'_>, password: &Secret, stored: &str) -> Result<Verdict, Problem> {
    let parsed = PasswordHash::new(stored).ok();
    let params = parsed.as_ref().and_then(|parsed| Params::try_from(parsed).ok());
    let (Some(parsed), Some(params)) = (parsed, params.filter(is_bearable)) else {
        tracing::error!("a stored hash of a password is not one that this server takes");
        return Ok(Verdict::Wrong);
    };
    if argon2.verify_password(password.expose().as_bytes(), &parsed).is_err() {
        return Ok(Verdict::Wrong);
    }
    let ours = argon2.params();
    let is_current = parsed.algorithm.as_str() == "argon2id"
        && (params.m_cost(), params.t_cost(), params.p_cost())
            == (ours.m_cost(), ours.t_cost(), ours.p_cost());
    let renewed = if is_current { None } else { Some(hash(argon2, password)?) };
    Ok(Verdict::Right { renewed })
}

fn is_bearable(params: &Params) -> bool {
    params.m_cost() <= MEMORY_KIB_MAX
        && params.t_cost() <= PASSES_MAX
        && params.p_cost() <= LANES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(memory: u32, passes: u32) -> Argon2<'static> {
        let params = Params::new(memory, passes, 1, None).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    #[tokio::test]
    async fn the_right_password_and_no_other_is_right() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash(secret("corne de brume")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = passwords.verify(secret("corne de brume"), Some(stored.clone())).await;
        assert_eq!(right.unwrap(), Verdict::Right { renewed: None });
        let wrong = passwords.verify(secret("corne de brune"), Some(stored)).await;
        assert_eq!(wrong.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn an_unknown_name_is_compared_with_the_hash_of_nobody() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        let verdict = Passwords::new().unwrap().verify(secret("whatever"), None).await;
        assert_eq!(verdict.unwrap(), Verdict::Wrong);
    }

    #[test]
    fn a_hash_with_other_parameters_is_renewed() {
        let old = hash(&with(8, 1), &secret("ancien")).unwrap();
        let Verdict::Right { renewed: Some(renewed) } =
            verify(&with(16, 1), &secret("ancien"), &old).unwrap()
        else {
            panic!("it has the old parameters")
        };
        let again = verify(&with(16, 1), &secret("ancien"), &renewed).unwrap();
        assert_eq!(again, Verdict::Right { renewed: None });
    }

    #[test]
    fn stored_parameters_cannot_stop_the_server() {
        let rest = "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for costs in ["m=4194304,t=2,p=1", "m=8,t=4000000,p=1", "m=4096,t=1,p=64"] {
            let stored = format!("$argon2id$v=19${costs}{rest}");
            let verdict = verify(&with(8, 1), &secret("x"), &stored).unwrap();
            assert_eq!(verdict, Verdict::Wrong, "{costs}");
        }
        assert_eq!(verify(&with(8, 1), &secret("x"), "nonsense").unwrap(), Verdict::Wrong);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_get_a_turn_is_told_to_come_back() {
        let passwords = Passwords::new().unwrap();
        let _taken = passwords.turns.clone().acquire_many_owned(2).await.unwrap();
        let problem = passwords.hash(secret("x")).await.unwrap_err();
        assert_eq!(problem.code(), "connexions-saturees");
    }
}
