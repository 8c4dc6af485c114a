//! The event types of the game: those of the model, and those that the decisions list.

use std::collections::BTreeSet;
use std::path::Path;

/// What the studio's model names, by aggregate.
const MODELE: &str = "
    JoueurCree ExperienceGagnee NiveauAtteint StatsModifiees ClasseChangee
    CombatDemarre TourDebute ActionExecutee EffetStatutApplique EffetStatutExpire DegatsInfliges SoinsRecus CombatTermine
    ItemAjoute ItemRetire ItemEquipe ItemDesequipe ItemUtilise ItemEchange CapaciteModifiee
    ItemCree ItemModifie ItemDetruit ProprietesModifiees
    EquipementCree EquipementAmeliore EquipementRepare EnchantementsAppliques
    QueteCreee QueteAcceptee ObjectifProgresse ObjectifComplete QueteTerminee QueteEchouee RecompenseObtenue
    CompetenceApprise CompetenceAmelioree CompetenceUtilisee CooldownDemarre
    PNJCree DialogueDeclenche CommerceOuvert ReputationModifiee
    OrdreVenteCree OrdreAchatCree TransactionExecutee OrdreAnnule PrixMisAJour
    EvenementMondialDeclenche ZoneDecouverte BossVaincu RessourceRegeneree";

/// The event types of all locks of shapes, each once.
pub(crate) fn stored() -> BTreeSet<String> {
    let locks = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut names = BTreeSet::new();
    for lock in std::fs::read_dir(locks).unwrap() {
        let text = std::fs::read_to_string(lock.unwrap().path()).unwrap();
        let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        for name in entries.iter().map(|entry| entry["type"].as_str().unwrap().to_owned()) {
            assert!(names.insert(name.clone()), "{name} is in two locks");
        }
    }
    names
}

#[test]
fn every_event_type_of_the_model_exists() {
    let stored = stored();
    let missing: Vec<_> =
        MODELE.split_whitespace().filter(|name| !stored.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_event_type_beyond_the_model_is_listed_with_its_reason() {
    let decision =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/adr/0026-streams-of-the-game.md");
    let decision = std::fs::read_to_string(decision).unwrap();
    let model: BTreeSet<_> = MODELE.split_whitespace().collect();
    for name in stored().iter().filter(|name| !model.contains(name.as_str())) {
        assert!(decision.contains(&format!("`{name}`")), "{name} is not in ADR 0026");
    }
}
