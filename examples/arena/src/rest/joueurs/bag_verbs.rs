//! What a player does with the own bag: use something up, put a piece on, take it off.

use aether_core::Context;
use aether_core::command::AtomicExecuted;
use aether_game::equipement::Equipement;
use aether_game::equipement::unites::{Porter, desequiper, equiper};
use aether_game::inventaire::{Inventaire, InventaireCommand};
use aether_game::item::Emplacement;
use aether_game::joueur::Joueur;
use aether_game::values::{InventaireId, JoueurId, Niveau, Quantite, SlotId};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::position;
use crate::problem::{Code, Problem, Written};
use crate::request::{Command, InPath};

/// What is used up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Utiliser {
    #[schema(value_type = Uuid)]
    slot_id: SlotId,
    #[schema(minimum = 1, maximum = 9999)]
    quantite: i64,
}

/// What is put on, and where.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Equiper {
    #[schema(value_type = Uuid)]
    slot_id: SlotId,
    #[schema(value_type = String, example = "TETE")]
    emplacement: Emplacement,
}

/// From where something is taken off.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Retirer {
    #[schema(value_type = String, example = "TETE")]
    emplacement: Emplacement,
}

type Done = Result<(StatusCode, HeaderMap), Problem>;

/// Uses something up, outside of a combat.
#[utoipa::path(
    post, path = "/joueurs/{id}/inventaire/utiliser", tag = "joueurs", request_body = Utiliser,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "used", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn consume(
    State(app): State<App>,
    InPath(id): InPath<JoueurId>,
    Command { holder, context, body: Utiliser { slot_id, quantite } }: Command<Utiliser>,
) -> Done {
    holder.0.must_be(id)?;
    let quantite = Quantite::new(quantite).map_err(|error| Problem::refused(&error))?;
    let niveau = niveau(&app, id).await?;
    let command = InventaireCommand::Utiliser { joueur_id: id, slot_id, quantite, niveau };
    let done = app.engine().execute(InventaireId::du_joueur(id), command).with(&context).await;
    let done = done.map_err(|error| Problem::of(error, &context))?;
    Ok(answer(done.position()))
}

/// Puts a piece on. What is worn there is taken off.
#[utoipa::path(
    post, path = "/joueurs/{id}/inventaire/equiper", tag = "joueurs", request_body = Equiper,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "worn", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn wear(
    State(app): State<App>,
    InPath(id): InPath<JoueurId>,
    Command { holder, context, body: Equiper { slot_id, emplacement } }: Command<Equiper>,
) -> Done {
    holder.0.must_be(id)?;
    let engine = app.engine();
    let sac = engine.find::<Inventaire>(InventaireId::du_joueur(id)).await?.unwrap_or_default();
    let piece = sac.state.slot(slot_id).and_then(|(_, slot)| slot.equipement_id);
    let known = match piece {
        Some(piece) => engine.find::<Equipement>(piece).await?,
        None => None,
    };
    let niveau = niveau(&app, id).await?;
    let known = known.as_ref().map(|known| &known.state);
    let porter = Porter::du_sac(&sac.state, (id, niveau), slot_id, emplacement, known);
    let porter = porter.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    finish(equiper(engine, context.clone(), porter).commit().await, &context)
}

/// Takes off what is worn in a place.
#[utoipa::path(
    post, path = "/joueurs/{id}/inventaire/retirer", tag = "joueurs", request_body = Retirer,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "taken off", headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn take_off(
    State(app): State<App>,
    InPath(id): InPath<JoueurId>,
    Command { holder, context, body: Retirer { emplacement } }: Command<Retirer>,
) -> Done {
    holder.0.must_be(id)?;
    let engine = app.engine();
    let sac = engine.find::<Inventaire>(InventaireId::du_joueur(id)).await?.unwrap_or_default();
    let bonus = sac.state.bonus_avec(emplacement, None);
    let unit = desequiper(engine, context.clone(), id, emplacement, bonus);
    finish(unit.commit().await, &context)
}

async fn niveau(app: &App, joueur: JoueurId) -> Result<Niveau, Problem> {
    Ok(app.engine().load::<Joueur>(joueur).await?.state.niveau())
}

fn finish(
    done: Result<AtomicExecuted, aether_core::ExecuteError<aether_core::Rejection>>,
    context: &Context,
) -> Done {
    let done = done.map_err(|error| Problem::of_unit(error, context))?;
    Ok(answer(done.position()))
}

fn answer(at: Option<aether_core::Position>) -> (StatusCode, HeaderMap) {
    let mut headers = HeaderMap::new();
    position::tell(&mut headers, at);
    (StatusCode::NO_CONTENT, headers)
}
