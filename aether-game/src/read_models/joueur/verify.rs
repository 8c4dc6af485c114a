//! What the tables of players have to say: the states of the aggregates, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;

use super::rows::{Joueur as Row, NiveauAtteint};
use crate::joueur::{Joueur, JoueurEvent, experience_requise};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{JoueurId, Niveau};

#[derive(Default)]
pub(super) struct Joueurs {
    joueurs: BTreeMap<JoueurId, Folded>,
    niveaux: Vec<NiveauAtteint>,
}

#[derive(Default)]
struct Folded {
    joueur: Joueur,
    cree_a: DateTime<Utc>,
    sequence: i64,
}

impl Fold for Joueurs {
    const AGGREGATES: &'static [&'static str] = &[Joueur::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: JoueurEvent = recorded.decode()?;
        let joueur_id = JoueurId::from(recorded.aggregate_id.as_uuid());
        let folded = self.joueurs.entry(joueur_id).or_default();
        folded.joueur.apply(&event);
        folded.sequence = sequence(recorded.position);
        if let JoueurEvent::JoueurCree { cree_a, .. } = event {
            folded.cree_a = cree_a;
        }
        if let JoueurEvent::NiveauAtteint { atteint_a, .. } = event {
            self.niveaux.push(NiveauAtteint {
                historique_id: recorded.event_id.as_uuid(),
                joueur_id,
                niveau_atteint: folded.joueur.niveau(),
                experience_total: folded.joueur.experience(),
                atteint_a,
                event_sequence: sequence(recorded.position),
            });
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let rows = self.joueurs.into_iter().filter_map(|(id, folded)| folded.row(id));
        report.compare(pool, rows).await?;
        report.compare(pool, self.niveaux).await
    }
}

impl Folded {
    fn row(self, joueur_id: JoueurId) -> Option<Row> {
        let joueur = &self.joueur;
        let identite = joueur.identite()?;
        Some(Row {
            joueur_id,
            username: identite.username.clone(),
            pseudo: identite.pseudo.clone(),
            classe: identite.classe,
            niveau: joueur.niveau(),
            experience: joueur.experience(),
            experience_prochain_niveau: joueur.niveau().plus(Niveau::MIN).map(experience_requise),
            stats_base: joueur.stats_base(),
            stats_equipement: joueur.stats_equipement(),
            stats_totales: joueur.stats_totales(),
            or: joueur.or(),
            gemmes: 0,
            titre: None,
            guilde_id: None,
            guilde_nom: None,
            reputation: json!({}),
            realisations: json!([]),
            statistiques_jeu: joueur.bilan(),
            derniere_connexion: joueur.derniere_connexion(),
            cree_a: self.cree_a,
            last_event_sequence: self.sequence,
            points_competence: joueur.points_competence(),
            ordres_ouverts: u32::try_from(joueur.ordres().len()).unwrap_or(u32::MAX),
            combat_id: joueur.combat(),
        })
    }
}
