//! `trace`: what followed from one request, as a tree of causes, or as a list for machines.

use std::collections::HashMap;
use std::io::Write as _;

use aether_core::backend::EventStore as _;
use aether_core::log::{Name, Read, StreamId};
use aether_core::{EventId, Filter, Position, RecordedEvent, Version};
use chrono::{DateTime, Utc};
use clap::Args;
use uuid::Uuid;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, plain};
use crate::times::time;

/// The options of `trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// The correlation id, as it stands in the events' metadata
    correlation: Uuid,
    /// At most this many events [default: 10000; with --json all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// As JSON Lines, in the order of the log; each event's metadata says what caused it
    #[arg(long)]
    json: bool,
}

/// How many events a tree has at most, if nothing else is said: all of them are in memory.
const TREE: u64 = 10_000;

impl Trace {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        if self.json {
            let told = self.each(host, self.limit, |event| out.json_line(&event)).await?;
            return if told.events == 0 { Err(self.nothing()) } else { Ok(()) };
        }
        let mut nodes = Vec::new();
        let limit = self.limit.unwrap_or(TREE);
        let more = |event: RecordedEvent| {
            nodes.push(Node::from(event));
            Ok(())
        };
        let more = self.each(host, Some(limit), more).await?.more;
        let Some(first) = nodes.first() else { return Err(self.nothing()) };
        let counted = count(nodes.len() as u64, "event");
        writeln!(out, "{}: {counted}, from {}", self.correlation, time(first.timestamp))?;
        let start = first.timestamp;
        Tree::new(&nodes).draw(|branches, node| {
            let after = (node.timestamp - start).num_milliseconds();
            let Node { event_type, stream, version, position, .. } = node;
            let kind = plain(event_type);
            let stream = plain(&stream.to_string());
            writeln!(out, "{branches}{kind}  {stream} v{version}  +{after}ms  @{position}")
        })?;
        if more {
            writeln!(out, "there are more than {limit} events: see --limit, or --json")?;
        }
        Ok(())
    }

    /// Hands over the events page by page, in order of position.
    async fn each(
        &self,
        host: &Host,
        limit: Option<u64>,
        mut take: impl FnMut(RecordedEvent) -> Result<(), Error>,
    ) -> Result<Told, Error> {
        const PAGE: u32 = 500;
        let filter = Filter::all().correlation(self.correlation);
        let mut read = Read::all().filter(filter).limit(PAGE);
        let mut events = 0;
        loop {
            let page = host.store.read(read.clone()).await?;
            for event in page.events {
                if limit.is_some_and(|limit| events == limit) {
                    return Ok(Told { events, more: true });
                }
                events += 1;
                take(event)?;
            }
            if page.caught_up {
                return Ok(Told { events, more: false });
            }
            read = read.after(page.position);
        }
    }

    fn nothing(&self) -> Error {
        let id = self.correlation;
        let reason =
            format!("no event has the correlation id {id}; find ids with `events tail --json`");
        Error::Request(reason)
    }
}

struct Told {
    events: u64,
    /// Whether there are more than wanted.
    more: bool,
}

/// What a tree shows of an event.
struct Node {
    id: EventId,
    cause: Option<EventId>,
    event_type: Name,
    stream: StreamId,
    version: Version,
    position: Position,
    timestamp: DateTime<Utc>,
}

impl From<RecordedEvent> for Node {
    fn from(event: RecordedEvent) -> Self {
        Self {
            id: event.event_id,
            cause: event.metadata().causation_id,
            stream: event.stream(),
            event_type: event.event_type,
            version: event.version,
            position: event.position,
            timestamp: event.timestamp,
        }
    }
}

/// Events by what caused them.
struct Tree<'a> {
    nodes: &'a [Node],
    /// The events whose cause is not among them, in order.
    roots: Vec<usize>,
    /// The effects of each event, in order.
    effects: Vec<Vec<usize>>,
}

/// An event that is to be drawn.
struct Pending {
    index: usize,
    indent: String,
    level: usize,
    last: bool,
}

impl<'a> Tree<'a> {
    /// Branches are drawn up to this level. Deeper ones have its number: a chain of thousands stays readable, and its
    /// lines do not grow.
    const DRAWN: usize = 32;

    fn new(nodes: &'a [Node]) -> Self {
        let mut tree = Self { nodes, roots: Vec::new(), effects: vec![Vec::new(); nodes.len()] };
        let mut seen: HashMap<EventId, usize> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            // a cause comes before its effect; what claims otherwise would make a circle
            match node.cause.and_then(|cause| seen.get(&cause)) {
                Some(cause) => tree.effects[*cause].push(index),
                None => tree.roots.push(index),
            }
            seen.insert(node.id, index);
        }
        tree
    }

    /// Calls `line` for each event, depth first, with the branches that lead to it. Without recursion: chains may be
    /// long.
    fn draw(
        &self,
        mut line: impl FnMut(&str, &Node) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut stack: Vec<Pending> = Vec::new();
        let push = |stack: &mut Vec<Pending>, of: &[usize], indent: &str, level: usize| {
            for (place, index) in of.iter().enumerate().rev() {
                let last = place + 1 == of.len();
                stack.push(Pending { index: *index, indent: indent.to_owned(), level, last });
            }
        };
        push(&mut stack, &self.roots, "", 1);
        while let Some(Pending { index, indent, level, last }) = stack.pop() {
            let branch = if last { "└─ " } else { "├─ " };
            let deep = if level > Self::DRAWN { format!("({level}) ") } else { String::new() };
            line(&format!("{indent}{branch}{deep}"), &self.nodes[index])?;
            let below = match level {
                level if level >= Self::DRAWN => "",
                _ if last => "   ",
                _ => "│  ",
            };
            push(&mut stack, &self.effects[index], &format!("{indent}{below}"), level + 1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events 1, 2, 3 … with these causes.
    fn nodes(causes: &[Option<u32>]) -> Vec<Node> {
        let id = |number: u32| EventId::new(Uuid::from_u128(number.into()));
        let node = |(index, cause): (usize, &Option<u32>)| Node {
            id: id(index as u32 + 1),
            cause: cause.map(id),
            event_type: format!("E{}", index + 1).into(),
            stream: StreamId::new("T", aether_core::AggregateId::new(Uuid::nil())),
            version: Version::new(index as u32 + 1),
            position: Position::new(index as u64 + 1),
            timestamp: DateTime::UNIX_EPOCH,
        };
        causes.iter().enumerate().map(node).collect()
    }

    fn drawn(causes: &[Option<u32>]) -> Vec<String> {
        let nodes = nodes(causes);
        let mut lines = Vec::new();
        let line = |branches: &str, node: &Node| {
            lines.push(format!("{branches}{}", node.event_type));
            Ok(())
        };
        Tree::new(&nodes).draw(line).expect("no output to fail");
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
    fn the_lines_of_a_long_chain_do_not_grow_with_it() {
        let causes: Vec<_> = (0..10_000).map(|n| (n > 0).then_some(n)).collect();
        let lines = drawn(&causes);
        assert_eq!(lines.len(), 10_000);
        assert!(lines[9_999].ends_with("└─ (10000) E10000"), "{}", lines[9_999]);
        assert!(lines.iter().all(|line| line.chars().count() < 120));
    }
}
