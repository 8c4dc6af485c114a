//! What is no set of events, and a projection that is given other events than it names.

use aether_core::memory::MemoryTx;
use aether_core::{BoxError, Event, EventSet, Projection, Recorded, RecordedEvent};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Event)]
enum OrderEvent {
    OrderPlaced { price: u32 },
}

struct NoEvents;

#[derive(EventSet)]
enum Input {
    Order(OrderEvent),
    Other(NoEvents),
}

struct Untyped;

impl Projection<MemoryTx<u64>> for Untyped {
    type Events = OrderEvent;

    fn name(&self) -> &'static str {
        "untyped"
    }

    async fn project(&self, _: &[RecordedEvent], _: &mut MemoryTx<u64>) -> Result<(), BoxError> {
        Ok(())
    }
}

struct Unknown;

impl Projection<MemoryTx<u64>> for Unknown {
    type Events = NoEvents;

    fn name(&self) -> &'static str {
        "unknown"
    }

    async fn project(&self, _: &[Recorded<NoEvents>], _: &mut MemoryTx<u64>) -> Result<(), BoxError> {
        Ok(())
    }
}

fn main() {}
