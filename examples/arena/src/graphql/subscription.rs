//! What can be listened to: the facts of the channels that the sockets have, for the same eyes.

use aether_core::uuid::Uuid;
use async_graphql::{Context, Json, SimpleObject};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};

use super::caller::Caller;
use crate::problem::{Code, Problem};
use crate::realtime::subscription::{self, Shown, Subscription};
use crate::realtime::{Canal, Fait, Place};
use crate::view::canal;

/// What happens on a channel. If it cannot go on, the last item is an error: subscribe again, after the last position.
type Faits = BoxStream<'static, Result<FaitDuCanal, Problem>>;

pub(in crate::graphql) struct Subscriptions;

/// Facts come in the order of the log, none twice and none left out: after the position `apres` of one that was told before. Without one, and
/// where much happened since, a fact of the type `image` comes first: how things stand.
#[async_graphql::Subscription(name = "Subscription")]
impl Subscriptions {
    /// What happens in a combat.
    async fn combat(
        &self,
        context: &Context<'_>,
        id: Uuid,
        apres: Option<String>,
    ) -> Result<Faits, Problem> {
        listen(context, Canal::Combat(id.into()), apres).await
    }

    /// What the own player should know.
    async fn moi(&self, context: &Context<'_>, apres: Option<String>) -> Result<Faits, Problem> {
        let player = Caller::of(context)?.holder()?.0.player;
        listen(context, Canal::Joueur(player), apres).await
    }

    /// What happens in a zone.
    async fn zone(
        &self,
        context: &Context<'_>,
        id: Uuid,
        apres: Option<String>,
    ) -> Result<Faits, Problem> {
        listen(context, Canal::Zone(id.into()), apres).await
    }

    /// What everybody should know.
    async fn monde(&self, context: &Context<'_>, apres: Option<String>) -> Result<Faits, Problem> {
        listen(context, Canal::Monde, apres).await
    }

    /// The book of an item.
    async fn marche(
        &self,
        context: &Context<'_>,
        item: Uuid,
        apres: Option<String>,
    ) -> Result<Faits, Problem> {
        listen(context, Canal::Marche(item.into()), apres).await
    }

    /// The board of levels.
    async fn classement(
        &self,
        context: &Context<'_>,
        apres: Option<String>,
    ) -> Result<Faits, Problem> {
        listen(context, Canal::Classement, apres).await
    }
}

/// Something that happened, as the sockets tell it.
#[derive(SimpleObject)]
#[graphql(name = "Fait")]
struct FaitDuCanal {
    /// Where it stands: `apres` goes on after it.
    position: String,
    /// What it is.
    #[graphql(name = "type")]
    kind: String,
    donnees: Json<Value>,
}

async fn listen(
    context: &Context<'_>,
    canal: Canal,
    apres: Option<String>,
) -> Result<Faits, Problem> {
    let caller = Caller::of(context)?;
    if !canal::may_listen(caller.eyes(), canal) {
        return Err(Problem::new(Code::FORBIDDEN));
    }
    let after = apres.map(|text| text.parse::<Place>()).transpose();
    let after = after.map_err(|_| {
        Problem::new(Code::PARAMETER).detail("apres has to be a position that this server gave")
    })?;
    let open = subscription::open(&caller.app, canal, caller.eyes(), after).await?;
    let Subscription { place, picture, faits } = open;
    let picture = picture.map(|picture| Ok(FaitDuCanal::image(place, picture)));
    let faits = faits.map(|fait| fait.map(FaitDuCanal::of).map_err(Problem::from));
    Ok(stream::iter(picture).chain(faits).boxed())
}

impl FaitDuCanal {
    /// How things stand, in the place of what happened before.
    fn image(place: Place, Shown { etat, restaure }: Shown) -> Self {
        let donnees = Json(json!({ "etat": etat, "restaure": restaure }));
        Self { position: place.to_string(), kind: "image".to_owned(), donnees }
    }

    fn of(fait: Fait) -> Self {
        let Fait { place, kind, donnees } = fait;
        Self { position: place.to_string(), kind, donnees: Json(donnees) }
    }
}
