//! Pictures: how things stand on a channel, for those who come new or have missed much.
//!
//! A picture shows everything up to its position at least. That of a combat shows exactly that; others may show a little more, so that
//! a fact after it may be in it already.

use aether_core::Aggregate as _;
use aether_core::backend::EventStore as _;
use aether_core::command::Loaded;
use aether_core::log::Load;
use aether_game::combat::{Combat, CombatEvent, CombatId};
use aether_game::economie::TypeOrdre;
use aether_game::queries;
use aether_game::values::ItemId;
use serde::Serialize;
use serde_json::{Value, json};

use super::channel::Canal;
use super::place::Place;
use crate::app::App;
use crate::position::After;
use crate::problem::{Code, Problem};
use crate::view::Eyes;
use crate::view::classement::RangVu;
use crate::view::combat::{CombatEnCoursVu, CombatVu};
use crate::view::marche::{NiveauVu, PrixVu};
use crate::view::monde::MondeVu;
use crate::view::profil::Profil;

/// Entries of a list in a picture.
const LIST: u32 = 100;
/// Prices of each side of a book.
const PRICES: u32 = 20;

/// A picture, and the place that facts follow from.
pub(super) struct Picture {
    pub(super) place: Place,
    pub(super) etat: Value,
}

/// The picture of a channel in these eyes. Some round trips; waits until the read models show the newest event.
pub(super) async fn take(app: &App, canal: Canal, eyes: Eyes) -> Result<Picture, Problem> {
    let place = app.hub().read_newest().await?;
    let shown =
        async |projections: &[&str]| After::at(place.position).shown_by(app, projections).await;
    let pool = app.store().pool();
    let etat = match canal {
        Canal::Combat(id) => return combat(app, id, eyes, place).await,
        Canal::Joueur(id) => {
            shown(&["joueurs"]).await?;
            let joueur = queries::profil(pool, id).await?;
            written(joueur.map(|joueur| Profil::of(joueur, eyes)))?
        }
        Canal::Zone(id) => {
            shown(&["combat"]).await?;
            let combats = queries::combats_en_cours(pool, id, None, LIST).await?;
            let combats: Vec<_> = combats.into_iter().map(CombatEnCoursVu::of).collect();
            json!({ "combats": written(combats)? })
        }
        Canal::Monde => {
            shown(&["monde"]).await?;
            written(queries::etat_du_monde(pool).await?.map(MondeVu::of).unwrap_or_default())?
        }
        Canal::Marche(item) => {
            shown(&["economie"]).await?;
            market(app, item).await?
        }
        Canal::Classement => {
            shown(&["joueurs"]).await?;
            let rangs = queries::classement(pool, None, LIST).await?;
            let rangs: Vec<_> = rangs.into_iter().map(RangVu::of).collect();
            json!({ "rangs": written(rangs)? })
        }
    };
    Ok(Picture { place, etat })
}

/// A combat, folded from its events up to the one that the place names.
async fn combat(app: &App, id: CombatId, eyes: Eyes, newest: Place) -> Result<Picture, Problem> {
    let history = app.store().load(Load::stream(Combat::stream(id))).await?;
    let mut folded = Loaded::<Combat>::default();
    let mut place = newest;
    for event in &history.events {
        folded.state.apply(&event.decode::<CombatEvent>()?);
        folded.version = event.version;
        place = event.anchor().into();
    }
    Ok(Picture { place, etat: written(CombatVu::of(id, &folded, eyes))? })
}

async fn market(app: &App, item: ItemId) -> Result<Value, Problem> {
    let pool = app.store().pool();
    let now = app.engine().now();
    let side = async |cote| {
        let levels = queries::profondeur(pool, item, cote, now, None, PRICES).await?;
        written(levels.into_iter().map(NiveauVu::of).collect::<Vec<_>>())
    };
    let prix = queries::prix(pool, item).await?;
    Ok(json!({
        "ventes": side(TypeOrdre::Vente).await?,
        "achats": side(TypeOrdre::Achat).await?,
        "prix": written(prix.map(PrixVu::of))?,
    }))
}

fn written(view: impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(view).map_err(|_| Problem::new(Code::INTERNAL))
}
