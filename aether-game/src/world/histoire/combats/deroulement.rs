//! Turns: everybody does what suits him, when it is his turn.

use std::sync::Arc;

use chrono::TimeDelta;

use super::super::History;
use super::super::agenda::Tache;
use crate::bots::Tactic;
use crate::combat::{Combat, CombatCommand, ParticipantId, TypeEntite};
use crate::values::CombatId;

impl History {
    /// The one whose turn it is acts, or its time is over.
    pub(in crate::world::histoire) fn joue(&mut self, id: CombatId) {
        let combat: Arc<Combat> = self.scribe.state(id);
        let Some(actif) = combat.participant_actif() else { return self.finit(id, None) };
        let command = self.coup(&combat, actif);
        drop(combat);
        let cause = self.scribe.pen().execute(id, command).unwrap_or_default();
        let combat: Arc<Combat> = self.scribe.state(id);
        if combat.resultat().is_some() {
            return self.finit(id, cause);
        }
        let attente = self.attente(&combat);
        self.agenda.inscrit(attente, Tache::Jouer { combat: id });
    }

    fn coup(&self, combat: &Combat, actif: ParticipantId) -> CombatCommand {
        let maintenant = self.now();
        let depasse = |quand: Option<chrono::DateTime<chrono::Utc>>| {
            quand.is_some_and(|quand| maintenant >= quand)
        };
        if depasse(combat.limite()) {
            return CombatCommand::VerifierLimite;
        }
        if depasse(combat.echeance_tour()) {
            return CombatCommand::ExpirerTour { numero_tour: combat.numero_tour() };
        }
        let tactique = combat.participant(actif).map(|vue| Tactic::suited_to(vue.fiche));
        tactique.unwrap_or(Tactic::Aggressive).choose(combat, actif)
    }

    /// Seconds, in most cases; now and then a player lets his time run out.
    fn attente(&mut self, combat: &Combat) -> TimeDelta {
        let actif = combat.participant_actif().and_then(|id| combat.participant(id));
        let joueur = actif.is_some_and(|vue| vue.fiche.type_entite == TypeEntite::Joueur);
        let echeance = combat.echeance_tour().map(|quand| quand - self.now());
        match echeance.filter(|_| joueur && self.hasard.below(200) == 0) {
            Some(echeance) => echeance + TimeDelta::seconds(1),
            None => TimeDelta::milliseconds(self.hasard.between(900, 5_000).into()),
        }
    }
}
