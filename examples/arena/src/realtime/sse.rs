//! `GET /flux`: the facts of a channel as server-sent events, for where sockets do not get through. Browsers come back by themselves,
//! with the id of the last event.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Sse;
use axum::response::sse::Event;
use futures::StreamExt as _;
use futures::stream::{Stream, unfold};
use serde::Deserialize;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::channel::Canal;
use super::hub::{Fait, Faits};
use super::place::Place;
use super::protocol::Envoyee;
use super::session;
use super::subscription::{self, Shown, Subscription};
use crate::app::App;
use crate::auth::origin;
use crate::auth::who::{Account, Who};
use crate::problem::{Code, Problem};
use crate::request::InQuery;
use crate::view::{Eyes, canal};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What is listened to.
#[derive(Deserialize)]
pub(super) struct Listen {
    canal: String,
    /// As `Last-Event-ID`, for the first connection.
    apres: Option<String>,
}

/// Opens a stream.
pub(super) async fn open(
    State(app): State<App>,
    who: Who,
    InQuery(Listen { canal, apres }): InQuery<Listen>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    origin::check_upgrade(&headers, app.config())?;
    let canal: Canal =
        canal.parse().map_err(|detail| Problem::new(Code::PARAMETER).detail(detail))?;
    let eyes = Eyes::of(&who);
    if !canal::may_listen(eyes, canal) {
        let code = if who.account.is_none() { Code::LOG_IN } else { Code::FORBIDDEN };
        return Err(Problem::new(code));
    }
    let shown = headers.get(LAST_EVENT_ID).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let after = shown.or(apres).map(|text| text.parse::<Place>()).transpose();
    let wrong = |_| {
        Problem::new(Code::PARAMETER).detail("apres has to be a position that this server gave")
    };
    let open = subscription::open(&app, canal, eyes, after.map_err(wrong)?).await?;
    let closing = app.drain().closing.clone();
    let flow = Flow::new(app, canal, eyes, who.account, open);
    let events = unfold(flow, |mut flow| async move {
        let event = flow.next().await?;
        Some((Ok(event), flow))
    });
    Ok(Sse::new(events.take_until(closing.cancelled_owned())))
}

/// A stream in its course.
struct Flow {
    app: App,
    canal: Canal,
    eyes: Eyes,
    account: Option<Arc<Account>>,
    place: Place,
    picture: Option<Shown>,
    faits: Faits,
    beats: Interval,
    looks: Interval,
}

impl Flow {
    fn new(
        app: App,
        canal: Canal,
        eyes: Eyes,
        account: Option<Arc<Account>>,
        open: Subscription,
    ) -> Self {
        let Subscription { place, picture, faits } = open;
        let mut beats = interval(app.config().battement);
        let mut looks = interval(session::LOOK);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { app, canal, eyes, account, place, picture, faits, beats, looks }
    }

    /// The next event; none when the stream ends, and the client comes back.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let canal = self.canal.to_string();
            if let Some(Shown { etat, restaure }) = self.picture.take() {
                let position = self.place;
                let frame = Envoyee::Image { canal, position, restaure, etat };
                return event("image", Some(position), &frame);
            }
            tokio::select! {
                told = self.faits.next() => match told? {
                    Ok(Fait { place, kind, donnees }) => {
                        let apres = std::mem::replace(&mut self.place, place);
                        let frame = Envoyee::Fait { canal, apres, position: place, kind, donnees };
                        return event("fait", Some(place), &frame);
                    }
                    Err(error) if error.is_log_rewritten() => self.anew().await?,
                    Err(_) => return None,
                },
                _ = self.beats.tick() => {
                    let position = self.app.hub().newest().await;
                    return event("battement", None, &Envoyee::Battement { position });
                }
                _ = self.looks.tick() => {
                    if !session::is_valid(&self.app, self.account.as_ref()).await {
                        return None;
                    }
                }
            }
        }
    }

    /// A picture in the place of what may not have happened.
    async fn anew(&mut self) -> Option<()> {
        let open = subscription::from_now(&self.app, self.canal, self.eyes, true).await.ok()?;
        let Subscription { place, picture, faits } = open;
        (self.place, self.picture, self.faits) = (place, picture, faits);
        Some(())
    }
}

fn event(name: &str, id: Option<Place>, frame: &Envoyee) -> Option<Event> {
    let event = Event::default().event(name).data(frame.text());
    Some(match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    })
}
