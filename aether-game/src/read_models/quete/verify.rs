//! What the tables of quests have to say: the states of the aggregates, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, Recorded, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::EvenementDeQuete;
use super::rows::{Avancement, Quete as Row, QueteJoueur};
use crate::quete::{EtatQuete, Progres, ProgresEvent, Quete};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{ProgresId, QueteId};

#[derive(Default)]
pub(super) struct Quetes {
    quetes: BTreeMap<QueteId, (Quete, i64)>,
    progres: BTreeMap<ProgresId, Folded>,
}

#[derive(Default)]
struct Folded {
    progres: Progres,
    /// When an attempt was finished last.
    terminee_a: Option<DateTime<Utc>>,
    sequence: i64,
}

impl Fold for Quetes {
    const AGGREGATES: &'static [&'static str] = &[Quete::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let sequence = sequence(recorded.position);
        let id = recorded.aggregate_id.as_uuid();
        match Recorded::<EvenementDeQuete>::read(recorded.clone())?.map(|it| it.event) {
            Some(EvenementDeQuete::Definition(event)) => {
                let (quete, last) = self.quetes.entry(QueteId::new(id)).or_default();
                quete.apply(&event);
                *last = sequence;
            }
            Some(EvenementDeQuete::Progres(event)) => {
                let folded = self.progres.entry(ProgresId::new(id)).or_default();
                folded.progres.apply(&event);
                folded.sequence = sequence;
                if let ProgresEvent::QueteTerminee { terminee_a, .. } = event {
                    folded.terminee_a = Some(terminee_a);
                }
            }
            None => {}
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let quetes = self.quetes.into_values();
        let quetes = quetes.filter_map(|(it, last)| it.fiche().map(|fiche| Row::of(fiche, last)));
        report.compare(pool, quetes).await?;
        let progres = self.progres.into_iter();
        report.compare(pool, progres.filter_map(|(id, folded)| folded.row(id))).await
    }
}

impl Folded {
    fn row(self, quete_joueur_id: ProgresId) -> Option<QueteJoueur> {
        let progres = &self.progres;
        let engagement = progres.engagement()?;
        let etat = progres.etat()?;
        let avancement = |requis, fait| Avancement { fait, requis };
        let objectifs = progres.objectifs();
        Some(QueteJoueur {
            quete_joueur_id,
            joueur_id: engagement.joueur_id,
            quete_id: engagement.quete_id,
            etat,
            progres_objectifs: objectifs
                .map(|(it, fait)| (it.id, avancement(it.requis.get(), fait)))
                .collect(),
            pourcentage_completion: progres.pourcentage(),
            suivie: progres.est_suivie(),
            acceptee_a: engagement.acceptee_a,
            completee_a: self.terminee_a.filter(|_| etat == EtatQuete::Complete),
            expire_a: engagement.expire_a,
            last_event_sequence: self.sequence,
            tentative: engagement.tentative,
            recompense_due: progres.recompense_due(),
            deja_terminee: progres.est_terminee(),
            disponible_a: self.disponible_a(),
        })
    }

    fn disponible_a(&self) -> Option<DateTime<Utc>> {
        self.progres.engagement()?.disponible_a(self.terminee_a?)
    }
}
