//! What the tables of the arena have to say: the states of combats, and their results one after the other.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use sqlx::PgPool;

use super::rows::{CombatCote, CoteArene, Duelliste};
use super::{elo, est_cote};
use crate::combat::{Combat, CombatEvent, TypeEntite};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{CombatId, JoueurId};

#[derive(Default)]
pub(super) struct Arene {
    combats: BTreeMap<CombatId, CombatCote>,
    cotes: BTreeMap<JoueurId, CoteArene>,
}

impl Fold for Arene {
    const AGGREGATES: &'static [&'static str] = &[Combat::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let combat_id = CombatId::from(recorded.aggregate_id);
        match recorded.decode()? {
            event @ CombatEvent::CombatDemarre { .. } => {
                let mut combat = Combat::default();
                combat.apply(&event);
                let depart = combat.depart().filter(|depart| est_cote(depart.type_combat));
                if depart.is_some() {
                    let last_event_sequence = sequence(recorded.position);
                    let joueurs = joueurs(&combat);
                    let row = CombatCote { combat_id, joueurs, last_event_sequence };
                    self.combats.insert(combat_id, row);
                }
            }
            CombatEvent::CombatTermine { vainqueurs, .. } => {
                let Some(combat) = self.combats.remove(&combat_id) else { return Ok(()) };
                let before = |id| self.cotes.get(&id).map_or(elo::DEPART, |row| row.cote);
                let after = combat.resultat(&vainqueurs, before);
                let after = after.into_iter().map(|(joueur, cote)| {
                    let known = self.cotes.get(&joueur.joueur_id);
                    CoteArene {
                        joueur_id: joueur.joueur_id,
                        nom: joueur.nom.clone(),
                        cote,
                        combats: known.map_or(0, |row| row.combats) + 1,
                        dernier_combat_id: combat_id,
                        last_event_sequence: sequence(recorded.position),
                    }
                });
                let after: Vec<_> = after.map(|row| (row.joueur_id, row)).collect();
                self.cotes.extend(after);
            }
            _ => {}
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        report.compare(pool, self.cotes.into_values()).await?;
        report.compare(pool, self.combats.into_values()).await
    }
}

fn joueurs(combat: &Combat) -> Vec<Duelliste> {
    let fiches = combat.participants().map(|vue| vue.fiche);
    let joueurs = fiches.filter(|fiche| fiche.type_entite == TypeEntite::Joueur);
    let joueurs = joueurs.map(|fiche| Duelliste {
        participant_id: fiche.participant_id,
        joueur_id: fiche.entite_id.joueur(),
        nom: fiche.nom.clone(),
        camp: fiche.camp,
    });
    joueurs.collect()
}
