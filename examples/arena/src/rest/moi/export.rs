//! `GET /moi/export`: all of one's own data.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use futures::stream::unfold;
use serde::Serialize;
use tokio::sync::mpsc::{self, Sender};

use crate::app::App;
use crate::auth::who::{Account, Holder};
use crate::problem::{Problem, Written};
use crate::view::Eyes;
use crate::view::competence::CompetenceVue;
use crate::view::marche::{OrdreVu, TransactionVue};
use crate::view::niveau::NiveauVu;
use crate::view::profil::Profil;
use crate::view::quete::ProgresVu;
use crate::view::sac::{PieceVue, SlotVu};
use crate::view::session::SessionVue;

/// Rows that are read at once.
const PAGE: u32 = 100;

/// All of one's own data, one JSON object a line: `{"genre": …, "donnees": …}`. The last line is of the kind `fin`; one that lacks it
/// was cut off.
#[utoipa::path(
    get, path = "/moi/export", tag = "comptes", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the lines", body = String, content_type = "application/x-ndjson"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    State(app): State<App>,
    Holder(account): Holder,
) -> ([(HeaderName, HeaderValue); 2], Body) {
    let (lines, written) = mpsc::channel(8);
    tokio::spawn(async move {
        let export = Export { app, lines };
        if let Err(error) = export.all(&account).await {
            tracing::warn!(?error, "an export was cut off");
        }
    });
    let lines = unfold(written, |mut written| async move {
        let line: Bytes = written.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line), written))
    });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"arena.jsonl\"")),
    ];
    (headers, Body::from_stream(lines))
}

struct Export {
    app: App,
    lines: Sender<Bytes>,
}

#[derive(Serialize)]
struct Line<T> {
    genre: &'static str,
    donnees: T,
}

impl Export {
    /// Who has gone away is written nothing more.
    async fn line(&self, genre: &'static str, donnees: impl Serialize + Send) {
        let mut text = serde_json::to_vec(&Line { genre, donnees }).unwrap_or_default();
        text.push(b'\n');
        let _ = self.lines.send(text.into()).await;
    }

    async fn all(&self, account: &Account) -> Result<(), Problem> {
        let player = account.player;
        let eyes = Eyes::Player(player);
        let pool = self.app.store().pool();
        if let Some(joueur) = queries::profil(pool, player).await? {
            self.line("profil", Profil::of(joueur, eyes)).await;
        }
        for session in self.app.auth().sessions.shared.list(account.id).await? {
            self.line("session", SessionVue::of(&session, &account.session)).await;
        }
        if let Some(tenue) = queries::tenue(pool, player).await? {
            for piece in tenue.pieces {
                self.line("tenue", PieceVue::of(piece, eyes)).await;
            }
        }
        for ordre in queries::ordres_du_joueur(pool, player).await? {
            self.line("ordre", OrdreVu::of(ordre)).await;
        }
        self.bag(player).await?;
        self.trades(player).await?;
        self.levels(player).await?;
        self.skills(player).await?;
        self.quests(player).await?;
        self.line("fin", ()).await;
        Ok(())
    }

    async fn bag(&self, player: JoueurId) -> Result<(), Problem> {
        let mut after = None;
        while let Some(sac) = queries::sac(self.app.store().pool(), player, after, PAGE).await? {
            let Some(last) = sac.contenu.last() else { return Ok(()) };
            after = Some(last.slot.position_slot);
            for slot in sac.contenu {
                self.line("slot", SlotVu::of(slot)).await;
            }
        }
        Ok(())
    }

    async fn trades(&self, player: JoueurId) -> Result<(), Problem> {
        let mut before = None;
        loop {
            let pool = self.app.store().pool();
            let rows = queries::transactions_du_joueur(pool, player, before, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            before = Some(last.event_sequence);
            for row in rows {
                self.line("transaction", TransactionVue::of(row, player)).await;
            }
        }
    }

    async fn levels(&self, player: JoueurId) -> Result<(), Problem> {
        let mut before = None;
        loop {
            let pool = self.app.store().pool();
            let rows = queries::niveaux_atteints(pool, player, before, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            before = Some(last.event_sequence);
            for row in rows {
                self.line("niveau", NiveauVu::of(row)).await;
            }
        }
    }

    async fn skills(&self, player: JoueurId) -> Result<(), Problem> {
        let mut after = None;
        loop {
            let pool = self.app.store().pool();
            let rows = queries::competences_du_joueur(pool, player, after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.competence.competence_id);
            for row in rows {
                self.line("competence", CompetenceVue::of(row)).await;
            }
        }
    }

    async fn quests(&self, player: JoueurId) -> Result<(), Problem> {
        let mut after = None;
        loop {
            let pool = self.app.store().pool();
            let rows = queries::quetes_en_cours(pool, player, after.as_ref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.progres.clone());
            for row in rows {
                self.line("quete", ProgresVu::of(row)).await;
            }
        }
    }
}
