//! `POST /marche/{item}/ordres`: offers or asks for an item.

use aether_game::economie::{PlacerOrdre, TypeOrdre, unites};
use aether_game::inventaire::marche;
use aether_game::joueur::Joueur;
use aether_game::values::{ItemId, OrdreId, Prix, Pseudo, Quantite};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::position;
use crate::problem::{Code, Problem, Written};
use crate::request::{Command, InPath};

/// What is offered or asked for.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Demande {
    /// `VENTE` or `ACHAT`.
    #[schema(value_type = String, example = "ACHAT")]
    cote: TypeOrdre,
    /// How many pieces.
    #[schema(minimum = 1, maximum = 9999)]
    quantite: i64,
    /// The least that a seller takes, or the most that a buyer pays, for a piece.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    prix: i64,
    /// How long it stands, in seconds: an hour to 30 days.
    #[schema(minimum = 3600, maximum = 2_592_000)]
    duree: u32,
}

/// An order that was placed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    #[schema(value_type = Uuid)]
    pub(crate) ordre_id: OrdreId,
}

/// Places an order.
///
/// Goods or gold are set aside in the append that places it. What it matches is traded at the older order's price.
#[utoipa::path(
    post, path = "/marche/{item}/ordres", tag = "marche", request_body = Demande,
    params(
        ("item" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "names the request"),
    ),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "placed", body = Place, headers(("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn order(
    State(app): State<App>,
    InPath(item): InPath<ItemId>,
    Command { holder, body, context }: Command<Demande>,
) -> Result<(StatusCode, HeaderMap, Json<Place>), Problem> {
    let Demande { cote, quantite, prix, duree: duree_s } = body;
    let quantite = Quantite::new(quantite).map_err(|error| Problem::refused(&error))?;
    let prix = Prix::new(prix).map_err(|error| Problem::refused(&error))?;
    let joueur = holder.0.player;
    let pseudo = pseudo(&app, joueur).await?;
    // the same request names the same order
    let ordre = context.id().map_or_else(OrdreId::generate, |id| OrdreId::v5(id, "ordre"));
    let placer = PlacerOrdre { ordre, joueur, pseudo, item, quantite, prix, duree_s };
    let unit = match cote {
        TypeOrdre::Vente => marche::vendre(app.engine(), context.clone(), placer),
        TypeOrdre::Achat => unites::acheter(app.engine(), context.clone(), placer)
            .map_err(|error| Problem::refused(&error))?,
    };
    let done = unit.commit().await.map_err(|error| Problem::of_unit(error, &context))?;
    let mut headers = HeaderMap::new();
    position::tell(&mut headers, done.position());
    Ok((StatusCode::CREATED, headers, Json(Place { ordre_id: ordre })))
}

/// The name that others see.
async fn pseudo(app: &App, joueur: aether_game::values::JoueurId) -> Result<Pseudo, Problem> {
    let loaded = app.engine().load::<Joueur>(joueur).await?;
    let identite = loaded.state.identite().ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    Pseudo::new(&identite.pseudo).map_err(|error| Problem::refused(&error))
}
