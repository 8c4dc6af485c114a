//! From what is shown to what it speaks of: by loaders, so that a list asks once.

use aether_core::uuid::Uuid;
use async_graphql::{ComplexObject, Context};

use super::joueurs::Joueur;
use super::{Found, found};
use crate::graphql::loaders::Loaders;
use crate::view::classement::RangVu;
use crate::view::combat::ParticipantVu;
use crate::view::item::ItemVu;
use crate::view::marche::{OrdreVu, TransactionVue};
use crate::view::sac::{PieceVue, SlotVu};

#[ComplexObject]
impl RangVu {
    /// The player.
    async fn joueur(&self) -> Joueur {
        Joueur(self.joueur_id.into())
    }
}

#[ComplexObject]
impl ParticipantVu {
    /// The player; none for others.
    async fn joueur(&self) -> Option<Joueur> {
        (self.type_entite == "JOUEUR").then(|| Joueur(self.entite_id.into()))
    }
}

#[ComplexObject]
impl SlotVu {
    /// The item.
    async fn item(&self, context: &Context<'_>) -> Found<ItemVu> {
        item(context, self.item_id).await
    }
}

#[ComplexObject]
impl PieceVue {
    /// The item.
    async fn item(&self, context: &Context<'_>) -> Found<ItemVu> {
        item(context, self.item_id).await
    }
}

#[ComplexObject]
impl OrdreVu {
    /// The item.
    async fn item(&self, context: &Context<'_>) -> Found<ItemVu> {
        item(context, self.item_id).await
    }
}

#[ComplexObject]
impl TransactionVue {
    /// The item.
    async fn item(&self, context: &Context<'_>) -> Found<ItemVu> {
        item(context, self.item_id).await
    }
}

/// An item; none until the catalogue's table knows it.
async fn item(context: &Context<'_>, id: Uuid) -> Found<ItemVu> {
    found(async {
        let found = Loaders::here(context)?.items.load_one(id.into()).await?;
        Ok(found.map(ItemVu::of))
    })
    .await
}
