//! Which processes an event belongs to.

use uuid::Uuid;

/// The processes that hear an event, as a manager says it.
///
/// ```
/// use aether_core::process::Route;
/// use aether_core::uuid::Uuid;
///
/// let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
/// assert_eq!(Route::each([one, other, one]), Route::each([one, other]));
/// assert_eq!(Route::each([one]), Route::to(one));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route(Processes);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Processes {
    None,
    One(Uuid),
    Several(Vec<Uuid>),
}

impl Route {
    /// To one process. It begins with its first event.
    #[must_use]
    pub fn to(process: impl Into<Uuid>) -> Self {
        Self(Processes::One(process.into()))
    }

    /// To each of these processes, once.
    #[must_use]
    pub fn each<I: Into<Uuid>>(processes: impl IntoIterator<Item = I>) -> Self {
        let mut different: Vec<Uuid> = Vec::new();
        for process in processes.into_iter().map(Into::into) {
            if !different.contains(&process) {
                different.push(process);
            }
        }
        Self(match different[..] {
            [] => Processes::None,
            [one] => Processes::One(one),
            _ => Processes::Several(different),
        })
    }

    /// To no process.
    #[must_use]
    pub const fn none() -> Self {
        Self(Processes::None)
    }

    /// The processes.
    #[must_use]
    pub fn processes(&self) -> &[Uuid] {
        match &self.0 {
            Processes::None => &[],
            Processes::One(process) => std::slice::from_ref(process),
            Processes::Several(processes) => processes,
        }
    }
}
