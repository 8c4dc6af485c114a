//! What is said on a socket after the hello.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::ws::WebSocket;
use futures::StreamExt as _;
use futures::stream::SplitStream;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::end::{self, End};
use super::listening::{Listening, Wish};
use crate::app::App;
use crate::auth::who::{Who, handle};
use crate::lang::Lang;
use crate::problem::{Code, Problem};
use crate::realtime::budget::Budget;
use crate::realtime::channel::Canal;
use crate::realtime::commands::{self, Commande, refusal};
use crate::realtime::protocol::{CHANNELS, Envoyee, Limites, Recue, close};
use crate::realtime::queue::Queue;
use crate::realtime::session;
use crate::view::{Eyes, canal};

/// Commands that wait for the one before them.
const COMMANDS: usize = 16;
/// Beats without an answer before a socket counts as dead.
const MISSED: u32 = 2;

/// A socket whose holder is known.
pub(super) struct Conversation {
    app: App,
    who: Who,
    lang: Lang,
    queue: Arc<Queue>,
    channels: HashMap<Canal, Listening>,
    commands: mpsc::Sender<Commande>,
    /// Carries commands out, one after the other.
    worker: JoinHandle<()>,
    budget: Budget,
    /// Beats that were not answered.
    missed: u32,
}

impl Conversation {
    pub(super) async fn begin(app: App, who: Who, lang: Lang, queue: Arc<Queue>) -> Self {
        let account = who.account.as_deref();
        let ready = Envoyee::Pret {
            session: account.map(|account| handle(&account.session)),
            joueur: account.map(|account| account.player.as_uuid()),
            battement_ms: u64::try_from(app.config().battement.as_millis()).unwrap_or(u64::MAX),
            position: app.hub().newest().await,
            limites: Limites::ALL,
        };
        queue.push(ready.text());
        let (commands, waiting) = mpsc::channel(COMMANDS);
        let worker = tokio::spawn(work(app.clone(), who.clone(), lang, queue.clone(), waiting));
        let budget = Budget::new(Instant::now());
        Self {
            app,
            who,
            lang,
            queue,
            channels: HashMap::new(),
            commands,
            worker,
            budget,
            missed: 0,
        }
    }

    /// Listens and answers until one of both ends it.
    pub(super) async fn run(&mut self, stream: &mut SplitStream<WebSocket>) -> End {
        let closing = self.app.drain().closing.clone();
        let queue = self.queue.clone();
        let mut beats = interval(self.app.config().battement);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.reset();
        let mut looks = interval(session::LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.reset();
        loop {
            let may_read = queue.has_room();
            let went = tokio::select! {
                () = closing.cancelled() => return self.leaving().await,
                _ = beats.tick() => self.beat().await,
                _ = looks.tick() => self.look().await,
                received = stream.next(), if may_read => match received {
                    None => Err(End::Gone),
                    Some(received) => self.take(received).await,
                },
                () = queue.room(), if !may_read => Ok(()),
            };
            if let Err(end) = went {
                return end;
            }
        }
    }

    /// Ends what runs: commands that have come are carried out.
    pub(super) async fn finish(mut self, end: End) -> End {
        for listening in self.channels.values_mut() {
            listening.end().await;
        }
        self.queue.end();
        drop(self.commands);
        let _ = self.worker.await;
        end
    }

    /// The place up to which everything was given on every channel.
    async fn leaving(&self) -> End {
        let given = self.channels.values().filter_map(Listening::given);
        let position = match given.min_by_key(|place| place.position) {
            Some(place) => place,
            None => self.app.hub().newest().await,
        };
        End::new(close::LEAVING, json!({ "position": position }).to_string())
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.missed >= MISSED {
            return Err(End::new(close::SILENT, "two beats were not answered"));
        }
        self.missed += 1;
        let position = self.app.hub().newest().await;
        self.queue.push(Envoyee::Battement { position }.text());
        Ok(())
    }

    async fn look(&self) -> Result<(), End> {
        if session::is_valid(&self.app, self.who.account.as_ref()).await {
            return Ok(());
        }
        Err(End::new(close::SESSION, "the session has ended"))
    }

    async fn take(&mut self, received: super::Received) -> Result<(), End> {
        if !self.budget.take(Instant::now()) {
            return Err(End::new(close::LIMIT, "too many frames"));
        }
        let Some(text) = end::text(received)? else { return Ok(()) };
        self.missed = 0;
        let frame = serde_json::from_str(&text)
            .map_err(|_| End::new(close::NO_FRAME, "this is no frame of aether.v1"))?;
        match frame {
            Recue::Bonjour { .. } => return Err(End::new(close::NO_FRAME, "bonjour comes once")),
            Recue::Abonner { id, canal, apres } => self.subscribe(id, &canal, apres).await?,
            Recue::Desabonner { id, canal } => self.unsubscribe(id, canal).await,
            Recue::Commande { id, cle, nom, donnees, version } => {
                // the worker ends after this
                let _ = self.commands.send(Commande { id, cle, nom, donnees, version }).await;
            }
            Recue::Battement {} => {}
        }
        Ok(())
    }

    async fn subscribe(&mut self, id: u64, name: &str, after: Option<String>) -> Result<(), End> {
        let asked = name.parse::<Canal>().and_then(|canal| {
            let after = after.map(|after| after.parse()).transpose();
            Ok((canal, after.map_err(|_| "apres has to be a position that this server gave")?))
        });
        let (canal, after) = match asked {
            Ok(asked) => asked,
            Err(detail) => {
                self.refuse(id, &Problem::new(Code::PARAMETER).detail(detail));
                return Ok(());
            }
        };
        let eyes = Eyes::of(&self.who);
        if !canal::may_listen(eyes, canal) {
            return Err(End::new(close::FOREIGN, "this channel is somebody else's"));
        }
        if let Some(mut before) = self.channels.remove(&canal) {
            before.end().await;
        }
        self.channels.retain(|_, listening| listening.goes_on());
        if self.channels.len() >= CHANNELS {
            return Err(End::new(close::CHANNELS, "at most 64 channels"));
        }
        let app = self.app.clone();
        let queue = self.queue.clone();
        let lang = self.lang;
        let wish = Wish { app, queue, lang, eyes, id, canal, after };
        self.channels.insert(canal, Listening::begin(wish));
        Ok(())
    }

    async fn unsubscribe(&mut self, id: u64, canal: String) {
        let listening = canal.parse().ok().and_then(|canal: Canal| self.channels.remove(&canal));
        match listening {
            Some(mut listening) => {
                listening.end().await;
                self.queue.push(Envoyee::Desabonne { id, canal }.text());
            }
            None => self.refuse(id, &Problem::new(Code::UNKNOWN)),
        }
    }

    fn refuse(&self, id: u64, problem: &Problem) {
        self.queue.push(refusal(id, problem, self.lang).text());
    }
}

async fn work(
    app: App,
    who: Who,
    lang: Lang,
    queue: Arc<Queue>,
    mut waiting: mpsc::Receiver<Commande>,
) {
    while let Some(commande) = waiting.recv().await {
        let done = commands::carry_out(&app, &who, lang, commande).await;
        queue.room().await;
        queue.push(done.text());
    }
}
