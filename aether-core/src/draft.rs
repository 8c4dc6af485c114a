//! A decision in the making.

use std::fmt;
use std::ops::Deref;

use crate::aggregate::Aggregate;

/// Events that a decision has so far, and the state they lead to.
///
/// A decision of several steps reads each step's result from it: a draft derefs to the state with its events applied.
/// So folding the events cannot lead anywhere else than deciding did. The aggregate itself does not change; a draft that
/// is dropped changes nothing.
///
/// ```
/// # use aether_core::{Aggregate, Event, Facts, Shape};
/// # use serde::{Deserialize, Serialize};
/// use aether_core::Draft;
///
/// # #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
/// # struct Monster { hp: u32, slain: bool }
/// # struct Strike(u32);
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
/// # enum MonsterEvent { Wounded { damage: u32 }, Slain }
/// impl Aggregate for Monster {
/// #     const TYPE: &'static str = "Monster";
/// #     type Command = Strike;
/// #     type Event = MonsterEvent;
/// #     type Error = std::convert::Infallible;
///     fn decide(&self, strike: &Strike, _: &Facts) -> Result<Vec<MonsterEvent>, Self::Error> {
///         let mut draft = Draft::of(self);
///         draft.emit(MonsterEvent::Wounded { damage: strike.0 });
///         if draft.hp == 0 {
///             draft.emit(MonsterEvent::Slain);
///         }
///         Ok(draft.into_events())
///     }
/// #     fn apply(&mut self, event: &MonsterEvent) {
/// #         match event {
/// #             MonsterEvent::Wounded { damage } => self.hp = self.hp.saturating_sub(*damage),
/// #             MonsterEvent::Slain => self.slain = true,
/// #         }
/// #     }
/// }
/// # let monster = Monster { hp: 7, slain: false };
/// # let facts = Facts::at(aether_core::chrono::DateTime::UNIX_EPOCH);
/// # assert_eq!(monster.decide(&Strike(9), &facts).map(|events| events.len()), Ok(2));
/// # assert_eq!(monster.decide(&Strike(6), &facts).map(|events| events.len()), Ok(1));
/// ```
#[must_use = "a draft that is dropped changes nothing: return its events with `into_events`"]
pub struct Draft<A: Aggregate> {
    state: A,
    events: Vec<A::Event>,
}

impl<A: Aggregate> Draft<A> {
    /// A draft that begins in this state. Costs one clone of it.
    pub fn of(state: &A) -> Self {
        // most decisions have fewer
        Self { state: state.clone(), events: Vec::with_capacity(8) }
    }

    /// One more event, applied at once.
    pub fn emit(&mut self, event: impl Into<A::Event>) {
        let event = event.into();
        self.state.apply(&event);
        self.events.push(event);
    }

    /// The events so far, in order.
    pub fn events(&self) -> &[A::Event] {
        &self.events
    }

    /// The events: what [`decide`](Aggregate::decide) returns.
    #[must_use = "events that are dropped change nothing: return them"]
    pub fn into_events(self) -> Vec<A::Event> {
        self.events
    }
}

impl<A: Aggregate> Deref for Draft<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.state
    }
}

impl<A: Aggregate + fmt::Debug> fmt::Debug for Draft<A>
where
    A::Event: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("state", &self.state).field("events", &self.events).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{Event, Facts, Shape};

    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
    struct Count(u32);

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    enum CountEvent {
        Raised { by: u32 },
    }

    impl From<u32> for CountEvent {
        fn from(by: u32) -> Self {
            Self::Raised { by }
        }
    }

    impl Aggregate for Count {
        const TYPE: &'static str = "Count";
        /// How high.
        type Command = u32;
        type Event = CountEvent;
        type Error = Infallible;

        fn decide(&self, goal: &u32, _: &Facts) -> Result<Vec<CountEvent>, Infallible> {
            let mut draft = Draft::of(self);
            while draft.0 < *goal {
                let missing = *goal - draft.0;
                draft.emit(missing.min(3));
            }
            Ok(draft.into_events())
        }

        fn apply(&mut self, CountEvent::Raised { by }: &CountEvent) {
            self.0 += by;
        }
    }

    #[test]
    fn each_step_of_a_decision_sees_the_results_of_the_ones_before() {
        let facts = Facts::at(chrono::DateTime::UNIX_EPOCH);
        let decided = Count(2).decide(&9, &facts);
        assert_eq!(decided, Ok(vec![3.into(), 3.into(), 1.into()]));
    }

    #[test]
    fn a_draft_that_is_dropped_changes_nothing() {
        let count = Count(2);
        let mut draft = Draft::of(&count);
        draft.emit(5);
        assert_eq!((draft.0, draft.events()), (7, &[CountEvent::Raised { by: 5 }][..]));
        drop(draft);
        assert_eq!(count, Count(2));
    }
}
