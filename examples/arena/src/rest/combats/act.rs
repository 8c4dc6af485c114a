//! `POST /combat/action`: acts in the combat that one is in.

use aether_game::combat::{
    Action, Combat, CombatCommand, CombatId, CompetenceId, ItemId, ParticipantId, TypeEntite,
};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::who::Account;
use crate::problem::{Code, Problem, Written};
use crate::request::Command;
use crate::view::Eyes;
use crate::view::combat::CombatVu;
use crate::{etag, position};

/// What to do, in which combat.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Agir {
    #[schema(value_type = Uuid)]
    combat_id: CombatId,
    action: Demandee,
}

/// What to do with one's turn.
#[derive(Deserialize, ToSchema)]
#[serde(
    tag = "type",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Demandee {
    /// Strike somebody of the other side within reach.
    Attaque {
        #[schema(value_type = Uuid)]
        cible: ParticipantId,
    },
    /// Use a skill.
    Competence {
        #[schema(value_type = Uuid)]
        competence_id: CompetenceId,
        #[schema(value_type = Vec<Uuid>, max_items = 10)]
        cibles: Vec<ParticipantId>,
    },
    /// Use up an item.
    Objet {
        #[schema(value_type = Uuid)]
        item_id: ItemId,
        #[schema(value_type = Vec<Uuid>, max_items = 10)]
        cibles: Vec<ParticipantId>,
    },
    /// Walk up to five steps.
    Deplacement {
        #[schema(maximum = 99)]
        vers: u32,
    },
    /// Raise the guard.
    Defense {},
    /// Try to flee.
    Fuite {},
    /// Do nothing.
    Passer {},
}

/// Acts in a combat.
///
/// A player acts for the own participant, in its turn. The answer is the combat as the action leaves it.
#[utoipa::path(
    post, path = "/combat/action", tag = "combats", request_body = Agir,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "names the request"),
        ("If-Match" = Option<String>, Header, description = "the version that the decision rests on"),
    ),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "done", body = CombatVu, headers(("ETag" = String), ("Aether-Position" = u64))),
        (status = 412, description = "the combat has another version, which ETag tells", body = Written, content_type = "application/problem+json"),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn act(
    State(app): State<App>,
    Command { holder, body, context }: Command<Agir>,
) -> Result<(HeaderMap, Json<CombatVu>), Problem> {
    let Agir { combat_id, action } = body;
    let acteur = own_participant(&app, combat_id, &holder.0).await?;
    let command = action.command(acteur);
    let done = app.engine().execute(combat_id, command).with(&context).await;
    let done = done.map_err(|error| Problem::of(error, &context))?;
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, etag::value(done.version()));
    position::tell(&mut headers, done.position());
    let seen = CombatVu::of(combat_id, &done.loaded, Eyes::of_account(&holder.0));
    seen.map(|seen| (headers, Json(seen))).ok_or_else(|| Problem::new(Code::UNKNOWN))
}

/// The participant that the player is. A roster never changes once a combat has begun.
async fn own_participant(
    app: &App,
    combat: CombatId,
    account: &Account,
) -> Result<ParticipantId, Problem> {
    let found = app.engine().find::<Combat>(combat).await?;
    let combat = found.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    let own = combat.state.participants().find(|vue| {
        vue.fiche.type_entite == TypeEntite::Joueur
            && vue.fiche.entite_id.joueur() == account.player
    });
    own.map(|vue| vue.id()).ok_or_else(|| Problem::new(Code::FORBIDDEN))
}

impl Demandee {
    fn command(self, acteur: ParticipantId) -> CombatCommand {
        let action = match self {
            Self::Attaque { cible } => Action::Attaque { cible },
            Self::Competence { competence_id, cibles } => {
                Action::Competence { competence_id, cibles }
            }
            Self::Objet { item_id, cibles } => Action::Objet { item_id, cibles },
            Self::Deplacement { vers } => Action::Deplacement { vers },
            Self::Defense {} => Action::Defense,
            Self::Fuite {} => Action::Fuite,
            Self::Passer {} => return CombatCommand::PasserTour { acteur },
        };
        CombatCommand::Agir { acteur, action }
    }
}
