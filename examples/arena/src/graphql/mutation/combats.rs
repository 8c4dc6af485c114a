//! Acting in combats.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::{Found, found};
use crate::graphql::caller::{Caller, Named};
use crate::graphql::limits::STATEMENT;
use crate::position;
use crate::rest::combats::act::act;
use crate::view::combat::CombatVu;

#[derive(Default)]
pub(in crate::graphql) struct ActesDeCombat;

#[Object]
impl ActesDeCombat {
    /// Acts in a combat, in the own turn. `version` is the one that the decision rests on.
    #[graphql(complexity = "STATEMENT + 6 * child_complexity")]
    async fn agir(
        &self,
        context: &Context<'_>,
        combat_id: Uuid,
        action: Action,
        cle: Option<String>,
        version: Option<u32>,
    ) -> Found<Agi> {
        found(async {
            let caller = Caller::of(context)?;
            let named = Named { cle, version };
            let body = Agir { combat_id, action: action.into() };
            let command = caller.command(["POST", "/combat/action"], named, &body).await?;
            let (headers, Json(combat)) = Box::pin(act(State(caller.app.clone()), command)).await?;
            Ok(Some(Agi { combat, position: position::told(&headers) }))
        })
        .await
    }
}

/// A combat as an action has left it.
#[derive(SimpleObject)]
struct Agi {
    combat: CombatVu,
    /// Where the action stands in the log: what `Aether-After` takes.
    position: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agir {
    combat_id: Uuid,
    action: Demandee,
}

/// What to do with one's turn: one of these.
#[derive(OneofObject)]
enum Action {
    /// Strike somebody of the other side within reach.
    Attaque(Attaque),
    /// Use a skill.
    Competence(Competence),
    /// Use up an item.
    Objet(Objet),
    /// Walk up to five steps.
    Deplacement(Deplacement),
    /// One that needs no more words.
    Simple(Simple),
}

/// Whom to strike.
#[derive(InputObject, Serialize)]
#[graphql(name = "Attaquer")]
struct Attaque {
    cible: Uuid,
}

/// Which skill, on whom.
#[derive(InputObject, Serialize)]
#[graphql(name = "UtiliserCompetence")]
#[serde(rename_all = "camelCase")]
struct Competence {
    competence_id: Uuid,
    cibles: Vec<Uuid>,
}

/// Which item, on whom.
#[derive(InputObject, Serialize)]
#[graphql(name = "UtiliserObjet")]
#[serde(rename_all = "camelCase")]
struct Objet {
    item_id: Uuid,
    cibles: Vec<Uuid>,
}

/// Where to.
#[derive(InputObject, Serialize)]
#[graphql(name = "SeDeplacer")]
struct Deplacement {
    vers: u32,
}

/// An action without more words.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "ActionSimple")]
enum Simple {
    /// Raise the guard.
    Defense,
    /// Try to flee.
    Fuite,
    /// Do nothing.
    Passer,
}

/// An action as REST takes it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Demandee {
    Attaque(Attaque),
    Competence(Competence),
    Objet(Objet),
    Deplacement(Deplacement),
    Defense,
    Fuite,
    Passer,
}

impl From<Action> for Demandee {
    fn from(action: Action) -> Self {
        match action {
            Action::Attaque(it) => Self::Attaque(it),
            Action::Competence(it) => Self::Competence(it),
            Action::Objet(it) => Self::Objet(it),
            Action::Deplacement(it) => Self::Deplacement(it),
            Action::Simple(Simple::Defense) => Self::Defense,
            Action::Simple(Simple::Fuite) => Self::Fuite,
            Action::Simple(Simple::Passer) => Self::Passer,
        }
    }
}
