//! What a reader has seen, by which it recognizes its log in another incarnation.

use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{Incarnation, Position};
use crate::projection::Anchor;
use crate::store::{EventStore, Filter, Read};

/// How many events are counted together: between this many and twice as many are looked for when a log is to be
/// recognized. More than can have been committed in another order than that of their positions.
const COUNTED: u64 = 4096;

/// What a reader has seen of a log.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
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
    pub(super) fn from(start: Position) -> Self {
        Self { start, window: Window { after: start, events: 0 }, ..Self::default() }
    }

    /// Nothing but the event that a reader begins after.
    pub(super) fn up_to(anchor: Anchor) -> Self {
        Self { last: Some(anchor), ..Self::from(anchor.position) }
    }

    /// The last event.
    pub(super) const fn last(&self) -> Option<Anchor> {
        self.last
    }

    /// Where to continue in another incarnation: all that was seen lies at or before it. Positions past it may be
    /// those of other events now.
    pub(super) fn resume(&self) -> Position {
        self.last.map_or(self.start, |last| last.position)
    }

    pub(super) fn add(&mut self, events: &[RecordedEvent]) {
        let Some(last) = events.last().map(RecordedEvent::anchor) else { return };
        self.last = Some(last);
        self.window.events += events.len() as u64;
        if self.window.events >= COUNTED {
            let next = Window { after: last.position, events: 0 };
            self.before = Some(std::mem::replace(&mut self.window, next));
        }
    }

    /// Fails unless a log still has what was seen. Returns the incarnation it was looked for in, if anything was.
    pub(super) async fn prove(
        &self,
        log: &dyn EventStore,
        filter: &Filter,
    ) -> Result<Option<Option<Incarnation>>> {
        let Some(last) = self.last else { return Ok(None) };
        let mut read = Read::all().until(last.position).limit(Read::MAX_LIMIT);
        let mut seen = self.window.events + self.before.map_or(0, |before| before.events);
        if seen > 0 {
            read.after = self.before.map_or(self.window.after, |before| before.after);
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
            found += page.events.len() as u64;
            newest = page.events.last().map(RecordedEvent::anchor).or(newest);
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
