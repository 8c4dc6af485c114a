//! What those who watch a combat may see of it.

use std::collections::BTreeSet;

use aether_core::backend::EventStore as _;
use aether_core::event::EventType;
use aether_core::log::Load;
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate as _, Engine, Event as _, Json};
use aether_game::bots::Tactic;
use aether_game::combat::*;
use aether_game::live::LiveCombat;
use aether_game::values::JoueurId;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::fixtures::*;
use super::proprietes::fought;

/// What everybody may see, by its key in a stored event or in the sheet of a participant. What is not here is hidden, from its own side
/// too unless [`OWN`] has it. A new field is hidden until it is listed.
const PUBLIC: &str = "
    typeCombat zoneId zoneNom participants ordreInitiative conditions dureeTourMs debuteA
    participantId entiteId typeEntite camp nom niveau initiative position hp hpMax
    numeroTour participantActif dureeMaximale effetsActifs effetsAppliques
    actionId acteur typeAction competenceId itemId cibles resultat dureeMs
    positionAvant positionApres etatAvant etatApres effetId cible type estDebuff peutEtreDissipe source sourceType
    typeDegats degatsFinaux critique hpAvant hpApres mort soinFinal
    participant tueur etat raison vainqueurs vaincus statistiques termineA";

/// What the own side sees besides.
const OWN: &str = "
    mp mpMax stamina staminaMax stats resistances competences objets
    recharges cout mpApres staminaApres objetsRestants";

fn listed(keys: &str, key: &str) -> bool {
    keys.split_whitespace().any(|it| it == key)
}

/// The event with another value in every place that a spectator may not see.
fn with_other_secrets(event: &CombatEvent, spectateur: &Spectateur) -> CombatEvent {
    let EventType { name, version } = *event.event_type();
    let mut json: Value = serde_json::from_str(event.encode().unwrap().as_str()).unwrap();
    let object = json.as_object_mut().unwrap();
    let is_own = |object: &Map<String, Value>| {
        let own =
            ["participantId", "acteur", "participantActif"].iter().find_map(|key| object.get(*key));
        own.is_some_and(|id| spectateur.est_du_camp_de(serde_json::from_value(id.clone()).unwrap()))
    };
    for sheet in
        object.get_mut("participants").into_iter().flat_map(|it| it.as_array_mut().unwrap())
    {
        let sheet = sheet.as_object_mut().unwrap();
        let own = is_own(sheet);
        change_hidden(sheet, own);
    }
    let own = is_own(object);
    let won = match event {
        CombatEvent::CombatTermine { vainqueurs, .. } => {
            vainqueurs.iter().any(|id| spectateur.est_du_camp_de(*id))
        }
        _ => false,
    };
    let rewards = won.then(|| object.remove("recompenses").unwrap());
    change_hidden(object, own);
    object.extend(rewards.map(|it| ("recompenses".to_owned(), it)));
    let json = Json::encode(&json).unwrap();
    CombatEvent::decode(name, version, &json).unwrap()
}

fn change_hidden(object: &mut Map<String, Value>, own: bool) {
    for (key, value) in object {
        let seen = listed(PUBLIC, key) || own && listed(OWN, key);
        if !seen {
            change(value);
        }
    }
}

/// Another value of the same type; words of closed lists stay.
fn change(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Bool(it) => *it = !*it,
        Value::Number(it) if it.as_u64() == Some(0) => *value = 1.into(),
        Value::Number(it) => *value = it.as_u64().map_or_else(|| 0.into(), |it| (it - 1).into()),
        Value::String(it) if it.parse::<uuid::Uuid>().is_ok() => {
            *it = uuid::Uuid::from_u128(0xdead_beef).to_string();
        }
        Value::String(it) if it.chars().any(char::is_lowercase) => it.push_str(" le Secret"),
        Value::String(_) => {}
        Value::Array(all) => all.iter_mut().for_each(change),
        Value::Object(all) => all.values_mut().for_each(change),
    }
}

/// The keys of an object and of everything in it.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|it| keys(it, found)),
        Value::Object(all) => all.iter().for_each(|(key, it)| {
            found.insert(key.clone());
            keys(it, found);
        }),
        _ => {}
    }
}

/// Both sides and a guest.
fn everybody(combat: &Combat) -> [Spectateur; 3] {
    let of = |camp| Spectateur::du_camp(combat, camp);
    [of(Camp::Allies), of(Camp::Adversaires), Spectateur::invite()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// One combat is hundreds of events, each looked at three times through JSON: a few seeds do.
    #[test]
    fn what_is_hidden_from_a_spectator_changes_nothing_that_it_sees(seed: u64) {
        let (combat, decisions) = fought(seed, &Tactic::ALL);
        for spectateur in everybody(&combat) {
            for event in decisions.iter().flatten() {
                let other = with_other_secrets(event, &spectateur);
                prop_assert_eq!(other.vu_par(&spectateur), event.vu_par(&spectateur));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nobody_is_sent_the_seed_or_the_number_of_draws(seed in 1_000_000_000_000_u64..) {
        let (combat, decisions) = fought(seed, &Tactic::ALL);
        for spectateur in everybody(&combat) {
            for event in decisions.iter().flatten() {
                let json = serde_json::to_value(event.vu_par(&spectateur)).unwrap();
                let mut found = BTreeSet::new();
                keys(&json, &mut found);
                for secret in ["graine", "tirages", "degatsBruts", "reduction", "soinBrut", "surplus"] {
                    prop_assert!(!found.contains(secret), "{}", json);
                }
                prop_assert!(!json.to_string().contains(&seed.to_string()));
            }
        }
    }

    #[test]
    fn both_sides_and_guests_fold_to_the_same_public_picture_which_is_that_of_the_combat(seed: u64) {
        let (end, decisions) = fought(seed, &Tactic::ALL);
        let everybody = everybody(&end);
        let mut combat = Combat::default();
        let mut pictures: [Option<CombatVu>; 3] = [None, None, None];
        for event in decisions.iter().flatten() {
            combat.apply(event);
            for (picture, spectateur) in pictures.iter_mut().zip(&everybody) {
                let seen = event.vu_par(spectateur);
                match picture {
                    Some(picture) => picture.applique(&seen),
                    None => *picture = CombatVu::plie([&seen]),
                }
                prop_assert_eq!(&*picture, &CombatVu::de(&combat, spectateur));
            }
            let [allies, adversaires, guest] = pictures.clone().map(Option::unwrap);
            prop_assert_eq!(&allies.public(), &guest);
            prop_assert_eq!(&adversaires.public(), &guest);
        }
    }

    #[test]
    fn what_is_seen_comes_back_from_json_as_it_went(seed: u64) {
        let (combat, decisions) = fought(seed, &Tactic::ALL);
        for spectateur in everybody(&combat) {
            for event in decisions.iter().flatten() {
                let seen = event.vu_par(&spectateur);
                let json = serde_json::to_value(&seen).unwrap();
                prop_assert_eq!(&json["type"], event.event_type().name);
                prop_assert_eq!(serde_json::from_value::<EvenementVu>(json).unwrap(), seen);
            }
        }
    }
}

#[test]
fn the_other_test_changes_what_is_hidden() {
    let (combat, decisions) = fought(7, &Tactic::ALL);
    let [allies, _, guest] = everybody(&combat);
    let start = &decisions[0][0];
    let mut words = BTreeSet::new();
    for event in decisions.iter().flatten() {
        if *event != with_other_secrets(event, &guest) {
            words.insert(event.event_type().name);
        }
    }
    assert!(words.contains("ActionExecutee") && words.contains("DegatsInfliges"), "{words:?}");
    let sheets = |event: &CombatEvent, camp: Camp| match event {
        CombatEvent::CombatDemarre { participants, .. } => {
            participants.iter().filter(|it| it.camp == camp).cloned().collect::<Vec<_>>()
        }
        _ => panic!("the start"),
    };
    let other = with_other_secrets(start, &allies);
    assert_eq!(sheets(&other, Camp::Allies), sheets(start, Camp::Allies));
    assert_ne!(sheets(&other, Camp::Adversaires), sheets(start, Camp::Adversaires));
}

#[test]
fn a_player_sees_the_sheets_of_its_side_and_a_stranger_none() {
    let combat = after(vec![ally(1), ally(2), foe(3)], &[]);
    let player = combat.participant(pid(1)).unwrap().fiche.entite_id.joueur();
    let seen = |spectateur: &Spectateur| -> Vec<bool> {
        let picture = CombatVu::de(&combat, spectateur).unwrap();
        picture.participants.iter().map(|it| it.details.is_some()).collect()
    };
    assert_eq!(seen(&Spectateur::joueur(&combat, player)), [true, true, false]);
    assert_eq!(seen(&Spectateur::joueur(&combat, JoueurId::generate())), [false; 3]);
    // a monster is no player, whatever its id
    let monster = combat.participant(pid(3)).unwrap().fiche.entite_id.joueur();
    assert_eq!(seen(&Spectateur::joueur(&combat, monster)), [false; 3]);
    assert_eq!(CombatVu::de(&Combat::default(), &Spectateur::invite()), None);
}

#[test]
fn rewards_are_shown_to_the_winners_once_they_have_won() {
    let weak = with(foe(2), |it| it.hp = 1);
    let mut combat = after(vec![ally(1), weak], &[]);
    let everybody = everybody(&combat);
    let events = play(&mut combat, &strikes(1, 2));
    let end = events.last().unwrap();
    let shown = everybody.map(|spectateur| match end.vu_par(&spectateur) {
        EvenementVu::CombatTermine { recompenses, .. } => recompenses.map(|it| it.or),
        other => panic!("{other:?}"),
    });
    assert_eq!(shown, [Some(7), None, None]);
}

#[tokio::test]
async fn the_live_combat_of_a_spectator_has_no_mana_of_the_other_side() {
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    let id = CombatId::generate();
    let combat = engine.execute(id, start(vec![ally(1), foe(2)])).await.unwrap();
    let history = store.load(Load::stream(Combat::stream(id))).await.unwrap();
    let live = LiveCombat::fold(id, &history.events).unwrap().unwrap();
    let mana = |spectateur: &Spectateur| -> Vec<_> {
        let seen = live.clone().vu_par(spectateur);
        seen.participants.iter().map(|it| (it.mp_actuel, it.mp_max)).collect()
    };
    let allies = Spectateur::du_camp(combat.state(), Camp::Allies);
    assert_eq!(mana(&allies), [(Some(50), Some(50)), (None, None)]);
    assert_eq!(mana(&Spectateur::invite()), [(None, None); 2]);
}
