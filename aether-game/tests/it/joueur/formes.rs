//! Stored events of players.

use aether_core::{Aggregate as _, Event as _};
use aether_game::joueur::{Joueur, JoueurCommand, JoueurEvent, JoueurRefus, Stats};
use aether_game::values::Montant;

use super::fixtures::*;
use crate::refus::assert_all_reached;

#[test]
fn stored_players_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<JoueurEvent>("events/joueur.lock.json");
}

#[test]
fn event_types_of_players_are_those_of_the_studio() {
    let names: Vec<_> = JoueurEvent::TYPES.iter().map(|it| it.name).collect();
    for name in [
        "JoueurCree",
        "ExperienceGagnee",
        "NiveauAtteint",
        "StatsModifiees",
        "ClasseChangee",
        "JoueurConnecte",
        "OrModifie",
        "JoueurMort",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(Joueur::TYPE, "Joueur");
}

#[test]
fn payloads_are_spelt_as_the_model_spells_them() {
    let json = cree().encode().unwrap();
    let json: serde_json::Value = serde_json::from_str(json.as_str()).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["username", "pseudo", "classe", "niveau", "statsBase", "or"] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    let stats: Vec<_> = json["statsBase"].as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["hp", "mp", "stamina", "force", "dexterite", "intelligence"] {
        assert!(stats.contains(&key), "{key} in {stats:?}");
    }
}

#[test]
fn a_stored_purse_cannot_hold_nonsense() {
    let json = cree().encode().unwrap();
    for nonsense in ["-1", "1e40", "\"100\"", "100.0", "null", "2147483648"] {
        let payload = json.as_str().replace("\"or\":100", &format!("\"or\":{nonsense}"));
        assert_ne!(payload, json.as_str());
        let payload = serde_json::from_str(&payload).map(|json: aether_core::Json| json);
        let decoded = payload.ok().map(|json| JoueurEvent::decode("JoueurCree", 1, &json));
        assert!(decoded.is_none_or(|it| it.is_err()), "{nonsense}");
    }
    assert!(serde_json::from_str::<Stats>(r#"{"hp":-1}"#).is_err());
}

#[test]
fn every_refusal_of_a_player_is_reached() {
    let libre = joueur_avec(|_| {});
    let en_combat = joueur_avec(|it| it.push(JoueurCommand::RejoindreCombat { combat: combat(1) }));
    let charge = joueur_avec(|it| {
        for n in 0..100 {
            it.push(JoueurCommand::CompterVente { ordre: ordre(n) });
        }
    });
    let riche = joueur_avec(|it| it.push(credite(2_147_483_547)));
    let sage = joueur_avec(|it| it.push(gagne(u64::try_from(i64::MAX).unwrap())));
    let acheteur = joueur_avec(|it| it.push(reserve(1, 60)));
    let refuse = |joueur: &Joueur, command: JoueurCommand| {
        joueur.decide(&command, &facts(at(0))).expect_err("refused")
    };
    assert_all_reached::<JoueurRefus>([
        refuse(&Joueur::default(), JoueurCommand::Connecter),
        refuse(&libre, demande_creation("Alba")),
        refuse(&libre, debite(101)),
        refuse(&riche, credite(1)),
        refuse(&libre, operateur_sans_motif()),
        refuse(&sage, gagne(1)),
        refuse(&libre, JoueurCommand::DepenserPoints { nombre: 1, competence: competence(1) }),
        refuse(&libre, change_classe(aether_game::joueur::Classe::Guerrier)),
        refuse(&en_combat, JoueurCommand::RejoindreCombat { combat: combat(2) }),
        refuse(&libre, quitte(1)),
        refuse(&charge, JoueurCommand::CompterVente { ordre: ordre(100) }),
        refuse(&charge, JoueurCommand::CompterVente { ordre: ordre(7) }),
        refuse(&libre, JoueurCommand::FermerOrdre { ordre: ordre(1) }),
        refuse(&acheteur, JoueurCommand::RendreOr { ordre: ordre(1), montant: montant(61) }),
    ]);
    let refused = refuse(&libre, debite(101));
    let montant = Montant::fixe::<101>();
    let disponible = libre.or();
    assert_eq!(refused, JoueurRefus::OrInsuffisant { demande: montant, disponible });
    let english = "101 gold are needed and the purse holds 100; spend less, or earn more first";
    assert_eq!(refused.to_string(), english);
}
