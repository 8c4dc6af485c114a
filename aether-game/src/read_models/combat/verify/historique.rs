//! What the history has to say of an event, read off its JSON.

use aether_core::RecordedEvent;
use serde_json::{Value, json};

use super::Empreinte;
use crate::combat::{CombatId, ParticipantId};
use crate::read_models::combat::mots::{Severite, TypeEvenement};
use crate::read_models::combat::rows::HistoriqueCombat;
use crate::read_models::sequence;

/// The entry of an event of turn `numero_tour`.
pub(super) fn entree(recorded: &RecordedEvent, numero_tour: u32) -> HistoriqueCombat<Empreinte> {
    let name: &str = &recorded.event_type;
    let payload: Value = serde_json::from_str(recorded.payload.as_str()).unwrap_or_default();
    HistoriqueCombat {
        historique_id: recorded.event_id.as_uuid(),
        combat_id: CombatId::from(recorded.aggregate_id),
        numero_tour,
        type_evenement: type_evenement(name, &payload),
        acteur_id: acteur(name, &payload),
        severite: severite(name, &payload),
        details: Empreinte::de(&json!({ "eventType": name, "payload": payload })),
        timestamp: recorded.timestamp,
        event_sequence: sequence(recorded.position),
    }
}

fn type_evenement(name: &str, payload: &Value) -> TypeEvenement {
    match name {
        "ActionExecutee" => TypeEvenement::Action,
        "EffetStatutApplique" | "EffetStatutExpire" => TypeEvenement::Effet,
        "DegatsInfliges" | "SoinsRecus" if payload["actionId"].is_null() => TypeEvenement::Effet,
        "DegatsInfliges" | "SoinsRecus" => TypeEvenement::Action,
        "TourTermine" if payload["raison"] == "EXPIRE" => TypeEvenement::Timeout,
        "CombatTermine" if payload["resultat"] == "TEMPS_ECOULE" => TypeEvenement::Timeout,
        _ => TypeEvenement::Etat,
    }
}

fn severite(name: &str, payload: &Value) -> Severite {
    let notable = match name {
        "ParticipantMort" => return Severite::Critique,
        "CombatDemarre" | "CombatTermine" => true,
        "ActionExecutee" => payload["resultat"] == "CRITIQUE" || payload["typeAction"] == "FUITE",
        "DegatsInfliges" => payload["critique"] == true,
        _ => false,
    };
    if notable { Severite::Important } else { Severite::Info }
}

fn acteur(name: &str, payload: &Value) -> Option<ParticipantId> {
    let field = match name {
        "CombatDemarre" | "CombatTermine" => return None,
        "TourDebute" => "participantActif",
        "ActionExecutee" => "acteur",
        "EffetStatutExpire" => "cible",
        "ParticipantMort" | "TourTermine" => "participant",
        _ => "source",
    };
    payload[field].as_str()?.parse().ok()
}
