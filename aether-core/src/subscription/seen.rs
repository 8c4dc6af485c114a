//! What a reader has seen, by which it recognizes its log in another incarnation.

use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{Anchor, Incarnation, Position};
use crate::store::{EventStore, Filter, Read};

/// How many events are counted together: between this many and twice as many are looked for when a log is to be
/// recognized. More than can have been committed in another order than that of their positions.
const COUNTED: u64 = 4096;

/// What a reader has seen of a log.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Where it began.
    start: Position,
    /// The last event it has seen, or the one it began after.
    last: Option<Anchor>,
    /// The events seen last.
    window: Window,
    /// Those before.
    before: Option<Window>,
}

/// Events that were seen one after another.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    after: Position,
    events: u64,
}

impl Seen {
    /// Nothing yet, by a reader that begins after a position.
    #[must_use]
    pub fn from(start: Position) -> Self {
        Self { start, window: Window { after: start, events: 0 }, ..Self::default() }
    }

    /// Nothing but the event that a reader begins after.
    #[must_use]
    pub fn up_to(anchor: Anchor) -> Self {
        Self { last: Some(anchor), ..Self::from(anchor.position) }
    }

    /// The last event.
    #[must_use]
    pub const fn last(&self) -> Option<Anchor> {
        self.last
    }

    /// Where to continue in another incarnation: all that was seen lies at or before it. Positions past it may be
    /// those of other events now.
    #[must_use]
    pub fn resume(&self) -> Position {
        self.last.map_or(self.start, |last| last.position)
    }

    /// Counts events that were seen now, in order, with the last of them.
    pub fn add(&mut self, events: usize, last: Anchor) {
        self.last = Some(last);
        self.window.events += events as u64;
        if self.window.events >= COUNTED {
            let next = Window { after: last.position, events: 0 };
            self.before = Some(std::mem::replace(&mut self.window, next));
        }
    }

    /// The first position after which events are counted, and how many are.
    fn counted(&self) -> (Position, u64) {
        let before = self.before.unwrap_or(Window { events: 0, ..self.window });
        (before.after, before.events + self.window.events)
    }

    /// Whether a log that has what is here has what the other has seen. Both have seen the same log.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        let Some(theirs) = other.last else { return true };
        let Some(ours) = self.last else { return false };
        let (ours_after, _) = self.counted();
        match other.counted() {
            (_, 0) => ours == theirs,
            (after, _) => ours_after <= after && theirs.position <= ours.position,
        }
    }

    /// Fails unless a log still has what was seen: the events that `counts` of those that pass `filter`. Returns the
    /// incarnation it was looked for in, if anything was.
    ///
    /// # Errors
    ///
    /// [`EventsLost`](Error::EventsLost); transient ones (retry).
    pub async fn prove(
        &self,
        log: &dyn EventStore,
        filter: &Filter,
        counts: impl Fn(&RecordedEvent) -> bool + Send + Sync,
    ) -> Result<Option<Option<Incarnation>>> {
        let Some(last) = self.last else { return Ok(None) };
        let mut read = Read::all().until(last.position).limit(Read::MAX_LIMIT);
        let (after, mut seen) = self.counted();
        let one = seen == 0;
        if !one {
            read.after = after;
            read.filter = filter.clone();
        } else {
            // the one it began after, which its filter need not let pass
            read.after = Position::new(last.position.get().saturating_sub(1));
            seen = 1;
        }
        let (mut found, mut newest) = (0, None);
        loop {
            let page = match log.read(read.clone()).await {
                Ok(page) => page,
                Err(Error::PositionAhead { .. }) => {
                    return Err(Error::EventsLost { last, seen, found });
                }
                Err(error) => return Err(error),
            };
            for event in page.events.iter().filter(|event| one || counts(event)) {
                found += 1;
                newest = Some(event.anchor());
            }
            if newest == Some(last) && found == seen {
                return Ok(Some(page.incarnation));
            }
            if page.caught_up && page.position >= last.position {
                return Err(Error::EventsLost { last, seen, found });
            }
            if page.caught_up {
                // the log ends before, or an append is still running, or a standby has to catch up
                read = Read::all().after(last.position).limit(1);
                return match log.read(read).await {
                    Err(Error::PositionAhead { .. }) => {
                        Err(Error::EventsLost { last, seen, found })
                    }
                    Err(error) => Err(error),
                    Ok(_) => {
                        let source = format!("the log cannot be read to {} yet", last.position);
                        Err(Error::Unavailable { source: source.into() })
                    }
                };
            }
            read.after = page.position;
        }
    }
}
