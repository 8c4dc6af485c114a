//! What a batch changes about players: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::rows::NiveauAtteint;
use crate::joueur::{Classe, JoueurEvent, Stats};
use crate::read_models::{row, sequence};
use crate::values::{CombatId, Experience, JoueurId, Niveau, Or};

/// Changes of `joueurs`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Joueurs(BTreeMap<JoueurId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    joueur_id: Option<JoueurId>,
    username: Option<String>,
    pseudo: Option<String>,
    classe: Option<Classe>,
    /// With it comes `experience_prochain_niveau`, which may be none.
    niveau: Option<Niveau>,
    experience: Option<Experience>,
    experience_prochain_niveau: Option<Experience>,
    stats_base: Option<Stats>,
    stats_equipement: Option<Stats>,
    stats_totales: Option<Stats>,
    or: Option<Or>,
    /// Those members that changed.
    statistiques_jeu: Map<String, Value>,
    derniere_connexion: Option<DateTime<Utc>>,
    cree_a: Option<DateTime<Utc>>,
    points_competence: Option<u32>,
    ordres_ouverts: Option<u32>,
    /// With it comes `combat_id`, which may be none.
    combat_change: bool,
    combat_id: Option<CombatId>,
    last_event_sequence: i64,
}

impl Joueurs {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<JoueurEvent>) {
        let joueur_id = JoueurId::from(recorded.aggregate_id.as_uuid());
        let change = self.0.entry(joueur_id).or_default();
        change.joueur_id = Some(joueur_id);
        change.last_event_sequence = sequence(recorded.position);
        change.apply(&recorded.event);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_joueurs.sql"), tx).await
    }
}

impl Change {
    fn apply(&mut self, event: &JoueurEvent) {
        match event {
            JoueurEvent::JoueurCree { .. } => self.create(event),
            JoueurEvent::JoueurConnecte { connecte_a, .. } => {
                self.derniere_connexion = Some(*connecte_a);
            }
            JoueurEvent::ExperienceGagnee { apres, .. } => self.experience = Some(*apres),
            JoueurEvent::NiveauAtteint {
                nouveau_niveau,
                points_competence,
                stats_base,
                stats_totales,
                experience_prochain_niveau,
                ..
            } => {
                self.niveau = Some(*nouveau_niveau);
                self.experience_prochain_niveau = *experience_prochain_niveau;
                self.points_competence = Some(*points_competence);
                self.stats_base = Some(*stats_base);
                self.stats_totales = Some(*stats_totales);
            }
            JoueurEvent::StatsModifiees { base, equipement, totales, .. } => {
                self.stats_base = Some(base.apres());
                self.stats_equipement = Some(equipement.apres());
                self.stats_totales = Some(*totales);
            }
            JoueurEvent::ClasseChangee { nouvelle_classe, .. } => {
                self.classe = Some(*nouvelle_classe);
            }
            JoueurEvent::PointsCompetenceDepenses { apres, .. } => {
                self.points_competence = Some(*apres);
            }
            JoueurEvent::OrModifie { apres, .. } => self.or = Some(*apres),
            JoueurEvent::OrdreCompteOuvert { ouverts_apres, .. }
            | JoueurEvent::OrdreCompteFerme { ouverts_apres, .. } => {
                self.ordres_ouverts = Some(*ouverts_apres);
            }
            JoueurEvent::CombatRejoint { combat_id, .. } => self.combat(Some(*combat_id)),
            JoueurEvent::CombatQuitte { bilan, .. } => {
                self.combat(None);
                self.statistiques(json!(bilan));
            }
            JoueurEvent::JoueurMort { morts, .. } => self.statistiques(json!({ "morts": morts })),
        }
    }

    fn create(&mut self, event: &JoueurEvent) {
        let JoueurEvent::JoueurCree {
            username,
            pseudo,
            classe,
            niveau,
            experience_prochain_niveau,
            stats_base,
            or,
            cree_a,
            ..
        } = event
        else {
            return;
        };
        self.username = Some(username.clone());
        self.pseudo = Some(pseudo.clone());
        self.classe = Some(*classe);
        self.niveau = Some(*niveau);
        self.experience_prochain_niveau = *experience_prochain_niveau;
        self.stats_base = Some(*stats_base);
        self.stats_totales = Some(*stats_base);
        self.or = Some(*or);
        self.cree_a = Some(*cree_a);
    }

    fn combat(&mut self, combat: Option<CombatId>) {
        self.combat_change = true;
        self.combat_id = combat;
    }

    fn statistiques(&mut self, changed: Value) {
        if let Value::Object(changed) = changed {
            self.statistiques_jeu.extend(changed);
        }
    }
}

/// New rows of `historique_niveau`.
#[derive(Default)]
pub(super) struct Niveaux(Vec<NiveauAtteint>);

impl Niveaux {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<JoueurEvent>) {
        if let JoueurEvent::NiveauAtteint { nouveau_niveau, experience_totale, atteint_a, .. } =
            &recorded.event
        {
            self.0.push(NiveauAtteint {
                historique_id: recorded.event_id.as_uuid(),
                joueur_id: JoueurId::from(recorded.aggregate_id.as_uuid()),
                niveau_atteint: *nouveau_niveau,
                experience_total: *experience_totale,
                atteint_a: *atteint_a,
                event_sequence: sequence(recorded.position),
            });
        }
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        row::write(&self.0, include_str!("sql/insert_niveaux.sql"), tx).await
    }
}
