//! Loading aggregates: like appends, those that wait are answered by one call.

use std::sync::Arc;

use aether_core::log::{History, Load};
use aether_core::{Error, Result};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::database::{CallError, Database, KeptConnection};
use crate::error::Words;
use crate::months::Months;

mod histories;

use histories::Lookup;

/// At most this many aggregates in one call: their histories are in memory together. `sql/load.sql` knows the number.
const MAX_BATCH: usize = 64;

/// The queue of loads. Whichever loader is free takes what waits; none waits for more to come.
///
/// They outlive [`close`](aether_core::backend::EventStore::close), after which what is stored can still be read,
/// and end when the store is dropped.
#[derive(Debug)]
pub(crate) struct Loaders {
    queue: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    load: Load,
    reply: oneshot::Sender<Result<History>>,
}

impl Loaders {
    pub(crate) fn start(database: &Database, months: &Arc<Months>, loaders: usize) -> Self {
        let (queue, requests) = mpsc::channel(1024);
        let requests = Arc::new(Mutex::new(requests));
        for _ in 0..loaders {
            tokio::spawn(run(database.clone(), months.clone(), requests.clone()));
        }
        Self { queue }
    }

    /// Queues a load and waits for the history.
    pub(crate) async fn load(&self, load: Load) -> Result<History> {
        let (reply, history) = oneshot::channel();
        self.queue.send(Request { load, reply }).await.map_err(|_| Error::Closed)?;
        history.await.map_err(|_| Error::Closed)?
    }
}

async fn run(
    database: Database,
    months: Arc<Months>,
    requests: Arc<Mutex<mpsc::Receiver<Request>>>,
) {
    let mut connection = KeptConnection::default();
    let mut batch = Vec::new();
    loop {
        // one loader waits for requests, the others for their turn to
        let taken = tokio::time::timeout(KeptConnection::LINGER, async {
            requests.lock().await.recv_many(&mut batch, MAX_BATCH).await
        });
        let taken = match taken.await {
            Ok(taken) => taken,
            Err(_) => {
                connection.give_back();
                requests.lock().await.recv_many(&mut batch, MAX_BATCH).await
            }
        };
        if taken == 0 {
            return;
        }
        let mut lookup =
            Lookup { database: &database, connection: &mut connection, months: &months };
        answer(&mut lookup, std::mem::take(&mut batch)).await;
    }
}

async fn answer(lookup: &mut Lookup<'_>, batch: Vec<Request>) {
    let loads: Vec<&Load> = batch.iter().map(|request| &request.load).collect();
    match lookup.histories(&loads).await {
        Ok(histories) => {
            for (request, history) in batch.into_iter().zip(histories) {
                // a caller that has gone away does not need it
                drop(request.reply.send(history));
            }
        }
        Err(CallError::Sent(error)) if batch.len() > 1 => {
            let error = Words(&error);
            tracing::debug!(%error, loads = batch.len(), "loads failed together; each on its own");
            for request in batch {
                Box::pin(answer(lookup, vec![request])).await;
            }
        }
        Err(error) => {
            let refusals = error.shared();
            for request in batch {
                drop(request.reply.send(Err(refusals())));
            }
        }
    }
}
