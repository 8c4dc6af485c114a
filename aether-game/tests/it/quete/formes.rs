//! What was stored stays readable.

use aether_core::{Aggregate, Event, EventSet};
use aether_game::quete::*;
use aether_testkit::shape_lock::assert_event_shapes;
use serde_json::{Value, json};

use super::fixtures::*;

/// All that is stored under the type `Quete`.
#[derive(EventSet)]
#[allow(dead_code, reason = "only its names are asked for")]
enum Tout {
    Definition(QueteEvent),
    Progres(ProgresEvent),
}

#[test]
fn stored_quests_stay_readable() {
    assert_event_shapes::<QueteEvent>("events/quete.lock.json");
    assert_event_shapes::<ProgresEvent>("events/progres.lock.json");
}

#[test]
fn both_are_stored_as_the_studio_says() {
    assert_eq!((Quete::TYPE, Progres::TYPE), ("Quete", "Quete"));
    let names: Vec<_> =
        QueteEvent::TYPES.iter().chain(ProgresEvent::TYPES).map(|it| it.name).collect();
    let studio = [
        "QueteCreee",
        "QueteAcceptee",
        "ObjectifProgresse",
        "ObjectifComplete",
        "QueteTerminee",
        "RecompenseObtenue",
        "QueteEchouee",
    ];
    assert_eq!(names[..7], studio);
    assert_eq!(
        names[7..],
        ["QueteAbandonnee", "SuiviModifie", "EcheanceAtteinte"],
        "beyond the studio's"
    );
    assert_eq!(Tout::stored_names().len(), names.len());
}

fn payload(event: &impl Event) -> Value {
    serde_json::from_str(event.encode().unwrap().as_str()).unwrap()
}

#[test]
fn a_definition_fills_every_column_of_quetes() {
    let all = avec(|it| {
        it.repete = true;
        it.frequence_repetition = Some(FrequenceRepetition::Quotidien);
    });
    let payload = payload(&QueteEvent::QueteCreee(Box::new(all)));
    for column in [
        "queteId",
        "nom",
        "description",
        "typeQuete",
        "niveauRequis",
        "niveauRecommande",
        "preRequis",
        "objectifs",
        "recompenses",
        "zoneDepart",
        "pnjDonneur",
        "dureeLimiteMinutes",
        "repete",
        "frequenceRepetition",
        "dialogues",
    ] {
        assert!(payload.get(column).is_some_and(|it| !it.is_null()), "{column} in {payload}");
    }
}

#[test]
fn an_acceptance_is_stored_under_the_studios_keys() {
    let mut stored = None;
    let _ = en_cours(visite(|_| {})).then_state(|it| stored = it.engagement().cloned());
    let payload = payload(&ProgresEvent::QueteAcceptee(Box::new(stored.unwrap())));
    let expected = json!({
        "joueurId": joueur(),
        "queteId": quete_id(1),
        "tentative": 1,
        "objectifs": [{
            "id": objectif_id(1),
            "type": "Explore",
            "cible": cible(1),
            "requis": 1,
            "ordre": 1,
        }],
        "recompenses": {
            "experience": 100,
            "or": 50,
            "items": [{ "itemId": item(90), "quantite": 2 }],
        },
        "repete": false,
        "suivie": true,
        "accepteeA": "2026-05-06T12:00:00Z",
        "expireA": "2026-05-06T13:00:00Z",
    });
    assert_eq!(payload, expected);
}
