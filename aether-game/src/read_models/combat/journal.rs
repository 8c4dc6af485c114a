//! New rows of the logs of combats: actions, and the history.

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use serde_json::value::RawValue;

use super::mots::{Severite, TypeEvenement};
use super::rows::{ActionCombat, Details, DonneesAction, HistoriqueCombat};
use crate::combat::{
    CombatEvent, CombatId, FinTour, ParticipantId, ResultatAction, ResultatCombat, TypeAction,
};
use crate::read_models::{row, sequence};

/// New rows of `actions_combat`.
#[derive(Default)]
pub(super) struct Actions(Vec<ActionCombat>);

impl Actions {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<CombatEvent>) {
        let CombatEvent::ActionExecutee {
            action_id,
            numero_tour,
            acteur,
            type_action,
            competence_id,
            item_id,
            cibles,
            cout,
            resultat,
            duree_ms,
            mp_avant,
            mp_apres,
            stamina_avant,
            stamina_apres,
            position_avant,
            position_apres,
            etat_avant,
            etat_apres,
            effets_appliques,
            ..
        } = &recorded.event
        else {
            return;
        };
        self.0.push(ActionCombat {
            action_id: *action_id,
            combat_id: CombatId::from(recorded.aggregate_id),
            numero_tour: *numero_tour,
            participant_id: *acteur,
            type_action: *type_action,
            competence_id: *competence_id,
            item_id: *item_id,
            cibles: cibles.clone(),
            donnees_action: DonneesAction {
                cout: *cout,
                mp: [*mp_avant, *mp_apres],
                stamina: [*stamina_avant, *stamina_apres],
                position: [*position_avant, *position_apres],
                etat: [*etat_avant, *etat_apres],
            },
            resultat: *resultat,
            effets_appliques: effets_appliques.clone(),
            temps_execution_ms: *duree_ms,
            timestamp: recorded.timestamp,
            event_sequence: sequence(recorded.position),
        });
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        row::write(&self.0, include_str!("sql/insert_actions.sql"), tx).await
    }
}

/// New rows of `historique_combat`: every event.
#[derive(Default)]
pub(super) struct Historique(Vec<HistoriqueCombat<Details<Box<RawValue>>>>);

impl Historique {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<CombatEvent>) -> Result<(), BoxError> {
        let entree = Entree::de(&recorded.event);
        let payload = RawValue::from_string(recorded.payload.as_str().to_owned())?;
        self.0.push(HistoriqueCombat {
            historique_id: recorded.event_id.as_uuid(),
            combat_id: CombatId::from(recorded.aggregate_id),
            numero_tour: entree.numero_tour,
            type_evenement: entree.type_evenement,
            acteur_id: entree.acteur,
            details: Details { event_type: recorded.event_type.to_string(), payload },
            severite: entree.severite,
            timestamp: recorded.timestamp,
            event_sequence: sequence(recorded.position),
        });
        Ok(())
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        row::write(&self.0, include_str!("sql/insert_historique.sql"), tx).await
    }
}

/// How an event is filed in the history.
struct Entree {
    numero_tour: u32,
    type_evenement: TypeEvenement,
    acteur: Option<ParticipantId>,
    severite: Severite,
}

impl Entree {
    fn de(event: &CombatEvent) -> Self {
        use Severite::{Critique, Important, Info};
        use TypeEvenement::{Action, Effet, Etat, Timeout};
        let entree = |tour: &u32, type_evenement, acteur: Option<&ParticipantId>, severite| Self {
            numero_tour: *tour,
            type_evenement,
            acteur: acteur.copied(),
            severite,
        };
        let par = |action: bool| if action { Action } else { Effet };
        let notable = |yes: bool| if yes { Important } else { Info };
        let a_temps = |late: bool| if late { Timeout } else { Etat };
        match event {
            CombatEvent::CombatDemarre { .. } => entree(&0, Etat, None, Important),
            CombatEvent::TourDebute { numero_tour, participant_actif, .. } => {
                entree(numero_tour, Etat, Some(participant_actif), Info)
            }
            CombatEvent::ActionExecutee { numero_tour, acteur, resultat, type_action, .. } => {
                let critique = *resultat == ResultatAction::Critique;
                let important = notable(critique || *type_action == TypeAction::Fuite);
                entree(numero_tour, Action, Some(acteur), important)
            }
            CombatEvent::EffetStatutApplique { numero_tour, source, .. } => {
                entree(numero_tour, Effet, Some(source), Info)
            }
            CombatEvent::EffetStatutExpire { numero_tour, cible, .. } => {
                entree(numero_tour, Effet, Some(cible), Info)
            }
            CombatEvent::DegatsInfliges { numero_tour, action_id, source, critique, .. } => {
                entree(numero_tour, par(action_id.is_some()), Some(source), notable(*critique))
            }
            CombatEvent::SoinsRecus { numero_tour, action_id, source, .. } => {
                entree(numero_tour, par(action_id.is_some()), Some(source), Info)
            }
            CombatEvent::ParticipantMort { numero_tour, participant, .. } => {
                entree(numero_tour, Etat, Some(participant), Critique)
            }
            CombatEvent::TourTermine { numero_tour, participant, raison } => {
                entree(numero_tour, a_temps(*raison == FinTour::Expire), Some(participant), Info)
            }
            CombatEvent::CombatTermine { resultat, statistiques, .. } => {
                let late = *resultat == ResultatCombat::TempsEcoule;
                entree(&statistiques.tours, a_temps(late), None, Important)
            }
        }
    }
}
