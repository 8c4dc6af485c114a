//! Players: what is public, and what is a player's own.

use aether_core::uuid::Uuid;
use aether_game::values::JoueurId;
use async_graphql::{ComplexObject, Context, Object};
use axum::Json;

use super::{Found, found};
use crate::cursor::Liste;
use crate::graphql::caller::Caller;
use crate::graphql::limits::{STATEMENT, list};
use crate::graphql::liste::page;
use crate::graphql::loaders::Loaders;
use crate::problem::{Code, Problem};
use crate::request::{InPath, InQuery};
use crate::rest::{competences, joueurs, quetes};
use crate::view::competence::CompetenceVue;
use crate::view::marche::{OrdreVu, TransactionVue};
use crate::view::niveau::NiveauVu;
use crate::view::profil::{Prive, Profil};
use crate::view::quete::ProgresVu;
use crate::view::sac::{PieceVue, SacVu};

/// Players that are asked for by id at a time.
const MOST: usize = 100;

#[derive(Default)]
pub(in crate::graphql) struct Joueurs;

#[Object]
impl Joueurs {
    /// A player.
    async fn joueur(&self, id: Uuid) -> Joueur {
        Joueur(id.into())
    }

    /// Players, at most 100.
    #[graphql(complexity = "ids.len().saturating_mul(child_complexity)")]
    async fn joueurs(&self, ids: Vec<Uuid>) -> Found<Vec<Joueur>> {
        found(async {
            if ids.len() > MOST {
                return Err(Problem::new(Code::PARAMETER).detail("at most 100 players at a time"));
            }
            Ok(Some(ids.into_iter().map(|id| Joueur(id.into())).collect()))
        })
        .await
    }

    /// The own player.
    async fn moi(&self, context: &Context<'_>) -> Found<Joueur> {
        found(async {
            let holder = Caller::of(context)?.holder()?;
            Ok(Some(Joueur(holder.0.player)))
        })
        .await
    }
}

/// A player.
pub(in crate::graphql) struct Joueur(pub(in crate::graphql) JoueurId);

#[Object]
impl Joueur {
    async fn joueur_id(&self) -> Uuid {
        self.0.as_uuid()
    }

    /// The profile.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn profil(&self, context: &Context<'_>) -> Found<Profil> {
        found(async {
            let found = Loaders::here(context)?.profils.load_one(self.0).await?;
            let joueur = found.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
            Ok(Some(Profil::of(joueur, Caller::of(context)?.eyes())))
        })
        .await
    }

    /// What the player wears, from head to accessories.
    #[graphql(complexity = "STATEMENT + child_complexity")]
    async fn tenue(&self, context: &Context<'_>) -> Found<Vec<PieceVue>> {
        found(async {
            let found = Loaders::here(context)?.tenues.load_one(self.0).await?;
            let eyes = Caller::of(context)?.eyes();
            let pieces = found.into_iter().flat_map(|tenue| tenue.pieces);
            Ok(Some(pieces.map(|piece| PieceVue::of(piece, eyes)).collect()))
        })
        .await
    }

    /// The levels that the player reached, the newest first.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn niveaux(
        &self,
        context: &Context<'_>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<NiveauVu>> {
        found(async {
            let (app, after) = Caller::of(context)?.read();
            let page = InQuery(page(limite, curseur));
            let Json(levels) = joueurs::levels::levels(app, InPath(self.0), page, after).await?;
            Ok(Some(levels))
        })
        .await
    }

    /// The bag, slot by slot. One's own.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn sac(
        &self,
        context: &Context<'_>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<SacVu> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let page = InQuery(page(limite, curseur));
            let (app, after) = caller.read();
            let Json(bag) = joueurs::bag::bag(app, holder, InPath(self.0), page, after).await?;
            Ok(Some(bag))
        })
        .await
    }

    /// The skills that the player has learned, by id. One's own.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn competences(
        &self,
        context: &Context<'_>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<CompetenceVue>> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let page = InQuery(page(limite, curseur));
            let (app, after) = caller.read();
            let skills = competences::own::own(app, holder, InPath(self.0), page, after);
            let Json(skills) = skills.await?;
            Ok(Some(skills))
        })
        .await
    }

    /// The quests in progress, the newest first: 100 at most. One's own.
    #[graphql(complexity = "list(None, child_complexity)")]
    async fn quetes(&self, context: &Context<'_>) -> Found<Vec<ProgresVu>> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let (app, after) = caller.read();
            let Json(quests) = quetes::own::own(app, holder, InPath(self.0), after).await?;
            Ok(Some(quests))
        })
        .await
    }

    /// The open orders, the oldest first. One's own.
    #[graphql(complexity = "list(Some(100), child_complexity)")]
    async fn ordres(&self, context: &Context<'_>) -> Found<Vec<OrdreVu>> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let (app, after) = caller.read();
            let Json(orders) = joueurs::orders::orders(app, holder, InPath(self.0), after).await?;
            Ok(Some(orders))
        })
        .await
    }

    /// What the player bought and sold, the newest first. One's own.
    #[graphql(complexity = "list(limite, child_complexity)")]
    async fn transactions(
        &self,
        context: &Context<'_>,
        limite: Option<u32>,
        curseur: Option<String>,
    ) -> Found<Liste<TransactionVue>> {
        found(async {
            let caller = Caller::of(context)?;
            let holder = caller.holder()?;
            let page = InQuery(page(limite, curseur));
            let (app, after) = caller.read();
            let trades = joueurs::trades::trades(app, holder, InPath(self.0), page, after);
            let Json(trades) = trades.await?;
            Ok(Some(trades))
        })
        .await
    }
}

#[ComplexObject]
impl Profil {
    /// What is the player's own.
    async fn prive(&self, context: &Context<'_>) -> Found<&Prive> {
        found(async {
            Caller::of(context)?.holder()?.0.must_see(self.joueur_id.into())?;
            Ok(self.prive.as_ref())
        })
        .await
    }
}
