//! Old events in new code: payloads of lower schema versions are brought to the current shape.

use serde_json::Value;

use crate::error::DecodeError;
use crate::json::Json;

type Step = Box<dyn Fn(&mut Value) + Send + Sync>;

/// The chain of changes that brings stored payloads to the shape today's code knows.
///
/// Begin with the example `examples/small/upcasting.rs`.
///
/// Named once, by `#[event(upcasters = …)]` on the event type, and applied wherever an event is decoded:
/// loads, subscriptions and rebuilds alike. Stored events are never rewritten.
///
/// ```
/// use aether_core::{Event, Json, Upcasters};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
/// #[event(upcasters = history)]
/// enum GuildEvent {
///     // version 1 had no rank; it was called MemberAdded then
///     #[event(version = 2)]
///     MemberAdmitted { name: String, rank: u8 },
/// }
///
/// fn history() -> Upcasters {
///     Upcasters::new()
///         .rename("MemberAdded", "MemberAdmitted")
///         .upcast("MemberAdmitted", 1, |payload| payload["rank"] = 1.into())
/// }
///
/// let old = Json::parse(r#"{"name":"Brune"}"#)?;
/// let event = GuildEvent::decode("MemberAdded", 1, &old)?;
/// assert_eq!(event, GuildEvent::MemberAdmitted { name: "Brune".into(), rank: 1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Upcasters {
    renames: Vec<(&'static str, &'static str)>,
    obsolete: Vec<&'static str>,
    steps: Vec<(&'static str, u16, Step)>,
}

impl Upcasters {
    /// No history.
    pub const NONE: Self = Self { renames: Vec::new(), obsolete: Vec::new(), steps: Vec::new() };

    /// An empty chain.
    #[must_use]
    pub const fn new() -> Self {
        Self::NONE
    }

    /// Events stored as `old` are read as `new`, whatever their schema version. So `old` is never a name of the event
    /// type again: events of such a name are refused, and stored ones cannot be decoded.
    #[must_use]
    pub fn rename(mut self, old: &'static str, new: &'static str) -> Self {
        self.renames.push((old, new));
        self
    }

    /// Events stored as `name`, or under an old name of it, mean nothing any more: loads, readers and process managers pass
    /// them over, and their versions count. The variant can be deleted. `name` is never a name of the event type again:
    /// events of such a name are refused.
    ///
    /// Where a state was folded with them, raise [`RULES_VERSION`](crate::Aggregate::RULES_VERSION): snapshots of it are
    /// not used then.
    ///
    /// ```
    /// use aether_core::{Event, Upcasters};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Debug, Serialize, Deserialize, Event)]
    /// #[event(upcasters = history)]
    /// enum ChestEvent {
    ///     Deposited { gold: u32 },
    ///     // there was `Dusted`, which no rule has ever asked for
    /// }
    ///
    /// fn history() -> Upcasters {
    ///     Upcasters::new().obsolete("Dusted")
    /// }
    /// ```
    #[must_use]
    pub fn obsolete(mut self, name: &'static str) -> Self {
        self.obsolete.push(name);
        self
    }

    /// Turns a payload of `event_type` from version `from` into version `from + 1`. `event_type` is
    /// the current name. Versions without a step of their own pass unchanged.
    ///
    /// A number that a [`Value`] cannot hold (an integer beyond 2⁶⁴, a long decimal) is seen as a float near it. It
    /// keeps all its digits, in whatever place the step leaves it.
    #[must_use]
    pub fn upcast(
        mut self,
        event_type: &'static str,
        from: u16,
        step: impl Fn(&mut Value) + Send + Sync + 'static,
    ) -> Self {
        self.steps.push((event_type, from, Box::new(step)));
        self
    }

    /// The names only stored events have, of those that mean something.
    pub(crate) fn old_names(&self) -> impl Iterator<Item = &'static str> {
        self.renames.iter().map(|(old, _)| *old).filter(|old| !self.is_obsolete(old))
    }

    /// Whether events stored as `event_type` mean nothing any more.
    #[must_use]
    pub fn is_obsolete(&self, event_type: &str) -> bool {
        !self.obsolete.is_empty() && self.obsolete.contains(&self.current_name(event_type))
    }

    /// What `name`, a current name, is renamed to: events stored under it are two kinds.
    pub(crate) fn reused(&self, name: &str) -> Option<&'static str> {
        let (_, new) = self.renames.iter().find(|(old, _)| *old == name)?;
        Some(self.current_name(new))
    }

    /// The current shape of a payload that was stored for `name`, a current name, with `version`.
    pub(crate) fn upcast_payload(
        &self,
        name: &str,
        version: u16,
        payload: &Json,
    ) -> Result<Json, DecodeError> {
        let mut steps: Vec<_> = self
            .steps
            .iter()
            .filter(|(event_type, from, _)| *event_type == name && *from >= version)
            .collect();
        if steps.is_empty() {
            return Ok(payload.clone());
        }
        steps.sort_by_key(|(_, from, _)| *from);
        let (mut value, stand_ins) = payload.to_value()?;
        for (_, _, step) in steps {
            step(&mut value);
        }
        Json::from_value(&value, &stand_ins).map_err(DecodeError::Upcast)
    }

    /// The name that events stored as `event_type` have today.
    pub(crate) fn current_name<'a>(&self, event_type: &'a str) -> &'a str {
        let mut name = event_type;
        // as many hops as there are renames: a cycle ends
        for _ in &self.renames {
            match self.renames.iter().find(|(old, _)| *old == name) {
                Some((_, new)) => name = new,
                None => break,
            }
        }
        name
    }
}

impl std::fmt::Debug for Upcasters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upcasters")
            .field("renames", &self.renames)
            .field("obsolete", &self.obsolete)
            .field(
                "steps",
                &self.steps.iter().map(|(name, from, _)| (name, from)).collect::<Vec<_>>(),
            )
            .finish()
    }
}
