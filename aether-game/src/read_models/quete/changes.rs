//! What a batch changes about quests: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::rows::{Avancement, Quete};
use crate::quete::progres::Engagement;
use crate::quete::{EtatQuete, ProgresEvent, QueteEvent};
use crate::read_models::{row, sequence};
use crate::values::{JoueurId, ObjectifId, Pourcent, ProgresId, QueteId};

/// New rows of `quetes`. A definition never changes.
#[derive(Default)]
pub(super) struct Quetes(Vec<Quete>);

impl Quetes {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &QueteEvent) {
        let QueteEvent::QueteCreee(fiche) = event;
        self.0.push(Quete::of(fiche, sequence(recorded.position)));
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        row::write(&self.0, include_str!("sql/insert_quetes.sql"), tx).await
    }
}

/// Changes of `quetes_joueur`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Progressions(BTreeMap<ProgresId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    quete_joueur_id: Option<ProgresId>,
    joueur_id: Option<JoueurId>,
    quete_id: Option<QueteId>,
    /// Of a new attempt: nothing of the one before stays.
    tentative: Option<u32>,
    acceptee_a: Option<DateTime<Utc>>,
    expire_a: Option<DateTime<Utc>>,
    etat: Option<EtatQuete>,
    /// Those objectives that came closer; all of them for a new attempt.
    progres_objectifs: BTreeMap<ObjectifId, Avancement>,
    pourcentage_completion: Option<Pourcent>,
    suivie: Option<bool>,
    completee_a: Option<DateTime<Utc>>,
    recompense_due: Option<bool>,
    /// Whether an attempt was finished. With it comes `disponible_a`, which may be none.
    terminee: bool,
    disponible_a: Option<DateTime<Utc>>,
    last_event_sequence: i64,
}

impl Progressions {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &ProgresEvent) {
        let quete_joueur_id = ProgresId::new(recorded.aggregate_id.as_uuid());
        let change = self.0.entry(quete_joueur_id).or_default();
        change.quete_joueur_id = Some(quete_joueur_id);
        change.last_event_sequence = sequence(recorded.position);
        change.apply(event);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_quetes_joueur.sql"), tx).await
    }
}

impl Change {
    fn apply(&mut self, event: &ProgresEvent) {
        match event {
            ProgresEvent::QueteAcceptee(engagement) => self.accept(engagement),
            ProgresEvent::ObjectifProgresse {
                objectif_id,
                apres,
                requis,
                pourcentage_apres,
                ..
            } => {
                let avancement = Avancement { fait: *apres, requis: *requis };
                self.progres_objectifs.insert(*objectif_id, avancement);
                self.pourcentage_completion = Some(*pourcentage_apres);
            }
            ProgresEvent::ObjectifComplete { .. } | ProgresEvent::EcheanceAtteinte { .. } => {}
            ProgresEvent::QueteTerminee { recompense_due, terminee_a, disponible_a, .. } => {
                self.etat = Some(EtatQuete::Complete);
                self.completee_a = Some(*terminee_a);
                self.recompense_due = Some(*recompense_due);
                self.terminee = true;
                self.disponible_a = *disponible_a;
            }
            ProgresEvent::RecompenseObtenue { .. } => self.recompense_due = Some(false),
            ProgresEvent::QueteEchouee { .. } => self.etat = Some(EtatQuete::Echouee),
            ProgresEvent::QueteAbandonnee { .. } => self.etat = Some(EtatQuete::Abandonee),
            ProgresEvent::SuiviModifie { suivie_apres, .. } => self.suivie = Some(*suivie_apres),
        }
    }

    fn accept(&mut self, engagement: &Engagement) {
        let depart = |requis| Avancement { fait: 0, requis };
        let objectifs = engagement.objectifs.iter();
        self.joueur_id = Some(engagement.joueur_id);
        self.quete_id = Some(engagement.quete_id);
        self.tentative = Some(engagement.tentative);
        self.acceptee_a = Some(engagement.acceptee_a);
        self.expire_a = engagement.expire_a;
        self.etat = Some(EtatQuete::EnCours);
        self.progres_objectifs = objectifs.map(|it| (it.id, depart(it.requis.get()))).collect();
        self.pourcentage_completion = Some(Pourcent::ZERO);
        self.suivie = Some(engagement.suivie);
        self.completee_a = None;
        self.recompense_due = Some(false);
    }
}
