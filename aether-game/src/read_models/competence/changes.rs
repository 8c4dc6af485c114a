//! What a batch changes about skills: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::rows::Competence;
use crate::competence::{
    ApprentissageEvent, BarreEvent, CompetenceApprise, CompetenceEvent, ModificateursActifs,
};
use crate::read_models::{row, sequence};
use crate::values::{
    ApprentissageId, CompetenceId, Experience, JoueurId, NiveauCompetence, PositionBarre,
};

/// New rows of `competences`. A definition never changes.
#[derive(Default)]
pub(super) struct Competences(Vec<Competence>);

impl Competences {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &CompetenceEvent) {
        let CompetenceEvent::CompetenceCreee(fiche) = event;
        self.0.push(Competence::of(fiche, sequence(recorded.position)));
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        row::write(&self.0, include_str!("sql/insert_competences.sql"), tx).await
    }
}

/// Changes of `competences_joueur`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Apprises(BTreeMap<ApprentissageId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    competence_joueur_id: Option<ApprentissageId>,
    joueur_id: Option<JoueurId>,
    competence_id: Option<CompetenceId>,
    niveau_competence: Option<NiveauCompetence>,
    experience_competence: Option<Experience>,
    modificateurs_actifs: Option<ModificateursActifs>,
    apprise_a: Option<DateTime<Utc>>,
    dernier_usage: Option<DateTime<Utc>>,
    /// With them comes `cooldown_releve_a`.
    cooldown_restant_secondes: Option<u32>,
    cooldown_fin_a: Option<DateTime<Utc>>,
    cooldown_releve_a: Option<DateTime<Utc>>,
    /// Whether the batch says where it lies, which may be nowhere.
    posee: bool,
    position_barre: Option<PositionBarre>,
    /// Else: the places that it is in no more, if it was.
    positions_quittees: Vec<PositionBarre>,
    last_event_sequence: i64,
}

impl Apprises {
    /// Takes an event of a learned skill in.
    pub(super) fn learn(&mut self, recorded: &RecordedEvent, event: &ApprentissageEvent) {
        self.change(recorded, ApprentissageId::new(recorded.aggregate_id.as_uuid())).apply(event);
    }

    /// Takes an event of a bar in.
    pub(super) fn place(&mut self, recorded: &RecordedEvent, event: &BarreEvent) {
        let BarreEvent::BarreModifiee {
            joueur_id,
            position,
            competence_avant,
            competence_apres,
            ..
        } = event;
        let apprise =
            |competence: &CompetenceId| ApprentissageId::du_joueur(*competence, *joueur_id);
        if let Some(id) = competence_avant.as_ref().map(apprise) {
            self.change(recorded, id).leave(*position);
        }
        if let Some(id) = competence_apres.as_ref().map(apprise) {
            self.change(recorded, id).lie(Some(*position));
        }
    }

    fn change(&mut self, recorded: &RecordedEvent, id: ApprentissageId) -> &mut Change {
        let change = self.0.entry(id).or_default();
        change.competence_joueur_id = Some(id);
        change.last_event_sequence = sequence(recorded.position);
        change
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_competences_joueur.sql"), tx).await
    }
}

impl Change {
    fn apply(&mut self, event: &ApprentissageEvent) {
        match event {
            ApprentissageEvent::CompetenceApprise(apprise) => self.learn(apprise),
            ApprentissageEvent::CompetenceUtilisee { experience_apres, utilisee_a, .. } => {
                self.experience_competence = Some(*experience_apres);
                self.dernier_usage = Some(*utilisee_a);
            }
            ApprentissageEvent::CooldownDemarre { duree_secondes, debute_a, finit_a, .. } => {
                self.cooldown_restant_secondes = Some(*duree_secondes);
                self.cooldown_fin_a = Some(*finit_a);
                self.cooldown_releve_a = Some(*debute_a);
            }
            ApprentissageEvent::CompetenceAmelioree {
                niveau_apres, modificateurs_apres, ..
            } => {
                self.niveau_competence = Some(*niveau_apres);
                self.modificateurs_actifs = Some(*modificateurs_apres);
            }
        }
    }

    fn learn(&mut self, apprise: &CompetenceApprise) {
        self.joueur_id = Some(apprise.joueur_id);
        self.competence_id = Some(apprise.competence_id);
        self.niveau_competence = Some(apprise.niveau_competence);
        self.experience_competence = Some(apprise.experience_competence);
        self.modificateurs_actifs = Some(apprise.modificateurs_actifs);
        self.apprise_a = Some(apprise.apprise_a);
    }

    fn lie(&mut self, position: Option<PositionBarre>) {
        self.posee = true;
        self.position_barre = position;
    }

    /// It is not in this place any more; it may have been put into another one before.
    fn leave(&mut self, position: PositionBarre) {
        match self.posee {
            true if self.position_barre == Some(position) => self.lie(None),
            true => {}
            false => self.positions_quittees.push(position),
        }
    }
}
