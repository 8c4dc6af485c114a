//! Spans that say which events a batch has brought.

use tracing::Span;

use crate::envelope::RecordedEvent;

/// A span for each event, inside of the span of its batch. Nothing if nobody listens to that one.
pub(super) fn events(batch: &[RecordedEvent]) {
    if Span::current().is_disabled() {
        return;
    }
    for event in batch {
        let metadata = event.metadata();
        drop(tracing::debug_span!(
            "event",
            event_id = %event.event_id,
            event_type = %event.event_type,
            position = event.position.get(),
            correlation_id = metadata.correlation_id.map(tracing::field::display),
            causation_id = metadata.causation_id.map(tracing::field::display),
        ));
    }
}
