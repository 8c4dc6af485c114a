//! `DELETE /marche/{item}/ordres/{ordre}`: withdraws an order.

use aether_game::economie::unites::{Par, clore};
use aether_game::economie::{Cloture, Economie, EconomieRefus};
use aether_game::values::{CarnetId, ItemId, OrdreId, Quantite};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::position;
use crate::problem::{Problem, Written};
use crate::request::{Command, InPath, Nothing};

/// Withdraws an own order: goods or gold come back, into a parcel where bag or purse are full.
#[utoipa::path(
    delete, path = "/marche/{item}/ordres/{ordre}", tag = "marche",
    params(
        ("item" = Uuid, Path), ("ordre" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "names the request"),
    ),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "withdrawn", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    InPath((item, ordre)): InPath<(ItemId, OrdreId)>,
    Command { holder, context, body: Nothing {} }: Command<Nothing>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let engine = app.engine();
    let carnet = CarnetId::de_l_item(item);
    let book = engine.find::<Economie>(carnet).await?.unwrap_or_default();
    let par = Par::Joueur(holder.0.player);
    let close = |en_colis| {
        let closed = clore(engine, context.clone(), &book.state, ordre, par.clone(), en_colis);
        closed.unwrap_or_else(|_: EconomieRefus| {
            // withdrawn by this very request, or not there: the book says which
            let cloture = Cloture { ordre, reste: Quantite::MIN, ferme: false, en_colis };
            engine.atomic(context.clone()).command(carnet, par.clone().command(cloture))
        })
    };
    let done = match close(false).commit().await {
        Err(error) if error.rejection().is_some() => close(true).commit().await,
        done => done,
    };
    let done = done.map_err(|error| Problem::of_unit(error, &context))?;
    let mut headers = HeaderMap::new();
    position::tell(&mut headers, done.position());
    Ok((StatusCode::NO_CONTENT, headers))
}
