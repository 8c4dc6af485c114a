//! `trace`: what followed from one request, as a tree of causes.

use std::collections::HashMap;
use std::io::Write as _;

use aether_core::{EventId, EventStore as _, Filter, Read, RecordedEvent};
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count};
use crate::times::time;

/// The options of `trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// The correlation id, as it stands in the events' metadata
    correlation: Uuid,
    /// At most this many events
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    limit: usize,
    /// As JSON, causes with their effects inside
    #[arg(long)]
    json: bool,
}

impl Trace {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let id = self.correlation;
        let (events, more) = self.events(host).await?;
        let Some(first) = events.first() else {
            return Err(Error::Request(format!(
                "no event has the correlation id {id}; find ids with `events tail --json`"
            )));
        };
        let tree = Tree::new(&events);
        if self.json {
            let roots: Vec<Value> = tree.roots.iter().map(|root| tree.document(*root)).collect();
            return out.json(&json!({ "correlationId": id, "truncated": more, "events": roots }));
        }
        let counted = count(events.len() as u64, "event");
        writeln!(out, "{id}: {counted}, from {}", time(first.timestamp))?;
        let start = first.timestamp;
        tree.draw(|branches, event| {
            let after = (event.timestamp - start).num_milliseconds();
            let (kind, stream, version) = (&event.event_type, event.stream(), event.version);
            let position = event.position;
            writeln!(out, "{branches}{kind}  {stream} v{version}  +{after}ms  @{position}")
        })?;
        if more {
            writeln!(out, "there are more than {} events: see --limit", self.limit)?;
        }
        Ok(())
    }

    /// The events in order of position, and whether there are more than wanted.
    async fn events(&self, host: &Host) -> Result<(Vec<RecordedEvent>, bool), Error> {
        let mut events = Vec::new();
        let mut read = Read::all().filter(Filter::all().correlation(self.correlation));
        loop {
            let page = host.store.read(read.clone()).await?;
            events.extend(page.events);
            if events.len() > self.limit {
                events.truncate(self.limit);
                return Ok((events, true));
            }
            if page.caught_up {
                return Ok((events, false));
            }
            read = read.after(page.position);
        }
    }
}

/// Events by what caused them.
struct Tree<'a> {
    events: &'a [RecordedEvent],
    /// The events whose cause is not among them, in order.
    roots: Vec<usize>,
    /// The effects of each event, in order.
    effects: Vec<Vec<usize>>,
}

impl<'a> Tree<'a> {
    fn new(events: &'a [RecordedEvent]) -> Self {
        let mut tree = Self { events, roots: Vec::new(), effects: vec![Vec::new(); events.len()] };
        let mut seen: HashMap<EventId, usize> = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            // a cause comes before its effect; what claims otherwise would make a circle
            match event.metadata().causation_id.and_then(|cause| seen.get(&cause)) {
                Some(cause) => tree.effects[*cause].push(index),
                None => tree.roots.push(index),
            }
            seen.insert(event.event_id, index);
        }
        tree
    }

    /// Calls `line` for each event, depth first, with the branches that lead to it. Without recursion:
    /// chains may be long.
    fn draw(
        &self,
        mut line: impl FnMut(&str, &RecordedEvent) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut stack: Vec<(usize, String, bool)> = Vec::new();
        let push = |stack: &mut Vec<(usize, String, bool)>, of: &[usize], indent: &str| {
            for (place, index) in of.iter().enumerate().rev() {
                stack.push((*index, indent.to_owned(), place + 1 == of.len()));
            }
        };
        push(&mut stack, &self.roots, "");
        while let Some((index, indent, last)) = stack.pop() {
            let branch = if last { "└─ " } else { "├─ " };
            line(&format!("{indent}{branch}"), &self.events[index])?;
            let below = if last { "   " } else { "│  " };
            push(&mut stack, &self.effects[index], &format!("{indent}{below}"));
        }
        Ok(())
    }

    /// An event with its effects inside. Effects come later in the log, so that going backwards each is
    /// ready before its cause.
    fn document(&self, root: usize) -> Value {
        let mut ready: HashMap<usize, Value> = HashMap::new();
        for index in (root..self.events.len()).rev() {
            let effects: Vec<Value> =
                self.effects[index].iter().filter_map(|effect| ready.remove(effect)).collect();
            let event = &self.events[index];
            ready.insert(index, json!({ "event": event, "effects": effects }));
        }
        ready.remove(&root).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events 1, 2, 3 … with these causes.
    fn events(causes: &[Option<u32>]) -> Vec<RecordedEvent> {
        let event = |(index, cause): (usize, &Option<u32>)| {
            let id = |number: u32| Uuid::from_u128(number.into());
            let metadata = cause.map_or_else(|| json!({}), |it| json!({ "causationId": id(it) }));
            let event = json!({
                "eventType": format!("E{}", index + 1), "eventId": id(index as u32 + 1),
                "timestamp": "2026-01-01T00:00:00Z", "aggregateId": Uuid::nil(),
                "aggregateType": "T", "version": index + 1, "payload": {}, "metadata": metadata,
                "sequence": index + 1, "schemaVersion": 1, "recordedAt": "2026-01-01T00:00:00Z",
            });
            serde_json::from_value(event)
        };
        causes.iter().enumerate().map(event).collect::<Result<_, _>>().expect("an event")
    }

    fn drawn(causes: &[Option<u32>]) -> Vec<String> {
        let events = events(causes);
        let mut lines = Vec::new();
        let line = |branches: &str, event: &RecordedEvent| {
            lines.push(format!("{branches}{}", event.event_type));
            Ok(())
        };
        Tree::new(&events).draw(line).expect("no output to fail");
        lines
    }

    #[test]
    fn effects_hang_below_their_causes_in_order() {
        let lines = drawn(&[None, Some(1), Some(1), Some(2), None, Some(5)]);
        assert_eq!(lines, ["├─ E1", "│  ├─ E2", "│  │  └─ E4", "│  └─ E3", "└─ E5", "   └─ E6"]);
    }

    #[test]
    fn circles_and_unknown_causes_lose_no_event() {
        assert_eq!(drawn(&[Some(2), Some(1), Some(3), Some(99)]).len(), 4);
    }

    #[test]
    fn a_long_chain_is_drawn_without_running_out_of_stack() {
        let causes: Vec<_> = (0..1500).map(|n| (n > 0).then_some(n)).collect();
        assert_eq!(drawn(&causes).len(), 1500);
    }
}
