//! Stored events of bags.

use aether_core::{Event as _, Json};
use aether_game::inventaire::*;
use aether_game::values::*;
use serde_json::Value;

use super::fixtures::*;

#[test]
fn stored_bags_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<InventaireEvent>(
        "events/inventaire.lock.json",
    );
}

#[test]
fn a_bag_has_the_event_types_of_the_studio() {
    let names: Vec<_> = InventaireEvent::TYPES.iter().map(|it| it.name).collect();
    for name in [
        "ItemAjoute",
        "ItemRetire",
        "ItemEquipe",
        "ItemDesequipe",
        "ItemUtilise",
        "ItemEchange",
        "CapaciteModifiee",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}

/// The payloads of one command's events of a type, as they are stored.
fn payloads(
    avant: impl IntoIterator<Item = InventaireCommand>,
    command: &InventaireCommand,
    event_type: &str,
) -> Vec<Json> {
    let mut sac = Inventaire::default();
    for before in avant {
        fait(&mut sac, &before, 0);
    }
    let events = fait(&mut sac, command, 0);
    let of_the_type = events.iter().filter(|event| event.event_type().name == event_type);
    of_the_type.map(|event| event.encode().unwrap()).collect()
}

fn keys(payload: &Json) -> Vec<String> {
    let value: Value = serde_json::from_str(payload.as_str()).unwrap();
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn payloads_of_bags_are_spelt_as_the_model_spells_them() {
    let ajoute = payloads([], &ajouter(&potion(), 3), "ItemAjoute");
    let found = keys(&ajoute[0]);
    for key in
        ["slotId", "itemId", "quantite", "positionSlot", "typeSlot", "source", "capaciteRestante"]
    {
        assert!(found.iter().any(|it| it == key), "{key} in {found:?}");
    }
    let acheter = InventaireCommand::Recevoir {
        joueur_id: moi(),
        fiche: Box::new(potion()),
        quantite: q(3),
        provenance: Provenance::Marche {
            vendeur: autre(),
            prix: Prix::fixe::<12>(),
            transaction_id: transaction(1),
        },
    };
    let echange = payloads([], &acheter, "ItemEchange");
    let found = keys(&echange[0]);
    for key in ["contrepartie", "itemId", "quantite", "prix", "transactionId"] {
        assert!(found.iter().any(|it| it == key), "{key} in {found:?}");
    }
}

#[test]
fn every_event_of_a_bag_says_whose_it_is() {
    let ajoute = payloads([], &ajouter(&potion(), 3), "ItemAjoute");
    let value: Value = serde_json::from_str(ajoute[0].as_str()).unwrap();
    assert_eq!(value["joueurId"], moi().to_string());
    assert_eq!(value["fiche"]["rangement"], serde_json::json!({"type": "PILE", "max": 20}));
}

#[test]
fn a_stored_bag_cannot_hold_nonsense() {
    let ajoute = payloads([], &ajouter(&potion(), 3), "ItemAjoute");
    let payload = ajoute[0].as_str();
    assert!(payload.contains("\"quantite\":3,"), "{payload}");
    for nonsense in ["0", "-1", "10000", "1e40", "\"3\"", "3.0", "null"] {
        let other = payload.replace("\"quantite\":3,", &format!("\"quantite\":{nonsense},"));
        let json = serde_json::from_str::<Json>(&other);
        let decoded = json.ok().map(|json| InventaireEvent::decode("ItemAjoute", 1, &json));
        assert!(decoded.is_none_or(|it| it.is_err()), "{nonsense}");
    }
}
