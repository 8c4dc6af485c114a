//! Handles the messages of some keys, one after another.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aether_core::AggregateId;
use aether_core::backend::{Backoff, panic_text};
use aether_core::time::SystemRandom;
use futures::FutureExt as _;
use tokio::sync::{mpsc, watch};

use super::{Consumer, InHand, PAUSES, Verdict};
use crate::ephemeral::streams::message::StreamMessage;

/// How often Redis is told that a message is done before it is left to come again.
const ACKS: u32 = 8;

/// The lane of a key. Not by its slice: that is what parts are dealt out by.
pub(super) fn of(key: AggregateId, lanes: usize) -> usize {
    let bits = key.as_uuid().as_u128();
    let folded = (bits as u64) ^ ((bits >> 64) as u64).rotate_left(29);
    (folded.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 33) as usize % lanes
}

pub(super) async fn run(
    consumer: Arc<Consumer>,
    mut messages: mpsc::Receiver<InHand>,
    mut stop: watch::Receiver<bool>,
) {
    while let Some((message, held)) = messages.recv().await {
        let finished = !*stop.borrow() && handle(&consumer, message.clone(), &mut stop).await;
        if !finished {
            consumer.given_back().push(message.id);
        }
        drop(held);
    }
}

/// Tries a message until it is settled; `false` if it is to be given back.
async fn handle(
    consumer: &Consumer,
    mut message: StreamMessage,
    stop: &mut watch::Receiver<bool>,
) -> bool {
    let settings = consumer.group.tuned();
    loop {
        let Err(reason) = call(consumer, &message).await else {
            acknowledge(consumer, &message.id).await;
            metrics::counter!("aether_redis_stream_handled_total").increment(1);
            return true;
        };
        metrics::counter!("aether_redis_stream_failed_total").increment(1);
        tracing::warn!(
            stream = %consumer.part.entity, id = message.id, deliveries = message.deliveries, reason,
            "a message was not handled"
        );
        match consumer.failed(&message.id, &reason, settings.attempts.max(1)).await {
            Ok(Verdict::Again(deliveries)) => {
                let before = deliveries.saturating_sub(2);
                let pause = Backoff::doubling(settings.backoff).after(before).pause(&SystemRandom);
                message.deliveries = deliveries;
                let stopped = tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await;
                if stopped.is_ok() {
                    return false;
                }
            }
            Ok(Verdict::Buried | Verdict::Gone) => return true,
            Err(error) => {
                // it comes again when its time is up
                tracing::warn!(id = message.id, %error, "a failure could not be noted");
                return true;
            }
        }
    }
}

async fn call(consumer: &Consumer, message: &StreamMessage) -> Result<(), String> {
    let limit = consumer.group.tuned().time_limit;
    let handling = AssertUnwindSafe(consumer.handler.handle(message)).catch_unwind();
    match tokio::time::timeout(limit, handling).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(panic)) => Err(format!("the handler panicked: {}", panic_text(panic.as_ref()))),
        Err(_) => Err(format!("the handler took longer than its time limit, {limit:?}")),
    }
}

/// What is done and not acknowledged comes again.
async fn acknowledge(consumer: &Consumer, id: &str) {
    let mut pauses = PAUSES;
    for _ in 0..ACKS {
        match consumer.ack(id).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(id, %error, "not acknowledged yet"),
        }
        tokio::time::sleep(pauses.pause(&SystemRandom)).await;
    }
    tracing::warn!(id, "a message that was handled could not be acknowledged: it comes again");
}
