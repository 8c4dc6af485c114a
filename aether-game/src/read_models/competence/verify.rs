//! What the tables of skills have to say: the states of the aggregates, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, Recorded, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::EvenementDeCompetence;
use super::rows::{Competence as Row, CompetenceJoueur};
use crate::competence::{Apprentissage, ApprentissageEvent, Barre, BarreEvent, Competence};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{ApprentissageId, CompetenceId, JoueurId};

#[derive(Default)]
pub(super) struct Competences {
    competences: BTreeMap<CompetenceId, (Competence, i64)>,
    apprises: BTreeMap<ApprentissageId, Folded>,
    barres: BTreeMap<JoueurId, Barre>,
}

#[derive(Default)]
struct Folded {
    apprise: Apprentissage,
    /// When it began to rest last.
    repos_a: Option<DateTime<Utc>>,
    sequence: i64,
}

impl Fold for Competences {
    const AGGREGATES: &'static [&'static str] = &[Competence::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let sequence = sequence(recorded.position);
        let id = recorded.aggregate_id.as_uuid();
        match Recorded::<EvenementDeCompetence>::read(recorded.clone())?.map(|it| it.event) {
            Some(EvenementDeCompetence::Definition(event)) => {
                let (competence, last) = self.competences.entry(CompetenceId::new(id)).or_default();
                competence.apply(&event);
                *last = sequence;
            }
            Some(EvenementDeCompetence::Apprentissage(event)) => {
                let folded = self.apprises.entry(ApprentissageId::new(id)).or_default();
                folded.apprise.apply(&event);
                folded.sequence = sequence;
                if let ApprentissageEvent::CooldownDemarre { debute_a, .. } = event {
                    folded.repos_a = Some(debute_a);
                }
            }
            Some(EvenementDeCompetence::Barre(event)) => self.place(&event, sequence),
            None => {}
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let competences = self.competences.into_values();
        let rows = competences.filter_map(|(it, last)| it.fiche().map(|it| Row::of(it, last)));
        report.compare(pool, rows).await?;
        let releves = releves(pool).await?;
        let apprises = self.apprises.into_iter();
        let rows = apprises.filter_map(|(id, folded)| folded.row(id, &self.barres, &releves));
        report.compare(pool, rows).await
    }
}

impl Competences {
    fn place(&mut self, event: &BarreEvent, sequence: i64) {
        let BarreEvent::BarreModifiee { joueur_id, competence_avant, competence_apres, .. } = event;
        self.barres.entry(*joueur_id).or_default().apply(event);
        for competence in [competence_avant, competence_apres].into_iter().flatten() {
            let id = ApprentissageId::du_joueur(*competence, *joueur_id);
            self.apprises.entry(id).or_default().sequence = sequence;
        }
    }
}

impl Folded {
    fn row(
        self,
        competence_joueur_id: ApprentissageId,
        barres: &BTreeMap<JoueurId, Barre>,
        releves: &BTreeMap<ApprentissageId, DateTime<Utc>>,
    ) -> Option<CompetenceJoueur> {
        let apprise = self.apprise.apprise()?;
        let (joueur_id, competence_id) = (apprise.joueur_id, apprise.competence_id);
        let position = barres.get(&joueur_id).and_then(|barre| barre.position(competence_id));
        let fin = self.apprise.au_repos(DateTime::<Utc>::MIN_UTC);
        let releve = self.repos_a.max(releves.get(&competence_joueur_id).copied());
        Some(CompetenceJoueur {
            competence_joueur_id,
            joueur_id,
            competence_id,
            niveau_competence: self.apprise.niveau()?,
            experience_competence: self.apprise.experience(),
            assignee_barre: position.is_some(),
            position_barre: position,
            cooldown_restant_secondes: fin
                .zip(releve)
                .map_or(0, |(fin, releve)| secondes(releve, fin)),
            dernier_usage: self.apprise.dernier_usage(),
            modificateurs_actifs: self.apprise.modificateurs(),
            last_event_sequence: self.sequence,
            apprise_a: apprise.apprise_a,
            cooldown_fin_a: fin,
            cooldown_releve_a: releve,
        })
    }
}

/// As of when the job has brought the rests that it says it has.
async fn releves(pool: &PgPool) -> Result<BTreeMap<ApprentissageId, DateTime<Utc>>, Error> {
    let sql = "SELECT competence_joueur_id, cooldown_releve_a FROM competences_joueur
        WHERE cooldown_releve_a IS NOT NULL";
    let mut releves = BTreeMap::new();
    for row in sqlx::query(sql).fetch_all(pool).await? {
        releves.insert(ApprentissageId::new(row.try_get::<Uuid, _>(0)?), row.try_get(1)?);
    }
    Ok(releves)
}

/// The seconds from one time to another, rounded up; none if that is over.
fn secondes(de: DateTime<Utc>, a: DateTime<Utc>) -> u32 {
    let microsecondes = (a - de).num_microseconds().unwrap_or(i64::MAX);
    u32::try_from(microsecondes.max(0).cast_unsigned().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}
