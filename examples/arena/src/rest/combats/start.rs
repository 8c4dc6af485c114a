//! `POST /combats`: begins a combat against creatures.

use aether_core::uuid::Uuid;
use aether_game::combat::{
    Camp, Combat, Conditions, Demarrer, Participant, ParticipantId, Recompenses, TypeCombat,
    commencer,
};
use aether_game::competence::{Apprentissage, Competence};
use aether_game::inventaire::Inventaire;
use aether_game::joueur::Joueur;
use aether_game::pnj::{FichePnj, Pnj};
use aether_game::queries;
use aether_game::values::{ApprentissageId, CombatId, InventaireId, JoueurId, PnjId, ZoneId};
use aether_game::world::choix::combats::{Entree, creature, joueur};
use aether_game::world::{Hasard, World};
use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, HeaderValue, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::{Code, Problem, Written};
use crate::request::Command;
use crate::view::Eyes;
use crate::view::combat::CombatVu;
use crate::{etag, position};

/// The most creatures at once.
const CREATURES: u32 = 5;
/// Skills that are looked at, of which the latest come along.
const SKILLS: u32 = 20;

/// Whom to fight.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Defi {
    /// A creature: a character that has nothing to say.
    #[schema(value_type = Uuid)]
    pnj_id: PnjId,
    /// How many of its kind.
    #[schema(minimum = 1, maximum = 5)]
    nombre: u32,
}

/// Begins a combat against creatures, with the own skills.
///
/// A player is in one combat at a time. The answer is the combat at its start.
#[utoipa::path(
    post, path = "/combats", tag = "combats", request_body = Defi,
    params(("Idempotency-Key" = Option<String>, Header, description = "names the request")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "begun", body = CombatVu, headers(("Location" = String), ("ETag" = String), ("Aether-Position" = u64))),
        (status = 422, description = "a rule refuses", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn start(
    State(app): State<App>,
    Command { holder, body: Defi { pnj_id, nombre }, context }: Command<Defi>,
) -> Result<(StatusCode, HeaderMap, Json<CombatVu>), Problem> {
    if !(1..=CREATURES).contains(&nombre) {
        return Err(Problem::new(Code::BODY).detail("nombre has to be 1 to 5"));
    }
    let found = app.engine().find::<Pnj>(pnj_id).await?.unwrap_or_default();
    let kind = found.state.fiche().filter(|it| it.dialogues.is_empty() && it.articles.is_empty());
    let kind = kind.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    // the same request names the same combat
    let id = context.id().map_or_else(CombatId::generate, |id| CombatId::v5(id, "combat"));
    let start = start_of(&app, id, holder.0.player, kind, nombre).await?;
    let unit = commencer(app.engine(), context.clone(), id, start);
    let done = unit.commit().await.map_err(|error| Problem::of_unit(error, &context))?;
    let begun = app.engine().load::<Combat>(id).await?;
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, etag::value(begun.version));
    position::tell(&mut headers, done.position());
    if let Ok(place) = HeaderValue::try_from(format!("/combats/{id}")) {
        headers.insert(LOCATION, place);
    }
    let seen = CombatVu::of(id, &begun, Eyes::of_account(&holder.0));
    let seen = seen.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    Ok((StatusCode::CREATED, headers, Json(seen)))
}

async fn start_of(
    app: &App,
    id: CombatId,
    player: JoueurId,
    kind: &FichePnj,
    nombre: u32,
) -> Result<Demarrer, Problem> {
    let mut hasard = Hasard::new(id.as_uuid().as_u64_pair().1);
    let mut participants = vec![fighter(app, id, player, &mut hasard).await?];
    participants.extend(
        (0..nombre).map(|rang| creature(entry(id, Camp::Adversaires, rang), kind, &mut hasard)),
    );
    let niveau = u32::from(kind.niveau.get());
    Ok(Demarrer {
        type_combat: TypeCombat::Pve,
        zone_id: kind.zone_id,
        zone_nom: zone_name(app, kind.zone_id).await?,
        participants,
        conditions: Conditions {
            limite_temps: Some(600_000),
            limite_tours: 200,
            ..Conditions::default()
        },
        duree_tour_ms: Demarrer::DUREE_TOUR_MS,
        recompenses: Recompenses {
            experience: nombre * (160 + 70 * niveau),
            or: nombre * (10 + 4 * niveau),
            items: vec![],
        },
    })
}

fn entry(combat: CombatId, camp: Camp, rang: u32) -> Entree {
    let name = format!("{}:{rang}", camp.as_str());
    let id = Uuid::new_v5(&combat.as_uuid(), name.as_bytes());
    Entree { participant_id: ParticipantId::new(id), camp, rang }
}

/// The player, with what is learned and worn. Consumables stay in the bag: a combat that is begun here sets nothing aside.
async fn fighter(
    app: &App,
    combat: CombatId,
    player: JoueurId,
    hasard: &mut Hasard,
) -> Result<Participant, Problem> {
    let engine = app.engine();
    let known = engine.load::<Joueur>(player).await?;
    let bag = engine.find::<Inventaire>(InventaireId::du_joueur(player)).await?.unwrap_or_default();
    let mut skills = vec![];
    for skill in queries::competences_du_joueur(app.store().pool(), player, None, SKILLS).await? {
        let id = skill.competence.competence_id;
        let learned = ApprentissageId::du_joueur(id, player);
        let definition = engine.load::<Competence>(id).await?;
        let learned = engine.load::<Apprentissage>(learned).await?;
        skills.push((definition, learned));
    }
    let skills: Vec<_> = skills
        .iter()
        .filter_map(|(skill, learned)| Some((skill.state.fiche()?.as_ref(), &learned.state)))
        .collect();
    let world = World::new(0);
    let who = (player, &known.state, &bag.state);
    let entry = entry(combat, Camp::Allies, 0);
    let mut fighter = joueur(entry, who, &skills, world.catalogue(), hasard);
    fighter.objets.clear();
    Ok(fighter)
}

async fn zone_name(app: &App, zone: ZoneId) -> Result<String, Problem> {
    let world = queries::etat_du_monde(app.store().pool()).await?;
    let known = world.and_then(|world| Some(world.zones_decouvertes.get(&zone)?.nom.to_string()));
    Ok(known.unwrap_or_else(|| "Terres inconnues".to_owned()))
}
