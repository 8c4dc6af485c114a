//! From a wish to listen to what is told: facts after a place, or a picture and the facts after it.

use aether_core::Error;
use aether_game::combat::{Combat, Spectateur};

use super::channel::Canal;
use super::hub::{Faits, Source};
use super::picture::{self, Picture};
use super::place::Place;
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::view::{Eyes, canal};

/// A channel that is listened to.
pub(crate) struct Subscription {
    /// Where the client stands: the facts come after it.
    pub(crate) place: Place,
    /// How things stand there; none for a client that continues.
    pub(crate) picture: Option<Shown>,
    pub(crate) faits: Faits,
}

/// A picture, and whether it takes the place of what may not have happened.
pub(crate) struct Shown {
    pub(crate) etat: serde_json::Value,
    pub(crate) restaure: bool,
}

/// Listens to a channel, after a place or from now on.
pub(crate) async fn open(
    app: &App,
    canal: Canal,
    eyes: Eyes,
    after: Option<Place>,
) -> Result<Subscription, Problem> {
    let mut restaure = false;
    if let Some(place) = after {
        match resume(app, canal, eyes, place).await {
            Ok(Some(faits)) => return Ok(Subscription { place, picture: None, faits }),
            Ok(None) => {}
            Err(error) if error.is_log_rewritten() => restaure = true,
            Err(error) => return Err(error.into()),
        }
    }
    from_now(app, canal, eyes, restaure).await
}

/// What happens from now on, with a picture.
pub(super) async fn from_now(
    app: &App,
    canal: Canal,
    eyes: Eyes,
    restaure: bool,
) -> Result<Subscription, Problem> {
    if !canal::may_listen(eyes, canal) {
        return Err(Problem::new(Code::FORBIDDEN));
    }
    let Picture { place, etat } = picture::take(app, canal, eyes).await?;
    let source = source(app, canal, eyes).await?;
    let faits = app.hub().follow(source, place).await?;
    Ok(Subscription { place, picture: Some(Shown { etat, restaure }), faits })
}

/// What happened after a place; none if a picture is less.
async fn resume(app: &App, canal: Canal, eyes: Eyes, place: Place) -> Result<Option<Faits>, Error> {
    if !canal::may_listen(eyes, canal) {
        return Ok(None);
    }
    let source = source(app, canal, eyes).await?;
    // the proof comes first: it tells a restored log, whatever there is in it
    let little = app.hub().is_little(&source, place.position).await?;
    let faits = app.hub().follow(source, place).await?;
    Ok(little.then_some(faits))
}

async fn source(app: &App, canal: Canal, eyes: Eyes) -> Result<Source, Error> {
    let side = match canal {
        Canal::Combat(id) if matches!(eyes, Eyes::Player(_)) => {
            let combat = app.engine().find::<Combat>(id).await?;
            combat.and_then(|combat| {
                let camp = canal::side(eyes, &combat.state)?;
                Some((camp, Spectateur::du_camp(&combat.state, camp)))
            })
        }
        _ => None,
    };
    Ok(app.hub().source(canal, side))
}
