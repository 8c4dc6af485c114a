//! One channel of a socket: a task that brings what is told into the queue.

use std::sync::Arc;

use futures::StreamExt as _;
use parking_lot::Mutex;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::realtime::channel::Canal;
use crate::realtime::commands::refusal;
use crate::realtime::hub::Fait;
use crate::realtime::place::Place;
use crate::realtime::protocol::Envoyee;
use crate::realtime::queue::Queue;
use crate::realtime::subscription::{self, Subscription};
use crate::view::Eyes;

/// What a client wishes to listen to.
pub(super) struct Wish {
    pub(super) app: App,
    pub(super) queue: Arc<Queue>,
    pub(super) lang: Lang,
    pub(super) eyes: Eyes,
    pub(super) id: u64,
    pub(super) canal: Canal,
    pub(super) after: Option<Place>,
}

/// A channel that a socket listens to.
pub(super) struct Listening {
    task: JoinHandle<()>,
    /// Up to where everything was given to the client.
    given: Arc<Mutex<Option<Place>>>,
}

impl Listening {
    pub(super) fn begin(wish: Wish) -> Self {
        let given = Arc::new(Mutex::new(wish.after));
        let task = tokio::spawn(listen(wish, given.clone()));
        Self { task, given }
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.task.is_finished()
    }

    pub(super) fn given(&self) -> Option<Place> {
        *self.given.lock()
    }

    /// After this no frame of it comes into the queue.
    pub(super) async fn end(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

async fn listen(wish: Wish, given: Arc<Mutex<Option<Place>>>) {
    let Wish { app, queue, lang, eyes, id, canal, after } = wish;
    queue.room().await;
    let mut open = match subscription::open(&app, canal, eyes, after).await {
        Ok(open) => open,
        Err(problem) => return queue.push(refusal(id, &problem, lang).text()),
    };
    let repris = open.picture.is_none();
    queue.push(Envoyee::Abonne { id, canal: canal.to_string(), repris }.text());
    loop {
        match tell(&queue, canal, open, &given).await {
            Ended::Slow => return,
            Ended::Lost => {}
        }
        queue.room().await;
        open = match anew(&app, canal, eyes).await {
            Ok(open) => open,
            Err(problem) => return queue.push(refusal(id, &problem, lang).text()),
        };
    }
}

/// Why nothing is told any more.
enum Ended {
    /// The client is slow, or the server cannot read: the client continues after the place that it was told.
    Slow,
    /// The log was restored.
    Lost,
}

async fn anew(app: &App, canal: Canal, eyes: Eyes) -> Result<Subscription, Problem> {
    subscription::from_now(app, canal, eyes, true).await
}

async fn tell(
    queue: &Queue,
    canal: Canal,
    open: Subscription,
    given: &Mutex<Option<Place>>,
) -> Ended {
    let Subscription { mut place, picture, mut faits } = open;
    let name = canal.to_string();
    if let Some(shown) = picture {
        let subscription::Shown { etat, restaure } = shown;
        let image = Envoyee::Image { canal: name.clone(), position: place, restaure, etat };
        queue.push(image.text());
    }
    *given.lock() = Some(place);
    loop {
        match faits.next().await {
            Some(Ok(fait)) => {
                let Fait { place: position, kind, donnees } = fait;
                let canal = name.clone();
                let frame = Envoyee::Fait { canal, apres: place, position, kind, donnees };
                if !queue.offer(frame.text()) {
                    break;
                }
                place = position;
                *given.lock() = Some(place);
            }
            Some(Err(error)) if error.is_log_rewritten() => return Ended::Lost,
            Some(Err(error)) => {
                tracing::warn!(%error, canal = name, "a feed has ended");
                break;
            }
            None => break,
        }
    }
    metrics::counter!("arena_sockets_slowed_total").increment(1);
    queue.push(Envoyee::Ralenti { canal: name, position: place }.text());
    Ended::Slow
}
