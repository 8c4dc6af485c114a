//! What was stored stays readable.

use aether_core::{Aggregate as _, Event as _};
use aether_game::competence::*;
use aether_game::values::Nom;
use aether_testkit::shape_lock::assert_event_shapes;
use serde_json::Value;

use super::fixtures::*;

#[test]
fn stored_skills_stay_readable() {
    assert_event_shapes::<CompetenceEvent>("events/competence.lock.json");
    assert_event_shapes::<ApprentissageEvent>("events/apprentissage.lock.json");
    assert_event_shapes::<BarreEvent>("events/barre.lock.json");
}

#[test]
fn all_three_are_stored_as_the_studio_says() {
    assert_eq!([Competence::TYPE, Apprentissage::TYPE, Barre::TYPE], ["Competence"; 3]);
    let names: Vec<_> = ApprentissageEvent::TYPES.iter().map(|it| it.name).collect();
    let studio =
        ["CompetenceApprise", "CompetenceUtilisee", "CooldownDemarre", "CompetenceAmelioree"];
    assert_eq!(names, studio);
    let beyond = CompetenceEvent::TYPES.iter().chain(BarreEvent::TYPES).map(|it| it.name);
    assert_eq!(beyond.collect::<Vec<_>>(), ["CompetenceCreee", "BarreModifiee"]);
}

#[test]
fn a_definition_fills_every_column_of_competences() {
    let all = avec(|it| it.icone_url = Some(Nom::new("/icones/feu.svg").unwrap()));
    let payload = CompetenceEvent::CompetenceCreee(Box::new(all)).encode().unwrap();
    let payload: Value = serde_json::from_str(payload.as_str()).unwrap();
    for column in [
        "competenceId",
        "nom",
        "description",
        "typeCompetence",
        "element",
        "cible",
        "niveauRequis",
        "coutMana",
        "coutStamina",
        "cooldownTours",
        "portee",
        "effets",
        "modificateursNiveau",
        "animation",
        "iconeUrl",
        "preRequis",
    ] {
        assert!(payload.get(column).is_some_and(|it| !it.is_null()), "{column} in {payload}");
    }
}
